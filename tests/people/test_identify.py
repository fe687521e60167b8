"""Identifying a batch of claims against what is known, and against the rows before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now
from reachable.people import services
from reachable.people.finding import keys_of
from reachable.people.identification import Claim
from reachable.people.models import (
    CurrentPerson,
    LinkDecision,
    Person,
    Record,
    RecordDetail,
    RecordKey,
    Review,
)
from tests.support.people import (
    Partnership,
    claim,
    identify,
    identify_all,
    identify_one,
    make_hub,
    make_partnership,
)

pytestmark = pytest.mark.db


@pytest.fixture
def place(db: None) -> Partnership:
    return make_partnership()


def record(reference: str) -> Record:
    return Record.objects.get(source_ref=reference)


def _keys(held: Record) -> set[int]:
    return set(RecordKey.objects.filter(record=held).values_list("key", flat=True))


def test_somebody_new_becomes_a_person_with_a_record_its_keys_and_the_reason(
    place: Partnership,
) -> None:
    found = identify_one(claim(place.police, "P1"))
    assert (found.outcome, found.rule) == ("new", "nobody_like")
    assert found.current_id == found.person_id
    held = record("P1")
    assert (held.id, held.person_id) == (found.record_id, found.person_id)
    assert CurrentPerson.objects.get(person=held.person_id).current_id == held.person_id
    assert _keys(held) == set(keys_of(claim(place.police, "P1").identity))
    decision = LinkDecision.objects.get(record=held)
    assert (decision.outcome, decision.rule, decision.decided_by) == ("new", "nobody_like", None)


def test_the_second_row_of_a_batch_finds_the_first(place: Partnership) -> None:
    first, second = identify_all(claim(place.police, "P1"), claim(place.council, "C1"))
    assert (second.outcome, second.rule) == ("link", "name_birth_postcode")
    assert second.person_id == first.person_id
    assert second.record_id != first.record_id
    assert Person.objects.count() == 1


def test_an_agencys_number_again_is_the_same_record_with_the_newest_details(
    place: Partnership,
) -> None:
    first = identify_one(claim(place.police, "P1", needs="Signs"))
    again = identify_one(claim(place.police, "P1", family="Whitlock", postcode="FX2 2BB"))
    assert (again.record_id, again.outcome, again.rule) == (first.record_id, "link", "same_record")
    held = record("P1")
    assert (held.shown_name, held.family_name, held.postcode) == (
        "Tamsin Whitlock",
        "whitlock",
        "FX2 2BB",
    )
    assert RecordDetail.objects.filter(record=held).count() == 2
    assert (held.earlier_families, held.earlier_postcodes) == ("orrell", "FX11AA")
    assert _keys(held) == set(
        keys_of(
            replace(
                claim(place.police, "P1", family="Whitlock", postcode="FX2 2BB").identity,
                earlier_families=("orrell",),
                earlier_postcodes=("FX11AA",),
            )
        )
    )


def test_the_same_details_again_write_nothing(place: Partnership) -> None:
    identify(claim(place.police, "P1"))
    before = RecordDetail.objects.count(), LinkDecision.objects.count()
    identify(claim(place.police, "P1"), claim(place.police, "P1"))
    assert (RecordDetail.objects.count(), LinkDecision.objects.count()) == before


def test_older_details_that_come_late_are_kept_and_do_not_replace_newer_ones(
    place: Partnership,
) -> None:
    at = now()
    identify(claim(place.police, "P1", postcode="FX2 2BB", received_at=at))
    identify(claim(place.police, "P1", postcode="FX1 1AA", received_at=at - timedelta(days=1)))
    assert record("P1").postcode == "FX2 2BB"
    assert RecordDetail.objects.count() == 2


def test_one_number_of_two_agencies_is_two_things(place: Partnership) -> None:
    first, second = identify_all(
        claim(place.police, "77"), claim(place.council, "77", given="Kofi", born="2010-01-01")
    )
    assert first.person_id != second.person_id


@pytest.mark.parametrize(
    "other",
    [
        {"given": "Kofi", "family": "Brannigan", "born": "2010-01-09"},
        {"given": "Maryam"},
        {"born": "1980-11-30"},
    ],
    ids=["somebody else", "the twin", "the parent"],
)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
def test_a_number_that_was_used_again_goes_to_review_and_never_to_the_wrong_child(
    place: Partnership, other: dict[str, Any], together: bool
) -> None:
    claims = [claim(place.police, "P1"), claim(place.police, "P1", **other)]
    first, second = identify_all(*claims) if together else [identify_one(each) for each in claims]
    assert second.person_id != first.person_id
    assert (second.outcome, second.rule) == ("review", "details_changed")
    review = Review.objects.get()
    assert review.record_id == second.record_id
    assert list(review.candidates.values_list("record_id", flat=True)) == [first.record_id]
    assert record("P1").given_names == "tamsin"
    moved = identify_one(claim(place.police, "P1", **{**other, "postcode": "FX9 9ZZ"}))
    assert moved.record_id == second.record_id
    back = identify_one(claim(place.police, "P1", postcode="FX8 8YY"))
    assert back.record_id == first.record_id
    assert Review.objects.count() == 1


def test_who_uses_a_number_again_is_linked_where_that_is_certain(place: Partnership) -> None:
    kofi = identify_one(claim(place.council, "C1", given="Kofi", family="Brannigan"))
    identify(claim(place.police, "P1", born="2011-11-11", postcode="FX2 2BB"))
    again = identify_one(claim(place.police, "P1", given="Kofi", family="Brannigan"))
    assert (again.outcome, again.person_id) == ("link", kofi.person_id)
    assert not Review.objects.exists()


def test_whoever_looks_like_the_new_owner_of_a_number_stands_beside_too(place: Partnership) -> None:
    like = identify_one(claim(place.council, "C1", given="Kofi", family="Brannigan"))
    first = identify_one(claim(place.police, "P1", born="2011-11-11", postcode="FX2 2BB"))
    perhaps: dict[str, Any] = {
        "given": "Kofi",
        "family": "Brannigan",
        "born": "2012-03-13",
        "postcode": "",
    }
    identify(claim(place.police, "P1", **perhaps))
    beside = set(Review.objects.get().candidates.values_list("record_id", flat=True))
    assert beside == {like.record_id, first.record_id}


def test_a_name_alone_never_links_two_signals(place: Partnership) -> None:
    first, second = identify_all(
        claim(place.police, born="", postcode=""), claim(place.police, born="", postcode="")
    )
    assert first.person_id != second.person_id
    assert second.outcome == "new"


def test_a_new_version_of_a_signal_without_a_number_keeps_its_record(place: Partnership) -> None:
    first = identify_one(claim(place.police, given="Tasmin", signal="one"))
    again = identify_one(claim(place.police, given="Tamsin", signal="one"))
    other = identify_one(claim(place.police, given="Tamsin", signal="two"))
    assert again.record_id == first.record_id
    assert other.record_id != first.record_id
    assert (other.person_id, other.rule) == (first.person_id, "name_birth_postcode")
    assert Person.objects.count() == 1


def test_what_need_not_be_known_leaves_no_trace(place: Partnership) -> None:
    assert identify(claim(place.police, "P1", needed=False)) == [None]
    for model in (Person, CurrentPerson, Record, RecordDetail, RecordKey, LinkDecision, Review):
        assert not model._default_manager.exists()


def test_what_need_not_be_known_is_kept_for_a_child_who_is_known(place: Partnership) -> None:
    known = identify_one(claim(place.council, "C1"))
    found = identify_one(claim(place.police, "P1", needed=False))
    assert found.person_id == known.person_id


def test_needed_later_in_a_batch_is_found_from_then_on(place: Partnership) -> None:
    missing, first, second = identify(
        claim(place.police, "P1", needed=False),
        claim(place.police, "P2"),
        claim(place.police, "P3", needed=False),
    )
    assert missing is None
    assert first
    assert second
    assert first.person_id == second.person_id


def test_whoever_was_merged_is_linked_as_who_stands_for_them_now(place: Partnership) -> None:
    first = identify_one(claim(place.council, "C1"))
    other = identify_one(claim(place.police, "P1", given="Ruth", family="Hale"))
    CurrentPerson.objects.filter(person=other.person_id).update(current=first.person_id)
    found = identify_one(claim(place.council, "C2", given="Ruth", family="Hale"))
    assert (found.outcome, found.current_id) == ("link", first.person_id)


def test_two_nhs_numbers_for_one_child_are_looked_at(place: Partnership) -> None:
    identify(claim(place.council, "C1", nhs_number="9990000018"))
    found = identify_one(claim(place.police, "P1", nhs_number="9990000026"))
    assert (found.outcome, found.rule) == ("review", "identifiers_differ")


@pytest.mark.parametrize("family", ["Orrell", "Orell"], ids=["same", "alike"])
def test_whoever_was_recorded_without_a_name_is_asked_about_once_named(
    place: Partnership, family: str
) -> None:
    police = identify_one(claim(place.police, "P1"))
    nameless = claim(place.council, "C1", given="", family="", postcode="", upn="V999400011001")
    council = identify_one(replace(nameless, partial=True))
    assert council.outcome == "new"
    identify(claim(place.council, "C2", given="Kofi", born="2010-01-09"))
    assert not Review.objects.exists()
    for _ in range(2):
        named = identify_one(claim(place.council, "C1", family=family))
        assert named.record_id == council.record_id
    asked = Review.objects.get()
    assert asked.record_id == council.record_id
    assert [each.record_id for each in asked.candidates.all()] == [police.record_id]


def test_a_long_number_still_fits(place: Partnership) -> None:
    number = "P" * 80
    identify(claim(place.police, number))
    found = identify_one(claim(place.police, number, given="Kofi", born="2010-01-09"))
    assert found.rule == "details_changed"
    assert max(map(len, Record.objects.values_list("source_ref", flat=True))) <= 80


def test_identifying_is_the_systems_own(db: None) -> None:
    place = make_hub("fern")
    with pytest.raises(Forbidden), transaction.atomic():
        services.identify(by=place.actor("fern"), claims=[claim(place.police, "P1")])


def test_a_claim_says_where_it_comes_from(place: Partnership) -> None:
    what = claim(place.police, "P1")
    nowhere = Claim(**{**{name: getattr(what, name) for name in Claim.__slots__}, "reference": ""})
    with pytest.raises(ValueError, match="signal"):
        identify(nowhere)


children = st.fixed_dictionaries(
    {
        "given": st.sampled_from(["Tom", "Tim", "Ali Hassan", "Ali Omar"]),
        "family": st.sampled_from(["Ash", "Hale"]),
        "born": st.sampled_from(["2010-05-04", "2010-04-05", "1981-01-01", ""]),
        "postcode": st.sampled_from(["FX1 1AA", "FX2 2BB", ""]),
        "nhs_number": st.sampled_from(["", "", "9990000018", "9990000026"]),
        "reference": st.sampled_from(["", "1", "2"]),
        "needed": st.booleans(),
    }
)


def _grouped(claims: list[Claim], size: int) -> list[Any]:
    """Identify in batches of that size; return who is together, what was kept, and take it back."""
    with transaction.atomic():
        found = [
            each
            for start in range(0, len(claims), size)
            for each in identify(*claims[start : start + size])
        ]
        groups: dict[Any, list[int]] = defaultdict(list)
        for number, each in enumerate(found):
            if each is not None:
                groups[each.current_id].append(number)
        said = [(each.outcome, each.rule) if each else None for each in found]
        newest = list(
            Record.objects.order_by("source_ref").values_list(
                "source_ref", "shown_name", "postcode"
            )
        )
        keys = sorted(RecordKey.objects.values_list("key", "record__source_ref"))
        transaction.set_rollback(True)
    return [sorted(groups.values()), said, newest, keys]


@settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(children, min_size=1, max_size=8))
def test_one_batch_decides_as_one_claim_after_the_other(
    place: Partnership, said: list[dict[str, Any]]
) -> None:
    at = now()
    claims = [
        claim(place.police, **each, signal=f"s{number}", received_at=at)
        for number, each in enumerate(said)
    ]
    assert _grouped(claims, len(claims)) == _grouped(claims, 1)

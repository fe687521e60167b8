"""What the model in force settles, what it leaves to a person, and what it is given to weigh."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.foundation.db import bulk_insert
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.people import finding
from reachable.people.finding import keys_of
from reachable.people.linkage import keys
from reachable.people.linkage.in_force import in_force
from reachable.people.linkage.keys import BLOCK
from reachable.people.models import LinkDecision, Person, Record, RecordKey, Review
from tests.support.databases import Database
from tests.support.people import (
    Partnership,
    claim,
    identify,
    identify_all,
    identify_one,
    make_partnership,
)

pytestmark = pytest.mark.db
NHS = "9990000018"


@pytest.fixture
def place(db: None) -> Partnership:
    return make_partnership()


SETTLED = {
    "a mistyped letter": {"given": "Tamsyn"},
    "lost letters": {"family": "Orre?l"},
    "day and month in each other's place": {"born": "2012-04-03"},
    "another house of the street": {"postcode": "FX1 1AB"},
}


@pytest.mark.parametrize("said", SETTLED.values(), ids=SETTLED)
def test_a_fault_of_writing_is_linked_and_says_why(
    place: Partnership, said: dict[str, Any]
) -> None:
    first = identify_one(claim(place.council, "C1", born="2012-03-04"))
    found = identify_one(claim(place.police, "P1", **{"born": "2012-03-04", **said}))
    assert (found.outcome, found.rule) == ("link", "weighed")
    assert found.person_id == first.person_id
    why = LinkDecision.objects.get(record_id=found.record_id)
    assert why.evidence
    assert why.model == in_force().hash
    assert why.evidence["record"] == str(first.record_id)
    levels = why.evidence["levels"]
    prior = in_force().judge.model.prior_weight
    total = prior + sum(bits for _, bits in levels.values())
    assert why.evidence["weight"] == pytest.approx(total, abs=0.01)
    assert set(levels) == {"given", "family", "born", "home"}


NOT_BY_ITSELF = {
    "a twin": {"given": "Maryam"},
    "a twin with a similar name": {"given": "Tamara"},
    "a sister": {"given": "Tansy", "born": "2014-08-21"},
    "a parent of the same name": {"born": "1984-03-03"},
    "a brother of her birth date": {"given": "Tam"},
}


@pytest.mark.parametrize("said", NOT_BY_ITSELF.values(), ids=NOT_BY_ITSELF)
@pytest.mark.parametrize("number", ["", NHS], ids=["no number", "her number"])
def test_relatives_are_never_linked_by_the_computer(
    place: Partnership, said: dict[str, Any], number: str
) -> None:
    first = identify_one(claim(place.council, "C1", nhs_number=number))
    found = identify_one(claim(place.police, "P1", nhs_number=number, **said))
    assert found.outcome != "link"
    assert found.person_id != first.person_id
    if number:
        assert found.outcome == "review"


def test_what_the_model_sends_to_a_person_says_which_model(place: Partnership) -> None:
    identify(claim(place.council, "C1"))
    found = identify_one(claim(place.police, "P1", given="Tam"))
    review = Review.objects.get(record_id=found.record_id)
    assert (review.rule, review.model) == ("birth_postcode_similar", in_force().hash)


def test_who_fits_two_people_alike_is_for_a_person(place: Partnership) -> None:
    one = identify_one(claim(place.council, "C1", nhs_number=NHS))
    two = identify_one(claim(place.council, "C2", nhs_number="9990000026"))
    assert one.person_id != two.person_id
    found = identify_one(claim(place.police, "P1", given="Tamsyn"))
    assert found.outcome == "review"
    beside = Review.objects.get(record_id=found.record_id).candidates
    assert set(beside.values_list("record_id", flat=True)) == {one.record_id, two.record_id}


def test_a_number_that_hundreds_hold_is_nobodys(place: Partnership) -> None:
    given = [f"Child{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(40)]
    claims = [
        claim(
            place.council,
            f"C{n}",
            given=name,
            family=name[::-1],
            born=f"20{10 + n % 9}-0{1 + n % 9}-1{n % 9}",
            postcode=f"FX{1 + n % 9} {n % 9}AA",
            nhs_number=NHS,
        )
        for n, name in enumerate(given)
    ]
    for each in claims:
        identify(each)
    before = Review.objects.count()
    found = identify_one(claim(place.police, "P1", given="Zoltan", family="Kovac", nhs_number=NHS))
    assert (found.outcome, found.rule) == ("new", "nobody_like")
    assert Review.objects.count() == before
    same = identify_one(replace(claims[30], agency_id=place.police, reference="P30"))
    assert (same.outcome, same.rule) == ("link", "name_birth_postcode")


def test_a_block_of_fifty_thousand_finds_nobody_and_costs_no_more_than_the_cap(
    place: Partnership, caplog: pytest.LogCaptureFixture
) -> None:
    known = identify_one(claim(place.council, "C1"))
    what = claim(place.police, "P1")
    crowded = keys_of(what.identity)[0]
    for _ in range(10):
        bulk_insert(RecordKey, ["key", "record"], [(crowded, new_id()) for _ in range(5000)])
    read = finding.pairs_of({crowded})
    assert len(read) == BLOCK + 1
    with caplog.at_level(logging.WARNING, logger="reachable.people.finding"):
        found = identify_one(what)
    assert found.person_id == known.person_id
    said = [each.getMessage() for each in caplog.records if each.name == "reachable.people.finding"]
    assert said == [f"A key that more than {BLOCK} records share finds nobody."]


def test_a_key_that_a_batch_itself_fills_finds_nobody_either(
    place: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "BLOCK", 3)
    said: dict[str, Any] = {"born": "", "family": "", "postcode": "FX1 1AA"}
    identify(*(claim(place.police, f"P{n}", **said) for n in range(4)))
    index = finding.Index(set(keys_of(claim(place.police, **said).identity)))
    assert index.sharing(keys_of(claim(place.police, **said).identity)) == []


@pytest.mark.parametrize(
    "said",
    [
        {"given": "", "family": "", "born": "", "postcode": ""},
        {"given": "🙂", "family": "🙃", "born": "2012-03-03"},
        {"given": "Unknown", "family": "Unknown", "born": "1900-01-01", "postcode": "ZZ99 3VZ"},
    ],
    ids=["nothing", "pictures", "placeholders"],
)
def test_whoever_says_nothing_of_themselves_is_taken_for_nobody(
    place: Partnership, said: dict[str, Any]
) -> None:
    """Where only a birth date and a home are left, a person may be asked."""
    first, second = identify_all(
        claim(place.police, "P1", **said), claim(place.council, "C1", **said)
    )
    assert first.person_id != second.person_id
    assert second.outcome == ("review" if said["born"] == "2012-03-03" else "new")


def test_what_a_record_said_earlier_finds_its_child(place: Partnership) -> None:
    at = now()
    first = identify_one(claim(place.council, "C1", family="Hale", received_at=at))
    moved: dict[str, Any] = {
        "family": "Whitlock",
        "postcode": "FX9 9ZZ",
        "received_at": at + timedelta(days=1),
    }
    identify(claim(place.council, "C1", **moved))
    found = identify_one(claim(place.police, "P1", family="Hale"))
    assert (found.outcome, found.person_id) == ("link", first.person_id)
    evidence = LinkDecision.objects.get(record_id=found.record_id).evidence
    assert evidence
    levels = evidence["levels"]
    assert (levels["family"][0], levels["home"][0]) == ("part", "earlier")


def test_details_that_come_late_are_what_a_record_said_earlier(place: Partnership) -> None:
    at = now()
    identify(claim(place.council, "C1", received_at=at))
    late: dict[str, Any] = {
        "family": "Hale",
        "postcode": "FX9 9ZZ",
        "received_at": at - timedelta(days=9),
    }
    news = identify_one(claim(place.council, "C1", **late)).news
    held = Record.objects.get(source_ref="C1")
    assert (held.family_name, held.earlier_families) == ("orrell", "hale")
    assert (held.postcode, held.earlier_postcodes) == ("FX1 1AA", "FX99ZZ")
    assert set(news) <= set(RecordKey.objects.values_list("key", flat=True))
    assert news


def test_what_was_said_earlier_fits_its_columns(place: Partnership) -> None:
    at = now()
    for number in range(40):
        said: dict[str, Any] = {
            "family": f"Family{'x' * number}",
            "postcode": f"FX{number % 9 + 1} {number % 10}AA",
        }
        identify(claim(place.council, "C1", **said, received_at=at + timedelta(days=number)))
    held = Record.objects.get(source_ref="C1")
    assert len(held.earlier_families) <= finding.FAMILIES
    assert len(held.earlier_postcodes) <= finding.POSTCODES
    assert held.earlier_families.startswith("family" + "x" * 38)


def test_many_claims_ask_no_more_than_one(place: Partnership) -> None:
    identify(*(claim(place.council, f"C{n}", given=f"Given{chr(97 + n)}") for n in range(20)))
    one = _questions(claim(place.police, "A0"))
    many = _questions(
        *(claim(place.police, f"P{n}", given=f"Given{chr(97 + n)}") for n in range(20))
    )
    assert many <= one


def _questions(*claims: Any) -> int:
    """Count what is asked; what is written goes in one statement a table, or one a row."""
    with CaptureQueriesContext(connection) as asked:
        identify(*claims)
    return sum(each["sql"].lstrip().upper().startswith("SELECT") for each in asked)


def test_eight_who_write_at_once_lose_no_key_and_make_nobody_twice(
    own_database: Database,
) -> None:
    place = make_partnership()
    ready = Barrier(8)

    def write(writer: int) -> None:
        try:
            ready.wait()
            for n, family in enumerate(("Orrell", "Brannigan", "Whitlock", "Hale", "Vane")):
                said: dict[str, Any] = {
                    "born": f"20{10 + n}-0{2 + n}-1{n}",
                    "postcode": f"FX{n + 1} {n + 1}AA",
                }
                who: dict[str, Any] = {"given": ("Tamsin", "Tamsyn")[writer % 2], "family": family}
                agency = place.police if writer % 4 < 2 else place.council
                identify(claim(agency, f"W{writer}-{n}", **said, **who))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert Record.objects.count() == 40
    wanted = {
        (key, record.id)
        for record in Record.objects.all()
        for key in keys_of(
            finding.identity_from(tuple(getattr(record, name) for name in finding.IDENTITY))
        )
    }
    assert set(RecordKey.objects.values_list("key", "record_id")) == wanted
    assert Person.objects.count() == 5

"""What people decided to be two people stays two, whatever comes in, until two people lift it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.people import apart
from reachable.people.identification import Identified
from reachable.people.models import CannotLink, Merge, Record, Review, ReviewCandidate
from tests.support.merging import agree, make_hub_with_steward, second_steward
from tests.support.people import Partnership, claim, identify_all, identify_one

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


def two_apart(hub: Partnership) -> tuple[Identified, Identified]:
    """Two records that a steward decided are of two."""
    one, two = identify_all(
        claim(hub.council, "C1", given="Tamsin"), claim(hub.police, "P1", given="Tam")
    )
    agree(hub.actor("steward"), Review.objects.get(outcome="").id, None, "Two cousins")
    return one, two


def ask(record: UUID, beside: UUID) -> Review:
    review = Review.objects.create(record_id=record, rule="name_birth", opened_at=now())
    ReviewCandidate.objects.create(review=review, record_id=beside)
    return review


def test_a_different_child_is_kept_as_a_pair_with_its_reason(hub: Partnership) -> None:
    one, two = two_apart(hub)
    held = CannotLink.objects.get()
    assert (held.one_id, held.other_id) == tuple(sorted((one.record_id, two.record_id)))
    assert (held.reason, held.decided_by_id) == ("Two cousins", hub.workers["steward"])
    assert apart.barred([one.current_id, two.current_id]) == {
        one.current_id: frozenset({two.current_id}),
        two.current_id: frozenset({one.current_id}),
    }


def test_each_of_several_is_kept_apart(hub: Partnership) -> None:
    for at, name in enumerate(("Kieran", "Kian", "Kiran")):
        identify_one(claim(hub.police, f"P{at}", given=name))
        for review in Review.objects.filter(outcome=""):
            agree(hub.actor("steward"), review.id, None)
    beside = ReviewCandidate.objects.count()
    assert CannotLink.objects.count() == beside >= 3


def test_whoever_is_named_later_is_not_asked_about_again(hub: Partnership) -> None:
    """The only way in which a record that is known is looked at again: it was without a name."""
    known = identify_one(claim(hub.council, "C1", nhs_number="9990000018"))
    unnamed = identify_one(claim(hub.police, "P1", given="", family="", nhs_number="", postcode=""))
    agree(hub.actor("steward"), ask(unnamed.record_id, known.record_id).id, None)
    named = claim(hub.police, "P1", nhs_number="9990000018", received_at=now())
    identify_one(named)
    assert not Review.objects.filter(outcome="").exists()
    other = identify_one(claim(hub.police, "P2", given="", family="", postcode=""))
    identify_one(claim(hub.police, "P2", nhs_number="9990000018", received_at=now()))
    assert Review.objects.get(outcome="").record_id == other.record_id


def test_nobody_joins_two_whose_records_are_kept_apart_also_not_by_a_third(
    hub: Partnership,
) -> None:
    one, two = two_apart(hub)
    third = identify_one(claim(hub.council, "C9", given="Wren", family="Hale"))
    agree(hub.actor("steward"), ask(third.record_id, one.record_id).id, one.record_id)
    with pytest.raises(Conflict, match="decided to be of somebody else"):
        agree(hub.actor("steward"), ask(third.record_id, two.record_id).id, two.record_id)
    with pytest.raises(Conflict, match="decided to be of somebody else"):
        agree(hub.actor("steward"), ask(two.record_id, third.record_id).id, third.record_id)
    assert Merge.objects.count() == 1


def test_two_who_are_one_child_are_not_kept_apart(hub: Partnership) -> None:
    one, two = identify_all(
        claim(hub.council, "C1", given="Tamsin"), claim(hub.police, "P1", given="Tam")
    )
    agree(hub.actor("steward"), Review.objects.get(outcome="").id, one.record_id)
    again = ask(two.record_id, one.record_id)
    with pytest.raises(Conflict, match="one child by now"):
        agree(hub.actor("steward"), again.id, None)
    assert not CannotLink.objects.exists()


def test_corrected_details_change_nothing_of_it(hub: Partnership) -> None:
    one, two = two_apart(hub)
    for name in ("Tamsin", "Tamsin Mary"):
        identify_one(claim(hub.police, "P1", given=name, received_at=now()))
    assert Record.objects.get(id=two.record_id).given_names == "tamsin mary"
    assert not Review.objects.filter(outcome="").exists()
    assert Record.objects.get(id=two.record_id).person_id == two.person_id != one.person_id


def test_lifting_takes_two_people_and_then_they_may_be_one(hub: Partnership) -> None:
    one, two = two_apart(hub)
    first, pair = hub.actor("steward"), CannotLink.objects.get()
    with pytest.raises(BadInput, match="why"):
        apart.lift(by=first, apart_id=pair.id, reason=" ")
    assert not apart.lift(by=first, apart_id=pair.id, reason="A letter from the GP")
    with pytest.raises(Conflict, match="second person"):
        apart.lift(by=first, apart_id=pair.id, reason="Please")
    (facts,) = apart.pairs_kept_apart(by=first)
    assert (facts.lifting_by, facts.may_lift) == ("Steward", False)
    assert apart.lift(by=second_steward(first), apart_id=pair.id, reason="I read it too")
    assert apart.barred([one.current_id]) == {}
    agree(first, ask(two.record_id, one.record_id).id, one.record_id)
    assert Merge.objects.count() == 1
    with pytest.raises(NotFound):
        apart.lift(by=first, apart_id=pair.id, reason="Again")
    said = set(Entry.objects.values_list("action", flat=True))
    assert {"people.apart_lifting", "people.apart_lifted"} <= said


def test_what_one_asked_lapses_after_a_week(hub: Partnership) -> None:
    two_apart(hub)
    first, pair = hub.actor("steward"), CannotLink.objects.get()
    apart.lift(by=first, apart_id=pair.id, reason="A letter")
    with travel(now() + timedelta(days=8)):
        assert not apart.lift(by=second_steward(first), apart_id=pair.id, reason="Late")
        assert CannotLink.objects.get().lifting_reason == "Late"


def test_the_database_takes_a_pair_once_in_one_order_and_lifted_by_another(
    hub: Partnership,
) -> None:
    two_apart(hub)
    held = CannotLink.objects.get()
    wrong = [
        {"one_id": held.one_id, "other_id": held.other_id},
        {"one_id": held.other_id, "other_id": held.one_id},
    ]
    for pair in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            CannotLink.objects.create(**pair, reason="x", decided_at=now())
    steward = hub.workers["steward"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CannotLink.objects.update(lifting_by=steward, lifted_by=steward, lifted_at=now())


def test_whoever_is_no_steward_lifts_and_reads_nothing(hub: Partnership) -> None:
    two_apart(hub)
    for name in ("fern", "lead"):
        with pytest.raises(Forbidden):
            apart.lift(by=hub.actor(name), apart_id=uuid4(), reason="x")
        with pytest.raises(Forbidden):
            apart.pairs_kept_apart(by=hub.actor(name))


def test_a_batch_asks_at_most_one_question_more_however_many_are_named(hub: Partnership) -> None:
    def batch(named: bool, start: int, size: int) -> int:
        claims = [
            claim(
                hub.police,
                f"U{at}",
                given="Ada" if named else "",
                family=f"Lane{at}" if named else "",
                postcode="",
                received_at=now(),
            )
            for at in range(start, start + size)
        ]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            identify_all(*claims)
        return sum("people_cannotlink" in each["sql"] for each in asked.captured_queries)

    assert batch(False, 0, 30) == 0
    assert batch(True, 0, 1) <= 1
    assert batch(True, 1, 29) == 1


NAMES = ("Tamsin", "Tam", "Tamsin Mary")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(NAMES), st.booleans()),
        min_size=3,
        max_size=10,
    )
)
def test_no_order_of_signals_and_decisions_joins_what_is_kept_apart(
    hub: Partnership, steps: list[tuple[int, str, bool]]
) -> None:
    with transaction.atomic():
        for number, name, same in steps:
            identify_one(claim(hub.police, f"H{number}", given=name, received_at=now()))
            for review in Review.objects.filter(outcome=""):
                beside = review.candidates.values_list("record_id", flat=True)[0]
                try:
                    with transaction.atomic():
                        agree(hub.actor("steward"), review.id, beside if same else None)
                except Conflict:
                    continue
        for pair in CannotLink.objects.select_related("one__person__now", "other__person__now"):
            assert pair.one.person.now.current_id != pair.other.person.now.current_id
        transaction.set_rollback(True)

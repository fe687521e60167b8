"""One person or two: reviews, merges and their undoing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from reachable.audit.models import Entry
from reachable.chronology import selectors as chronology
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now
from reachable.moments import selectors as moments
from reachable.moments import senders, worklists
from reachable.moments import services as moment_services
from reachable.moments.models import OPEN, Moment
from reachable.notices.models import Notice
from reachable.people import selectors, services
from reachable.people.identification import Identified
from reachable.people.models import (
    CurrentPerson,
    LinkDecision,
    Merge,
    Record,
    Review,
    ReviewCandidate,
)
from tests.support.merging import agree, current, make_hub_with_steward, merge, undo
from tests.support.moments import close_as_declined
from tests.support.people import (
    SYSTEM,
    Partnership,
    claim,
    happen,
    identify_all,
    identify_one,
    moment_of,
)

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


def two_alike(hub: Partnership) -> tuple[Identified, Identified]:
    """Two records of what may be one child; the second waits for review."""
    first, second = identify_all(
        claim(hub.council, "C1", given="Tamsin"), claim(hub.police, "P1", given="Tam")
    )
    return first, second


def decide(hub: Partnership, same_as: UUID | None, *, review: Review | None = None) -> UUID | None:
    review = review or Review.objects.get(outcome="")
    return agree(hub.actor("steward"), review.id, same_as)


def test_decided_to_be_the_same(hub: Partnership) -> None:
    first, second = two_alike(hub)
    decide(hub, first.record_id)
    assert current() == {first.person_id: first.person_id, second.person_id: first.person_id}
    review = Review.objects.get()
    assert (review.outcome, review.reason) == ("same", "The same desk")
    assert review.decided_by_id == hub.workers["steward"]
    held = Merge.objects.get()
    assert (held.kept_id, held.joined_id) == (first.person_id, second.person_id)
    assert (
        LinkDecision.objects.filter(record=second.record_id).latest("decided_at").rule == "decided"
    )
    assert Record.objects.get(id=second.record_id).person_id == second.person_id


def test_decided_to_be_somebody_else(hub: Partnership) -> None:
    first, second = two_alike(hub)
    assert decide(hub, None) is None
    assert current() == {who.person_id: who.person_id for who in (first, second)}
    assert Review.objects.get().outcome == "different"
    assert not Merge.objects.exists()


def test_a_decision_needs_a_reason_and_leaves_nothing_without(hub: Partnership) -> None:
    first, _ = two_alike(hub)
    review = Review.objects.get()
    before = current(), Entry.objects.count()
    with pytest.raises(BadInput, match="why"):
        services.decide_review(
            by=hub.actor("steward"), review_id=review.id, same_as=first.record_id, reason=" \n"
        )
    assert (current(), Entry.objects.count()) == before


def test_only_one_decision_stands(hub: Partnership) -> None:
    first, _ = two_alike(hub)
    review = Review.objects.get()
    decide(hub, None)
    with pytest.raises(Conflict, match="decided this already"):
        decide(hub, first.record_id, review=review)
    assert not Merge.objects.exists()


def test_only_a_record_that_stands_beside_can_be_chosen(hub: Partnership) -> None:
    two_alike(hub)
    stranger = identify_one(claim(hub.council, "C2", given="Kofi", born="2010-10-10"))
    with pytest.raises(NotFound):
        decide(hub, stranger.record_id)
    with pytest.raises(NotFound):
        services.decide_review(
            by=hub.actor("steward"), review_id=uuid4(), same_as=None, reason="Nobody"
        )


@pytest.mark.parametrize("name", ["fern", "lead"])
def test_whoever_is_no_steward_decides_nothing(hub: Partnership, name: str) -> None:
    two_alike(hub)
    review = Review.objects.get()
    with pytest.raises(Forbidden):
        services.decide_review(by=hub.actor(name), review_id=review.id, same_as=None, reason="No")
    with pytest.raises(Forbidden):
        services.undo_merge(by=hub.actor(name), merge_id=uuid4(), reason="No")


def test_people_who_are_one_already_are_not_merged_again(hub: Partnership) -> None:
    first, second = two_alike(hub)
    decide(hub, first.record_id)
    review = Review.objects.create(record_id=second.record_id, rule="name_birth", opened_at=now())
    ReviewCandidate.objects.create(review=review, record_id=first.record_id)
    assert decide(hub, first.record_id, review=review) is None
    assert Merge.objects.count() == 1


def test_an_undone_merge_stays_on_record_and_is_undone_once(hub: Partnership) -> None:
    first, second = two_alike(hub)
    before = current()
    merge_id = decide(hub, first.record_id)
    assert merge_id
    with pytest.raises(BadInput):
        services.undo_merge(by=hub.actor("steward"), merge_id=merge_id, reason="")
    undo(hub, merge_id)
    assert current() == before
    held = Merge.objects.get(id=merge_id)
    assert held.undone_reason == "Two children after all"
    assert held.undone_by_id == hub.workers["steward"]
    newest = LinkDecision.objects.filter(record=second.record_id).latest("decided_at")
    assert (newest.rule, newest.person_id) == ("undone", second.person_id)
    with pytest.raises(Conflict, match="undone already"):
        undo(hub, merge_id)
    with pytest.raises(NotFound):
        undo(hub, uuid4())


def everything() -> list[list[tuple[object, ...]]]:
    """All that a merge and its undo must leave as it was, before involvement and notices."""
    return [
        list(CurrentPerson.objects.order_by("person_id").values_list()),
        list(Record.objects.order_by("id").values_list()),
        list(
            Moment.objects.order_by("id").values_list(
                *("id", "person", "state", "asked", "holder", "answer_by", "held_at"),
                *("child_due_at", "next_due_at", "joined_into", "joined_by", "state_before"),
            )
        ),
    ]


def test_promise_33_a_merge_and_its_undo_restore_everything(hub: Partnership) -> None:
    one = identify_one(claim(hub.police, "P1", given="Ada"))
    two = identify_one(claim(hub.police, "P2", given="Ben"))
    older = moment_of(happen(one, hub.police, "returned_from_missing"))
    newer = moment_of(happen(two, hub.police, "arrest"))
    moment_services.take(by=hub.actor("sol"), moment_id=newer.id)
    before = everything()
    merge_id = merge(hub, one, two)
    assert everything() != before
    together = Moment.objects.get(id=newer.id)
    assert (together.state, together.child_due_at) == ("held", newer.child_due_at)
    assert Moment.objects.get(id=older.id).state == "joined"
    undo(hub, merge_id)
    assert everything() == before
    for moment, name in ((older, "fern"), (newer, "sol")):
        shown = moments.moment(by=hub.actor(name), moment_id=moment.id)
        assert shown.row.name.startswith(("Ada", "Ben"))


def test_the_quick_question_who_is_visible_says_the_same_as_the_long_one(hub: Partnership) -> None:
    one = identify_one(claim(hub.council, "C1", given="Ada"))
    two = identify_one(claim(hub.police, "P2", given="Ben"))
    other = identify_one(claim(hub.police, "P3", given="Cai"))
    happen(two, hub.police, "arrest")
    workers = [*(hub.actor(name) for name in ("fern", "sol", "steward")), SYSTEM]

    def seen_alike() -> set[UUID]:
        seen = set()
        for person_id in (one.person_id, two.person_id, other.person_id, uuid4()):
            current = CurrentPerson.objects.filter(person_id=person_id).first()
            for by in workers:
                quick = selectors.is_visible(by=by, person_id=person_id)
                listed = selectors.visible_people(by=by)
                long = current and listed.filter(current_id=current.current_id).exists()
                assert quick == bool(long) or by is SYSTEM
                if quick and by.name == hub.actor("fern").name:
                    seen.add(person_id)
        return seen

    assert seen_alike() == {two.person_id}
    merge_id = merge(hub, one, two)
    assert seen_alike() == {one.person_id, two.person_id}
    undo(hub, merge_id)
    assert seen_alike() == {two.person_id}


def test_promise_33_the_access_that_a_merge_gave_ends_with_it(hub: Partnership) -> None:
    one = identify_one(claim(hub.council, "C1", given="Ada"))
    two = identify_one(claim(hub.police, "P2", given="Ben"))
    happen(two, hub.police, "arrest")
    by = hub.actor("fern")
    with pytest.raises(NotFound):
        selectors.child(by=by, person_id=one.person_id)
    merge_id = merge(hub, one, two)
    assert {record.name for record in selectors.child(by=by, person_id=one.person_id).records} == {
        "Ada Orrell",
        "Ben Orrell",
    }
    assert selectors.child(by=by, person_id=two.person_id).person_id == one.person_id
    undo(hub, merge_id)
    with pytest.raises(NotFound):
        selectors.child(by=by, person_id=one.person_id)
    assert [record.name for record in selectors.child(by=by, person_id=two.person_id).records] == [
        "Ben Orrell"
    ]
    looked = Entry.objects.filter(action="looked", subject_kind="person", actor_id=by.id)
    assert list(looked.order_by("id").values_list("subject_id", flat=True)) == [
        one.person_id,
        one.person_id,
        two.person_id,
    ]


def test_one_story_while_they_are_one(hub: Partnership) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    older = moment_of(happen(one, hub.police, "returned_from_missing"))
    newer = moment_of(happen(two, hub.police, "arrest"))
    merge(hub, one, two)
    fern = hub.actor("fern")
    assert chronology.time_line(by=fern, person_id=one.person_id).total == 2
    for moment_id in (older.id, newer.id):
        shown = moments.moment(by=fern, moment_id=moment_id)
        assert shown.row.id == older.id
        assert shown.row.triggers == len(shown.events) == 2
        assert shown.hidden_events == 0
        assert shown.why_visible
    assert [row.id for row in moments.moments_of_child(by=fern, person_id=one.person_id)] == [
        older.id
    ]
    with pytest.raises(Conflict, match="joined to an older one"):
        moment_services.take(by=fern, moment_id=newer.id)


def test_senders_of_both_see_who_has_it(hub: Partnership) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    first, second = happen(one, hub.police), happen(two, hub.police)
    merge(hub, one, two)
    moment_services.take(by=hub.actor("fern"), moment_id=moment_of(first).id)
    hub.worker("sergeant", "custody")
    seen = senders.whereabouts(by=hub.actor("sergeant"), signal_ids=[first, second])
    assert {who.who for who in seen.values()} == {"Fern"}
    assert {who.state for who in seen.values()} == {"held"}


def test_both_sides_are_told_that_two_moments_became_one(hub: Partnership) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    for who, name in ((one, "fern"), (two, "sol")):
        moment = moment_of(happen(who, hub.police))
        moment_services.take(by=hub.actor(name), moment_id=moment.id)
    merge(hub, one, two)
    told = Notice.objects.filter(kind="moment.merged").values_list("user_id", flat=True)
    assert set(told) == {hub.workers["fern"], hub.workers["sol"]}


@pytest.mark.parametrize("held", ["older", "newer"])
def test_a_moment_that_somebody_has_stands_whichever_opened_first(
    hub: Partnership, held: str
) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    both = {
        "older": moment_of(happen(one, hub.police)),
        "newer": moment_of(happen(two, hub.police)),
    }
    moment_services.take(by=hub.actor("sol"), moment_id=both[held].id)
    merge(hub, one, two)
    standing = Moment.objects.get(state__in=OPEN)
    assert (standing.id, standing.state) == (both[held].id, "held")
    assert standing.holder_id == hub.workers["sol"]


def test_a_correction_reaches_a_moment_that_was_joined_to_another(hub: Partnership) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    older = moment_of(happen(one, hub.police))
    signal_id = happen(two, hub.police)
    newer = moment_of(signal_id)
    merge_id = merge(hub, one, two)
    earlier = now() - timedelta(hours=20)
    again = identify_one(claim(hub.police, "P2", given="Ben"))
    happen(again, hub.police, occurred=earlier, signal_id=signal_id)
    due = dict(Moment.objects.values_list("id", "child_due_at"))
    assert due == {moment.id: earlier + timedelta(hours=24) for moment in (older, newer)}
    undo(hub, merge_id)
    due = dict(Moment.objects.values_list("id", "child_due_at"))
    assert due == {older.id: older.child_due_at, newer.id: earlier + timedelta(hours=24)}


def test_a_moment_that_joined_one_closed_meanwhile_comes_back_to_whoever_had_it(
    hub: Partnership,
) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    older, newer = moment_of(happen(one, hub.police)), moment_of(happen(two, hub.police))
    fern, sol = hub.actor("fern"), hub.actor("sol")
    moment_services.take(by=fern, moment_id=older.id)
    moment_services.take(by=sol, moment_id=newer.id)
    merge_id = merge(hub, one, two)
    close_as_declined(by=fern, moment_id=older.id, reason="Said no")
    with pytest.raises(NotFound):
        moments.moment(by=sol, moment_id=newer.id)
    undo(hub, merge_id)
    shown = moments.moment(by=sol, moment_id=newer.id)
    assert (shown.row.state, shown.row.holder) == ("held", "Sol")
    assert shown.why_visible == [
        "Hub has an open moment for this child",
        "You have an open moment of this child",
    ]
    assert worklists.worklist(by=fern).buckets
    with pytest.raises(NotFound):
        moments.moment(by=fern, moment_id=older.id)


def test_what_opened_during_a_merge_joins_what_comes_back(hub: Partnership) -> None:
    one, two = (
        identify_one(claim(hub.police, number, given=name))
        for number, name in (("P1", "Ada"), ("P2", "Ben"))
    )
    older, newer = moment_of(happen(one, hub.police)), moment_of(happen(two, hub.police))
    merge_id = merge(hub, one, two)
    fern = hub.actor("fern")
    moment_services.take(by=fern, moment_id=older.id)
    close_as_declined(by=fern, moment_id=older.id, reason="Said no")
    again = identify_one(claim(hub.police, "P2", given="Ben"))
    later = moment_of(happen(again, hub.police, "returned_from_missing"))
    assert later.id not in (older.id, newer.id)
    undo(hub, merge_id)
    assert Moment.objects.get(id=newer.id).state == "waiting"
    assert Moment.objects.get(id=later.id).joined_into_id == newer.id
    shown = moments.moment(by=hub.actor("lead"), moment_id=later.id)
    assert shown.row.id == newer.id
    assert len(shown.events) == 2


def test_three_moments_joined_in_two_steps_come_back_in_any_order(hub: Partnership) -> None:
    ada, ben, cai = (
        identify_one(claim(hub.police, f"P{n}", given=name))
        for n, name in enumerate(("Ada", "Ben", "Cai"))
    )
    signals = [happen(who, hub.police) for who in (ada, ben, cai)]
    before = everything()
    inner = merge(hub, ben, cai)
    outer = merge(hub, ada, ben)
    top = moment_of(signals[0])
    for signal_id in signals:
        shown = moments.moment(by=hub.actor("fern"), moment_id=moment_of(signal_id).id)
        assert shown.row.id == top.id
        assert len(shown.events) == shown.row.triggers == 3
    undo(hub, inner)
    assert moment_of(signals[2]).state == "waiting"
    assert moment_of(signals[1]).joined_into_id == top.id
    undo(hub, outer)
    assert everything() == before

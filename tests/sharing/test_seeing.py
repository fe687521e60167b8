"""Who finds a decision, where it stands, as whom it is shared, and what its recipient is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from reachable.access.models import User
from reachable.foundation.actor import ANONYMOUS, Actor
from reachable.foundation.errors import Forbidden, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.people import conflicts
from reachable.people.registries import Seen
from reachable.sharing import given, seeing
from reachable.sharing.given import SharedRow
from reachable.sharing.models import SharingDecision, SharingPiece, SharingStep
from tests.support.offers import child_of
from tests.support.sharing import REASONS, asked, key, shared
from tests.support.world import World

TODAY_TO = timedelta(days=14)


@pytest.mark.parametrize(
    ("scope", "shares", "receives"),
    [
        ("none", False, False),
        ("own", False, True),
        ("involved", True, True),
        ("all", True, True),
    ],
)
def test_how_far_somebody_shares_and_is_shared_with(
    scope: str, shares: bool, receives: bool
) -> None:
    held = {"health": "none", "welfare": scope}
    by = Actor(kind="person", id=None, name="x", shares=held)
    assert seeing.shareable(by) == ({"welfare"} if shares else set())
    assert not seeing.may_receive(by), "what is shared from there is not what is seen there"
    assert seeing.may_receive(Actor(kind="person", id=None, name="x", scopes=held)) is receives
    assert not seeing.may_receive(ANONYMOUS)


@pytest.fixture
def child(world: World) -> UUID:
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def is_refused(ask: Any, *, by: Any) -> bool:
    try:
        ask(by=by)
    except NotFound:
        return True
    return False


@pytest.mark.db
def test_a_decision_is_found_by_whoever_works_with_the_child(world: World, child: UUID) -> None:
    made, wish = shared(world, child, "name"), asked(world, child)
    other = child_of(world.signal("other_worry", given_names="Idris", family_name="Whitlock"))
    assert shared(world, other, "name", by="lead") != made
    decision = SharingDecision.objects.get(id=made)

    def locked(by: Actor, sharing_id: UUID) -> SharingDecision:
        with transaction.atomic():
            return seeing.locked_decision(by=by, sharing_id=sharing_id)

    first, outsider = world.actor("first"), world.actor("outsider")
    assert set(seeing.visible_decisions(by=first).filter(person_id=child)) == {decision}
    assert {each.id for each in seeing.visible_requests(by=first)} == {wish}
    assert not seeing.visible_decisions(by=outsider).exists()
    assert not seeing.visible_requests(by=outsider).exists()
    assert locked(first, made) == decision
    assert is_refused(lambda by: locked(by, made), by=outsider)
    assert is_refused(lambda by: locked(by, new_id()), by=first)
    assert seeing.current_child(by=first, person_id=child) == child
    for by, person_id in ((outsider, child), (first, new_id())):
        with pytest.raises(NotFound):
            seeing.current_child(by=by, person_id=person_id)
    for nobody in (ANONYMOUS, world.actor("teacher")):
        with pytest.raises(Forbidden, match="sharing.decide"):
            seeing.current_child(by=nobody, person_id=child)


@pytest.mark.db
def test_who_has_a_conflict_with_this_child(world: World, child: UUID) -> None:
    lead, users = world.actor("lead"), world.users
    other = child_of(world.signal("other_worry", given_names="Idris", family_name="Whitlock"))
    assert not seeing.has_conflict(by=lead, current_id=child, user_id=users["first"])
    conflicts.declare(by=lead, person_id=child, reason="Her nephew", whose=users["first"])
    assert seeing.has_conflict(by=lead, current_id=child, user_id=users["first"]) is True
    assert seeing.has_conflict(by=lead, current_id=child, user_id=users["second"]) is False
    assert seeing.has_conflict(by=lead, current_id=other, user_id=users["first"]) is False


@pytest.mark.db
def test_which_pieces_were_chosen_in_their_order_why_and_how_conditions_are_met(
    world: World, child: UUID
) -> None:
    shared(world, child, "name", "birth_date")
    other = shared(world, child, "postcode", to="second")
    decision = SharingDecision.objects.exclude(id=other).get()
    event = new_id()
    SharingPiece.objects.create(
        id=UUID(int=1), decision=decision, kind="event", subject_id=event, why="First", met="Asked"
    )
    first = key(f"event:{event}")
    assert seeing.keys_of(decision) == [
        (first, "First"),
        (key("name"), "For name"),
        (key("birth_date"), "For birth"),
    ]
    assert seeing.met_of(decision) == {first: "Asked"}


@pytest.mark.db
def test_where_a_decision_stands(world: World, child: UUID) -> None:
    made = shared(world, child, "name")
    decision, first = SharingDecision.objects.get(), User.objects.get(id=world.users["first"])
    assert (seeing.steps_of(decision), seeing.stands(decision)) == (frozenset(), "live")
    with travel(now() + timedelta(days=13)):
        assert seeing.stands(decision) == "live"
    with travel(now() + timedelta(days=16)):
        assert seeing.stands(decision) == "over"
    decision.needs_second = True
    assert seeing.stands(decision) == "waits"
    assert seeing.stands(decision, frozenset({"agreed"})) == "live"
    other = SharingDecision.objects.get(id=shared(world, child, "name", to="second"))
    SharingStep.objects.create(decision=other, kind="ended", at=now(), by=first)
    assert seeing.stands(other) == "ended"
    SharingStep.objects.create(decision=decision, kind="agreed", at=now(), by=first)
    assert (seeing.steps_of(decision), seeing.stands(decision)) == (frozenset({"agreed"}), "live")
    SharingDecision.objects.filter(id=other.id).update(supersedes=decision)
    assert seeing.stands(decision) == "superseded"
    assert given.shared_with_me(by=world.actor("teacher")) == []
    assert made == decision.id


@pytest.mark.db
def test_it_is_shared_as_whoever_decided_while_their_account_stands(
    world: World, child: UUID
) -> None:
    shared(world, child, "name")
    decision, first = SharingDecision.objects.get(), world.users["first"]
    found = seeing.as_decider(decision)
    assert (found, found.agency) == (world.actor("first"), "Fenmarch Council")
    User.objects.filter(id=first).update(is_active=False)
    assert seeing.as_decider(decision) == Actor(kind="person", id=first, name="Fern First")


@pytest.mark.db
def test_what_a_recipient_reads_of_it_and_why_and_who_looked(world: World, child: UUID) -> None:
    made, own = shared(world, child, "name"), shared(world, child, "name", to="second")
    teacher, second = world.actor("teacher"), world.actor("second")
    decision = SharingDecision.objects.get(id=made)
    (row,) = given.shared_with_me(by=teacher)
    assert row == SharedRow(
        id=made,
        by="Fern First",
        agency="Fenmarch Council",
        purpose=REASONS.purpose,
        until=today() + TODAY_TO,
        since=decision.decided_at,
    )
    said = ("It was shared with you, until the day that is named here",)
    assert given.why(by=teacher, subject_id=made) == Seen(said, "shared_looked", made)
    works = given.why(by=second, subject_id=own)
    assert (works.who_looked, works.argument) == ("child_looked", child)
    assert works.why == ("Hub has an open moment for this child",)
    looks = given.who_looked(by=teacher, shared_id=made)
    assert [each.name for each in looks.looks] == ["Tay Teacher"]
    assert given.who_looked(by=teacher, shared_id=made, page=2).looks == []

"""What rooms above say that somebody holds, and what becomes of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from reachable.access import handing, moving
from reachable.access import services as access
from reachable.access.models import Involvement, Role, User
from reachable.conversations import services as conversations
from reachable.foundation.actor import system
from reachable.foundation.time import now
from reachable.intake import left_off
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.offers.models import Offer
from reachable.people import selectors as people
from tests.intake.test_panel_list import bring, row
from tests.support.closing import restrict
from tests.support.conversations import writing
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.world import World, make_world

pytestmark = pytest.mark.db
SYSTEM = system("tests")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def held(world: World, who: str) -> dict[str, handing.HeldFacts]:
    found = handing.held_by(by=world.actor("agency"), user_id=world.users[who])
    return {each.title: each for each in found}


def test_offers_go_to_the_colleague_who_was_named(world: World) -> None:
    fill_directory(3)
    moment_id = world.signal()
    world.client("first").post(f"/moments/{moment_id}/take/")
    offer_id = offered(world, child_of(moment_id))
    offers = held(world, "first")["Offers to follow, from moments of Hub"]
    assert (offers.count, world.users["second"] in dict(offers.to)) == (1, True)
    moving.leave(
        by=world.actor("agency"),
        user_id=world.users["first"],
        last_day=None,
        to={offers.name: world.users["second"]},
    )
    follows = Involvement.objects.filter(because_of=offer_id, ended_at=None)
    assert list(follows.values_list("user_id", flat=True)) == [world.users["second"]]
    assert Offer.objects.get(id=offer_id).state == "wanted"
    assert world.client("second").get(f"/offers/{offer_id}/").status_code == 200


def test_a_conversation_that_was_begun_can_only_be_finished_by_its_writer(world: World) -> None:
    moment_id = world.signal()
    world.client("first").post(f"/moments/{moment_id}/take/")
    by = world.actor("first")
    title = "Conversations to finish writing down"
    conversation = writing(moment_id, finished=False)
    conversations.keep(by=by, writing=conversation)
    begun = held(world, "first")[title]
    assert (begun.count, begun.to) == (1, ())
    page = world.client("agency").get(f"/staff/{world.users['first']}/leave/").content.decode()
    assert "ask them to finish before they go" in page
    assert "whoever has it then, or leads its team, is told" in page
    assert "own words stay with those the child was told about" in page
    finished = writing(moment_id, conversation_id=conversation.conversation_id)
    conversations.keep(by=by, writing=finished)
    assert title not in held(world, "first")


def leave(world: World, who: str, to: dict[str, Any] | None = None) -> None:
    user_id = world.users[who]
    moving.leave(by=world.actor("administrator"), user_id=user_id, last_day=None, to=to or {})


def told_of_left(world: World) -> list[tuple[UUID, UUID]]:
    found = Notice.objects.filter(kind="conversation.left")
    return list(found.values_list("user_id", "subject_id"))


def test_what_was_left_unfinished_is_told_to_whoever_has_the_moment_then(world: World) -> None:
    moment_id = world.signal()
    world.client("first").post(f"/moments/{moment_id}/take/")
    begun = writing(moment_id, finished=False)
    conversations.keep(by=world.actor("first"), writing=begun)
    moments = held(world, "first")["Open moments of Hub"]
    leave(world, "first", {moments.name: world.users["second"]})
    assert told_of_left(world) == [(world.users["second"], moment_id)]
    client = world.client("second")
    assert client.get(f"/conversations/{begun.conversation_id}/").status_code == 200
    later = writing(moment_id, conversation_id=begun.conversation_id)
    conversations.keep(by=world.actor("second"), writing=later)


def test_where_nobody_has_the_moment_those_who_lead_its_team_are_told(world: World) -> None:
    moment_id = world.signal()
    world.client("first").post(f"/moments/{moment_id}/take/")
    conversations.keep(by=world.actor("first"), writing=writing(moment_id, finished=False))
    conversations.keep(by=world.actor("first"), writing=writing(moment_id))
    Moment.objects.filter(id=moment_id).update(state="with_team", holder=None, held_at=None)
    leave(world, "first")
    assert told_of_left(world) == [(world.users["lead"], moment_id)]


def test_whoever_only_loses_another_role_goes_on_writing(world: World) -> None:
    moment_id = world.signal()
    world.client("first").post(f"/moments/{moment_id}/take/")
    conversations.keep(by=world.actor("first"), writing=writing(moment_id, finished=False))
    user_id = world.users["first"]
    Role.objects.create(user_id=user_id, role="analyst", started_at=now())
    access.end_role(by=SYSTEM, user_id=user_id, role="analyst")
    assert told_of_left(world) == []


def second_coordinator(world: World) -> UUID:
    coordinator = User.objects.get(username="coordinator")
    user_id = access.create_account(
        by=SYSTEM,
        username="coordinator2",
        name="Cy Second",
        agency_id=coordinator.agency_id,
        roles=["panel_coordinator"],
    )
    world.users["coordinator2"] = user_id
    return user_id


def on_list(world: World, who: str) -> set[UUID]:
    found = Involvement.objects.filter(user_id=world.users[who], basis="panel", ended_at=None)
    return set(found.values_list("subject_id", flat=True))


LIST = "Children on a panel’s list that they keep"


def test_a_list_goes_to_a_colleague_of_the_agency_who_may_keep_one(world: World) -> None:
    bring(world.actor("coordinator"), row("1"), row("2"))
    kept = held(world, "coordinator")[LIST]
    assert (kept.count, kept.to) == (2, ())
    other = second_coordinator(world)
    kept = held(world, "coordinator")[LIST]
    assert kept.to == ((other, "Cy Second"),)
    children = on_list(world, "coordinator")
    leave(world, "coordinator", {kept.name: other})
    assert (on_list(world, "coordinator"), on_list(world, "coordinator2")) == (set(), children)
    assert Notice.objects.get(kind="list.handed_over").user_id == other
    for child in children:
        assert people.is_visible(by=world.actor("coordinator2"), person_id=child)
        assert not people.is_visible(by=world.actor("coordinator"), person_id=child)


def test_a_child_who_is_closed_to_the_colleague_is_not_given_with_the_list(world: World) -> None:
    bring(world.actor("coordinator"), row("1"), row("2"))
    other = second_coordinator(world)
    closed, opened = sorted(on_list(world, "coordinator"))
    readers = (world.users["coordinator"], world.users["lead"])
    restrict(world.actor("coordinator"), closed, *readers)
    leave(world, "coordinator", {held(world, "coordinator")[LIST].name: other})
    assert on_list(world, "coordinator2") == {opened}


def test_whoever_took_a_list_over_is_asked_about_who_is_left_off_the_next(world: World) -> None:
    bring(world.actor("coordinator"), row("1"), row("2"))
    other = second_coordinator(world)
    leave(world, "coordinator", {held(world, "coordinator")[LIST].name: other})
    by = world.actor("coordinator2")
    delivery = bring(by, row("1"))
    (asked,) = left_off.left_off(by=by, delivery_id=delivery.id)
    assert asked.child.name.endswith("Sample2")


def test_the_last_who_plans_a_rota_is_said(world: World) -> None:
    said: Any = held(world, "lead")["Rota of Hub, to be planned"]
    assert said.otherwise == "nobody else of the team can plan it"
    assert "Rota of Hub, to be planned" not in held(world, "first")
    assert User.objects.get(username="lead").is_active

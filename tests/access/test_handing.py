"""What rooms above say that somebody holds, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from reachable.access import handing, moving
from reachable.access.models import Involvement, User
from reachable.conversations import services as conversations
from reachable.offers.models import Offer
from tests.intake.test_panel_list import bring, row
from tests.support.conversations import writing
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.world import World, make_world

pytestmark = pytest.mark.db


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
    finished = writing(moment_id, conversation_id=conversation.conversation_id)
    conversations.keep(by=by, writing=finished)
    assert title not in held(world, "first")


def test_children_on_a_list_are_counted_for_whoever_keeps_it(world: World) -> None:
    bring(world.actor("coordinator"), row("1"), row("2"))
    kept = held(world, "coordinator")["Children on a panel’s list that they keep"]
    assert (kept.count, kept.to) == (2, ())


def test_the_last_who_plans_a_rota_is_said(world: World) -> None:
    said: Any = held(world, "lead")["The rota of Hub"]
    assert said.otherwise == "nobody else of the team can plan it"
    assert "The rota of Hub" not in held(world, "first")
    assert User.objects.get(username="lead").is_active

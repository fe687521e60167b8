"""An offer prolongs no invitation, and nobody is asked of one to a child who is closed to them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.foundation.actor import system
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.offers import handing, services
from reachable.offers.asking_again import tell
from reachable.offers.attending import ask
from reachable.people import conflicts, inviting
from reachable.people.selectors import is_visible
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.world import World

pytestmark = pytest.mark.db
BY = system("tests of closing")


@pytest.fixture
def child(world: World) -> UUID:
    fill_directory(3)
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def told(world: World, kind: str) -> list[str]:
    names = {user_id: name for name, user_id in world.users.items()}
    rows = Notice.objects.filter(kind=kind).order_by("id")
    return [names[user_id] for user_id in rows.values_list("user_id", flat=True)]


def invite(world: World, child: UUID) -> None:
    inviting.invite(
        by=world.actor("first"),
        person_id=child,
        whom=world.users["outsider"],
        reason="Knows him from the youth club, and is to come along on Thursday.",
        last_day=today() + timedelta(days=7),
    )


def close(world: World, child: UUID) -> None:
    moments.close(
        by=world.actor("first"),
        moment_id=Moment.objects.get(person_id=child).id,
        outcome="declined",
        reason="No",
        not_again="others_ask",
    )


def test_an_offer_by_somebody_who_was_invited_opens_the_child_no_longer(
    world: World, child: UUID
) -> None:
    invite(world, child)
    offer_id = offered(world, child, "wants", "sent", "attended", by="outsider")
    held = Involvement.objects.filter(because_of=offer_id)
    assert not held.exists()
    close(world, child)
    with travel(now() + timedelta(days=9)):
        assert not is_visible(by=world.actor("outsider"), person_id=child)
    with travel(now() + timedelta(days=29)):
        assert ask(by=BY) == 1
    assert told(world, "offer.attending") == ["lead"]


def test_whoever_is_to_ask_the_child_again_follows_the_offer_from_then_on(
    world: World, child: UUID
) -> None:
    """What the product asks of somebody is no invitation, though it too ends with the answer."""
    offer_id = offered(world, child, "not_now")
    close(world, child)
    access.end_account(by=BY, user_id=world.users["first"])
    with travel(now() + timedelta(days=29)):
        tell(by=BY)
        assert told(world, "offer.again") == ["lead"]
        services.record(by=world.actor("lead"), offer_id=offer_id, kind="wants")
    held = Involvement.objects.filter(because_of=offer_id, basis="offered", ended_at=None)
    assert world.users["lead"] in held.values_list("user_id", flat=True)


@pytest.mark.parametrize(
    ("recorded", "kind"),
    [(("wants", "attended"), "offer.attending"), (("not_now",), "offer.again")],
)
def test_whoever_has_a_conflict_is_not_asked_of_their_offer(
    world: World, child: UUID, recorded: tuple[str, ...], kind: str
) -> None:
    offered(world, child, *recorded)
    conflicts.declare(by=world.actor("first"), person_id=child, reason="My nephew")
    with travel(now() + timedelta(days=29)):
        ask(by=BY)
        tell(by=BY)
    assert told(world, kind) == ["lead"]


def test_an_offer_is_not_handed_on_to_whom_the_child_is_closed(world: World, child: UUID) -> None:
    offer_id = offered(world, child)
    conflicts.declare(by=world.actor("second"), person_id=child, reason="My nephew")
    handing.hand_on(
        by=world.actor("agency"),
        user_id=world.users["first"],
        team_id=world.team,
        to_user=world.users["second"],
    )
    follows = Involvement.objects.filter(because_of=offer_id, ended_at=None)
    assert list(follows.values_list("user_id", flat=True)) == [world.users["first"]]

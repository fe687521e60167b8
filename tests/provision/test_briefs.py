"""Services in a few words, as they leave the house: never where a safe place is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from reachable.foundation.actor import ANONYMOUS
from reachable.foundation.errors import Forbidden
from reachable.provision import services
from reachable.provision.briefs import MOST_SAID, Brief, briefs
from reachable.provision.services import Told
from tests.offers.test_matching import term
from tests.support.directory import at, load_directory, offer
from tests.support.world import World

pytestmark = pytest.mark.db

PHONES = [{"id": str(UUID(int=55)), "number": "07700 900321"}]


def brief(world: World, *, by: str = "first", **fields: Any) -> Brief:
    load_directory(offer(1, **fields))
    (found,) = briefs(by=world.actor(by), service_ids=[UUID(int=1), UUID(int=99)]).values()
    return found


def test_it_says_who_for_whom_and_how_to_refer(world: World) -> None:
    load_directory(offer(1, phones=PHONES, attributes=[term("help", "legal")]))
    services.check_service(
        by=world.actor("lead"), service_id=UUID(int=1), told=Told(referral="Ring Ade")
    )
    (found,) = briefs(by=world.actor("first"), service_ids=[UUID(int=1)]).values()
    assert found == Brief(
        id=UUID(int=1),
        name="Invented Service 1",
        organisation="Fenmarch Lanterns",
        help="Legal advice",
        ages="11 to 17",
        referral="Ring Ade",
        phones=("07700 900321",),
    )


def test_where_no_word_says_for_what_it_is_it_says_so_itself_in_short(world: World) -> None:
    assert brief(world).help == "Somebody to talk to."
    long = brief(world, description="A long way to say it, " * 20).help
    assert len(long) <= MOST_SAID + 2
    assert long.endswith(" …")


@pytest.mark.parametrize("by", ["first", "lead"])
def test_of_a_safe_place_nothing_says_where_it_is(world: World, by: str) -> None:
    """Also for whoever may see the place on the page: a phone is carried about."""
    told = brief(
        world,
        by=by,
        attributes=[term("help", "safe_place")],
        description="Behind the church in Osier Street.",
        service_at_locations=[at(1, "7 Hidden Lane")],
    )
    assert told.help == "A safe place or refuge"
    assert "Hidden" not in str(told)
    assert "Osier" not in str(told)


def test_whoever_may_not_read_the_directory_gets_nothing() -> None:
    with pytest.raises(Forbidden):
        briefs(by=ANONYMOUS, service_ids=[])

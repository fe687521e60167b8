"""A phone keeps nothing past an end that is known when it fetches: it may stand without signal."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from reachable.access import moving
from reachable.access.models import User
from reachable.access.rules.seeing import Involved, in_force, last_end
from reachable.conversations import day, devices
from reachable.conversations.devices import VALID_FOR
from reachable.foundation.time import today, travel
from reachable.practice.time import start_of_day
from tests.support.ends import invited_only
from tests.support.people import SYSTEM
from tests.support.world import World

# Within the rota of the partnership that stands in the database.
MIDNIGHT = start_of_day(today() + timedelta(days=3))
NOON, EVENING = MIDNIGHT - timedelta(hours=12), MIDNIGHT - timedelta(hours=4)
IN_A_WHILE = st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=9))


def leaves_today(world: World, username: str = "first") -> None:
    moving.leave(by=SYSTEM, user_id=world.users[username], last_day=today(), knowing=True)


def ends(world: World, valid_until: datetime, username: str = "first") -> dict[str, datetime]:
    held = day.day(by=world.actor(username), valid_until=valid_until)
    return {each["id"]: datetime.fromisoformat(each["until"]) for each in held["moments"]}


@pytest.mark.db
def test_a_key_ends_with_the_account(world: World) -> None:
    with travel(EVENING):
        assert devices.make_known(by=world.actor("first"), label="").valid_until == (
            EVENING + VALID_FOR
        )
        leaves_today(world)
        assert devices.make_known(by=world.actor("first"), label="").valid_until == MIDNIGHT


@pytest.mark.db
def test_it_ends_with_the_account_also_where_the_last_day_was_said_later(world: World) -> None:
    with travel(EVENING):
        world.signal()
        made = devices.make_known(by=world.actor("first"), label="")
        secret = f"Device {made.device_id}:{made.read_secret}"
        headers = {"Authorization": secret}
        before = Client().get("/app/day/", headers=headers).json()
        assert datetime.fromisoformat(before["valid_until"]) == EVENING + VALID_FOR
        leaves_today(world)
        after = Client().get("/app/day/", headers=headers).json()
        assert datetime.fromisoformat(after["valid_until"]) == MIDNIGHT
        assert [each["until"] for each in after["moments"]] == [after["valid_until"]]
    with travel(MIDNIGHT):
        # Whatever ends accounts may not have run yet.
        assert User.objects.get(id=world.users["first"]).is_active
        assert Client().get("/app/day/", headers=headers).status_code == 401


@pytest.mark.db
def test_where_a_last_day_is_taken_back_the_day_is_fetched_for_as_long_as_before(
    world: World,
) -> None:
    with travel(EVENING):
        made = devices.make_known(by=world.actor("first"), label="")
        leaves_today(world)
        moving.stay(by=SYSTEM, user_id=world.users["first"])
        found = devices.signed_by(f"Device {made.device_id}:{made.read_secret}")
        assert found is not None
        assert found.reads_until == EVENING + VALID_FOR


@pytest.mark.db
def test_each_moment_says_until_when_it_may_be_kept(world: World) -> None:
    with travel(NOON):
        until = NOON + timedelta(hours=10)
        open_ended, short, long, both = (
            world.signal(family_name=name) for name in ("Hallam", "Quill", "Orrell", "Sedge")
        )
        soon, later = NOON + timedelta(hours=2), NOON + timedelta(hours=4)
        invited_only(world, short, soon)
        invited_only(world, long, NOON + timedelta(days=3))
        invited_only(world, both, later, soon)
        assert ends(world, until) == {
            str(open_ended): until,
            str(short): soon,
            str(long): until,
            str(both): later,
        }
    with travel(soon):
        assert str(short) not in ends(world, until)


@pytest.mark.db
def test_what_belongs_to_others_or_is_over_says_nothing_of_ones_own_end(world: World) -> None:
    with travel(NOON):
        until, soon = NOON + timedelta(hours=10), NOON + timedelta(hours=2)
        moment_id = world.signal()
        invited_only(world, moment_id, NOON + timedelta(days=2), username="second")
        invited_only(world, moment_id, soon, over=False)
        assert ends(world, until) == {str(moment_id): soon}


@given(st.lists(IN_A_WHILE, min_size=1, max_size=5))
def test_the_last_end_is_when_none_of_them_opens_anything_any_more(
    after: list[timedelta | None],
) -> None:
    held = [Involved("who", "whom", until=NOON + each if each else None) for each in after]
    end = last_end(each.until for each in held)

    def any_opens(at: datetime) -> bool:
        return any(in_force(until=each.until, ended=False, at=at) for each in held)

    if end is None:
        assert any_opens(NOON + timedelta(days=4000))
    else:
        assert any_opens(end - timedelta(microseconds=1))
        assert not any_opens(end)

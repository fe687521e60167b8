"""With signal, a phone lets go at its next contact of whom its worker may not see any more."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import expect

from reachable.moments.models import Moment
from tests.journeys.test_phone_ends import kept_words, sealed, words_arrive, write
from tests.support.closing import restrict
from tests.support.pages import axe, screenshot
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world

BEAT = 61_000
WENT = "Somebody is no longer on this phone: their moment is over or with somebody else now, or you"


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


def set_up(take: Take, world: World, name: str) -> tuple[Phone, UUID, UUID]:
    stays = world.signal(given_names="Osprey", family_name=name)
    goes = world.signal(given_names="Heron", family_name=name)
    phone = take()
    phone.open()
    phone.page.clock.install()
    phone.set_up("first")
    expect(phone.page.get_by_text(f"Heron {name}")).to_be_visible()
    return phone, stays, goes


def hand_on(world: World, moment_id: UUID) -> None:
    Moment.objects.filter(id=moment_id).update(
        holder=world.users["second"], asked=None, state="held"
    )


def restricted(world: World, moment_id: UUID) -> None:
    child = Moment.objects.get(id=moment_id).person_id
    restrict(world.actor("lead"), child, world.users["lead"], world.users["second"])


def test_promise_13_a_child_who_is_restricted_goes_from_an_open_app_and_no_word_is_lost(
    take: Take, world_there: World
) -> None:
    phone, stays, goes = set_up(take, world_there, "Closely")
    page = phone.page
    phone.without_signal()
    write(phone, "Heron Closely")
    restricted(world_there, goes)
    phone.let_pass(BEAT)
    phone.sees_still("In the child’s own words")
    assert not kept_words(goes), "it cannot be told yet"
    words_arrive(phone, goes)
    phone.let_pass(BEAT)
    phone.sees("Your moments")
    expect(page.get_by_text(WENT)).to_be_visible()
    assert "Heron" not in page.content()
    assert "Osprey" in page.content()
    assert f"moment:{goes}" not in sealed(page)
    assert {each for each in sealed(page) if not each.startswith("moment:")} == {"day", "read"}
    assert f"moment:{stays}" in sealed(page)
    axe(page)
    screenshot(page, "phone-moment-gone")


def test_promise_13_what_was_handed_on_goes_behind_the_lock_before_anybody_opens_it(
    take: Take, world_there: World
) -> None:
    phone, stays, goes = set_up(take, world_there, "Lockedly")
    page = phone.page
    phone.press("Hide")
    phone.sees("Locked")
    hand_on(world_there, goes)
    phone.let_pass(BEAT)
    expect(page.get_by_text(WENT)).to_be_visible(timeout=PATIENCE)
    assert f"moment:{goes}" not in sealed(page)
    assert f"moment:{stays}" in sealed(page)
    screenshot(page, "phone-moment-gone-locked")
    phone.unlock()
    phone.sees("Your moments")
    assert "Heron" not in page.content()
    assert "Osprey" in page.content()

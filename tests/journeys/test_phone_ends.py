"""What a phone has of a child goes when it is known to end: without signal, locked, restarted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from reachable.access import moving
from reachable.access.models import User
from reachable.conversations.models import ConversationVersion
from reachable.foundation.time import now, today
from reachable.practice.time import start_of_day
from tests.support.ends import invited_only
from tests.support.pages import axe, screenshot
from tests.support.people import SYSTEM
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world

WORDS = "Tell them I was at the lock gates"
ENDS_IN = timedelta(minutes=20)
WENT = "Somebody is no longer on this phone"
SEALED = """new Promise((resolve, reject) => {
    const asked = indexedDB.open("reachable");
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const found = asked.result.transaction("sealed").objectStore("sealed").getAllKeys();
        found.onsuccess = () => { asked.result.close(); resolve(found.result); };
    };
})"""


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


def set_up(take: Take, world: World, name: str) -> tuple[Phone, UUID, UUID]:
    """A phone with two children, of whom one may be seen for a while more, and without signal."""
    stays = world.signal(given_names="Osprey", family_name=name)
    goes = world.signal(given_names="Heron", family_name=name)
    invited_only(world, goes, now() + ENDS_IN)
    phone = take()
    phone.open()
    phone.page.clock.install()
    phone.set_up("first")
    phone.without_signal()
    return phone, stays, goes


def write(phone: Phone, child: str) -> None:
    phone.begin(child, "Out and about")
    phone.go_to("In the child’s own words")
    phone.page.get_by_label("What the child said").press_sequentially(WORDS)
    phone.page.clock.run_for(1_000)
    expect(phone.page.locator(".top__sent")).to_contain_text("not sent yet")


def sealed(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SEALED)
    return found


def kept_words(moment_id: UUID) -> list[tuple[str, bool]]:
    found = ConversationVersion.objects.filter(conversation__moment_id=moment_id)
    return [(each.content["words"]["words"], each.finished) for each in found]


def words_arrive(phone: Phone, moment_id: UUID) -> None:
    phone.page.keyboard.press("End")
    phone.without_signal(False)
    phone.all_is_sent()
    assert kept_words(moment_id) == [(WORDS, False)]


def test_it_goes_from_an_open_app_without_signal_and_no_word_is_lost(
    take: Take, world_there: World
) -> None:
    phone, stays, goes = set_up(take, world_there, "Openly")
    page = phone.page
    page.get_by_role("button", name="Heron Openly").click()
    expect(page.get_by_text("Then it goes from this phone by itself")).to_be_visible()
    axe(page)
    screenshot(page, "phone-known-end")
    page.go_back()
    phone.sees("Your moments")
    write(phone, "Heron Openly")
    # Somebody touches the screen now and then: it is not locked meanwhile.
    for _ in range(4):
        page.clock.fast_forward(240_000)
        page.get_by_label("What the child said").press("End")
    phone.sees_still("In the child’s own words")
    page.clock.fast_forward(245_000)
    page.clock.run_for(20_000)
    phone.sees("Your moments")
    expect(page.get_by_text(WENT)).to_be_visible()
    assert "Heron" not in page.content()
    assert "Osprey" in page.content()
    assert f"moment:{goes}" not in sealed(page)
    assert f"moment:{stays}" in sealed(page)
    axe(page)
    screenshot(page, "phone-moment-went")
    words_arrive(phone, goes)


def test_it_goes_behind_the_lock_after_a_restart_before_anybody_opens_it(
    take: Take, world_there: World
) -> None:
    phone, stays, goes = set_up(take, world_there, "Lockedly")
    write(phone, "Heron Lockedly")
    before = sealed(phone.page)
    phone.kill()
    phone.start()
    phone.context.clock.install(time=now() + ENDS_IN + timedelta(minutes=5))
    phone.without_signal()
    page = phone.open()
    phone.sees("Locked")
    # Nobody has said the PIN yet: the child and what was written of them are gone from the disk.
    after = sealed(page)
    assert f"moment:{stays}" in after
    assert f"moment:{goes}" not in after
    assert {each for each in after if not each.startswith("moment:")} == {"day", "read"}
    assert len(before) > len(after)
    page.get_by_label("PIN", exact=True).wait_for()
    phone.unlock()
    page.clock.run_for(3_000)
    phone.sees("Your moments")
    assert "Heron" not in page.content()
    assert "Osprey" in page.content()
    words_arrive(phone, goes)


def test_after_the_last_day_of_its_owner_the_phone_opens_nothing_without_signal(
    take: Take, world_there: World
) -> None:
    world_there.signal(given_names="Osprey", family_name="Lastly")
    moving.leave(by=SYSTEM, user_id=world_there.users["first"], last_day=today(), knowing=True)
    midnight = start_of_day(today() + timedelta(days=1))
    phone = take()
    phone.set_up("first")
    expect(phone.page.get_by_text("Osprey Lastly")).to_be_visible()
    phone.without_signal()
    phone.kill()
    phone.start()
    phone.context.clock.install(time=midnight + timedelta(minutes=1))
    phone.without_signal()
    page = phone.open()
    expect(page.get_by_text("Your day on this phone has ended")).to_be_visible(timeout=PATIENCE)
    assert sealed(page) == []
    assert "Osprey" not in page.content()
    assert User.objects.get(id=world_there.users["first"]).is_active, "nothing had ended it yet"

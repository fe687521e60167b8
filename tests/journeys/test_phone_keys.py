"""What lies on a phone, and when it is gone: locked, signed out, wiped, full, ended from afar."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import expect

from reachable.access import services as access
from reachable.conversations import devices
from reachable.conversations.models import ConversationVersion, Device
from reachable.foundation.actor import system
from tests.support.pages import OpenPage, axe, screenshot, sign_in
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world

WORDS = "Nobody asked me before, heron on the weir"
CANARIES = ("heron on the weir", "Osprey")
LEFT = """new Promise((resolve, reject) => {
    const asked = indexedDB.open("reachable");
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const stores = [...asked.result.objectStoreNames];
        const reading = asked.result.transaction(stores);
        const found = stores.map(name => reading.objectStore(name).getAll());
        reading.oncomplete = () => {
            asked.result.close();
            resolve(found.flatMap(each => each.result));
        };
    };
})"""


HALF_OF_THE_KEY = """caches.open("reachable-half")
    .then(cache => cache.match("/app/half"))
    .then(half => half.arrayBuffer())
    .then(bytes => [...new Uint8Array(bytes)])"""


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


@pytest.fixture
def written(take: Take, world_there: World) -> tuple[Phone, UUID]:
    """A phone without signal on which something is written and not finished."""
    child = f"Child {Device.objects.count()}"
    moment_id = world_there.signal(given_names="Osprey", family_name=child)
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.begin(f"Osprey {child}", "Out and about")
    phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").press_sequentially(WORDS)
    phone.is_saved()
    return phone, moment_id


def kept_words(moment_id: UUID) -> list[tuple[str, bool]]:
    found = ConversationVersion.objects.filter(conversation__moment_id=moment_id)
    return [(each.content["words"]["words"], each.finished) for each in found]


def databases(phone: Phone) -> list[str]:
    names: list[str] = phone.page.evaluate(
        "indexedDB.databases().then(found => found.map(each => each.name))"
    )
    return names


def test_signed_out_without_signal_nothing_is_legible_and_no_word_is_lost(
    written: tuple[Phone, UUID],
) -> None:
    phone, moment_id = written
    page = phone.page
    half = bytes(page.evaluate(HALF_OF_THE_KEY))
    assert list(phone.found_on_disk(*CANARIES, half)) == [half]
    phone.home()
    phone.press("Sign out")
    expect(page.get_by_text("1 thing is not sent yet")).to_be_visible()
    phone.press("Sign out")
    phone.sees("Reachable conversations")
    expect(page.get_by_text("What was written is locked")).to_be_visible()
    axe(page)
    screenshot(page, "phone-signed-out")
    assert kept_words(moment_id) == []

    phone.kill()
    # Nor is there enough of a key left to be tried with every PIN that there is.
    assert phone.found_on_disk(*CANARIES, half) == {}
    phone.start()
    page = phone.open()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert kept_words(moment_id) == [(WORDS, False)]
    assert databases(phone) == []
    phone.kill()
    assert phone.found_on_disk(*CANARIES) == {}


def test_after_five_wrong_pins_the_key_is_gone_and_the_words_arrive(
    written: tuple[Phone, UUID],
) -> None:
    phone, moment_id = written
    page = phone.page
    phone.press("Hide")
    phone.sees("Locked")
    assert "Osprey" not in page.content()
    for left in ("4 tries are", "3 tries are", "2 tries are", "1 try is"):
        phone.unlock("not the PIN")
        expect(page.get_by_text(f"{left} left")).to_be_visible(timeout=PATIENCE)
    screenshot(page, "phone-wrong-pin")
    axe(page)
    phone.unlock("not the PIN")
    expect(page.get_by_text("The PIN was wrong 5 times")).to_be_visible(timeout=PATIENCE)
    # What is left only sends, and only the server opens what is sent.
    device, item = page.evaluate(LEFT)
    assert set(device) == {"id", "secret", "seal", "idleSeconds", "ending"}
    assert set(device["seal"]) == {"kid", "public"}
    assert set(item) == {"id", "device", "state", "number", "envelope", "size"}
    assert set(item["envelope"]) == {"v", "kid", "epk", "iv", "ct"}
    # With signal it goes on by itself; whoever has the phone now finds nobody signed in.
    phone.without_signal(False)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert kept_words(moment_id) == [(WORDS, False)]


def test_wiped_from_afar_after_the_words_came_in(
    written: tuple[Phone, UUID], server: Server, open_page: OpenPage
) -> None:
    phone, moment_id = written
    office = open_page("desktop")
    sign_in(office, server, "first")
    office.goto(f"{server.url}/phones/")
    office.get_by_role("button", name="Empty this phone").first.click()
    phone.press("Hide")
    phone.without_signal(False)
    expect(phone.page.get_by_text("emptied from the office")).to_be_visible(timeout=PATIENCE)
    screenshot(phone.page, "phone-wiped")
    axe(phone.page)
    # The office ended the web session with it: nobody is let in again without signing in.
    expect(phone.page.get_by_role("link", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert phone.page.evaluate("caches.keys()") == []
    assert databases(phone) == []
    assert kept_words(moment_id) == [(WORDS, False)]
    assert Device.objects.order_by("-made_at")[0].wiped_at is not None
    phone.kill()
    assert phone.found_on_disk(*CANARIES) == {}


def test_ended_by_an_administrator_without_signal_the_words_still_arrive(
    written: tuple[Phone, UUID], world_there: World
) -> None:
    phone, moment_id = written
    page = phone.page
    device = Device.objects.order_by("-made_at")[0]
    devices.end(by=world_there.actor("first"), device_id=device.id)
    page.get_by_label("What the child said").press_sequentially(" and more")
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()
    phone.without_signal(False)
    expect(page.get_by_text("The server has ended your sign-in")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    assert kept_words(moment_id) == [(f"{WORDS} and more", True)]
    screenshot(page, "phone-session-ended")
    axe(page)
    phone.press("Sign in again")
    phone.press("Sign out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible(timeout=PATIENCE)


def test_a_full_phone_says_so_keeps_the_words_on_the_screen_and_tries_again(
    written: tuple[Phone, UUID], server: Server
) -> None:
    phone, moment_id = written
    page = phone.page
    control = phone.context.new_cdp_session(page)
    control.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 1})
    box = page.get_by_label("What the child said")
    full = page.get_by_text("This phone is full")
    # The browser finds out by and by: for half a minute it relies on the room that it saw last.
    for _ in range(40):
        box.press_sequentially("!")
        page.wait_for_timeout(1_000)
        if full.is_visible():
            break
    expect(full).to_be_visible()
    said = box.input_value()
    assert said.startswith(WORDS)
    screenshot(page, "phone-full")
    axe(page)
    phone.press("Hide")
    phone.unlock()
    expect(box).to_have_value(said, timeout=PATIENCE)
    control.send("Storage.overrideQuotaForOrigin", {"origin": server.url})
    expect(full).not_to_be_visible(timeout=60_000)
    phone.press("All parts")
    phone.press("Finish")
    phone.without_signal(False)
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    assert kept_words(moment_id) == [(said, True)]


def test_untouched_it_locks_and_after_the_shift_the_key_is_over(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(given_names="Osprey", family_name="Idle")
    phone = take()
    page = phone.page
    phone.open()
    page.clock.install()
    phone.set_up("first")
    phone.without_signal()
    phone.begin("Idle", "Out and about")
    phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").press_sequentially(WORDS)
    page.clock.run_for(299_000)
    phone.sees_still("In the child’s own words")
    page.clock.run_for(4_000)
    phone.sees("Locked")
    assert "Osprey" not in page.content()
    phone.unlock()
    phone.sees("In the child’s own words")
    expect(page.get_by_label("What the child said")).to_have_value(WORDS)
    page.clock.fast_forward(12 * 60 * 60 * 1000)
    page.clock.run_for(20_000)
    expect(page.get_by_text("Your day on this phone has ended")).to_be_visible(timeout=PATIENCE)
    assert len(page.evaluate(LEFT)) == 2
    phone.without_signal(False)
    page.clock.run_for(20_000)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert kept_words(moment_id) == [(WORDS, False)]


def test_a_forgotten_pin_costs_the_list_and_not_the_words(written: tuple[Phone, UUID]) -> None:
    phone, moment_id = written
    page = phone.page
    phone.press("Hide")
    page.get_by_text("I have forgotten the PIN").click()
    axe(page)
    screenshot(page, "phone-forgotten")
    phone.without_signal(False)
    phone.press("Remove the list and sign in again")
    page.get_by_role("link", name="Sign in").wait_for()
    assert kept_words(moment_id) == [(WORDS, False)]


def test_an_account_that_ended_empties_the_phone_after_the_words_came_in(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(given_names="Osprey", family_name="Lastday")
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.begin("Lastday", "Out and about")
    phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").press_sequentially(WORDS)
    phone.is_saved()
    access.end_account(by=system("tests"), user_id=world_there.users["first"])
    phone.without_signal(False)
    expect(page.get_by_text("emptied from the office")).to_be_visible(timeout=PATIENCE)
    assert kept_words(moment_id) == [(WORDS, False)]

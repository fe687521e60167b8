"""An app that is open twice, or updated while it is open, and words that are refused for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, Playwright, expect

from reachable.conversations.models import ConversationVersion
from tests.support.pages import axe, fits, screenshot
from tests.support.phone import PATIENCE, PIN, Phone, Take
from tests.support.releases import Releases, released
from tests.support.servers import Server
from tests.support.world import World, make_world

WORDS = "Nobody asked me before."
VERSION = ("/app/sw.js", 'const VERSION = "', 'const VERSION = "next-')


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


@pytest.fixture
def releases(server: Server) -> Iterator[Releases]:
    with released(server) as made:
        yield made


@pytest.fixture
def far_phone(
    playwright: Playwright, tmp_path: Path, releases: Releases, world_there: World
) -> Iterator[Phone]:
    """A phone that sees the server as it is over several releases."""
    made = Phone(playwright, tmp_path / "far-phone", releases)
    yield made
    made.close()


def versions(moment_id: UUID) -> list[ConversationVersion]:
    found = ConversationVersion.objects.filter(conversation__moment_id=moment_id)
    return list(found.order_by("received_at"))


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible(timeout=PATIENCE)


def unlock(page: Page) -> None:
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Open", exact=True).click()


def write(phone: Phone, child: str) -> Page:
    """Write down what a child said, without signal; it is on the disk, and not finished."""
    phone.without_signal()
    phone.begin(child, "Out and about")
    phone.go_to("In the child’s own words")
    phone.page.get_by_label("What the child said").fill(WORDS)
    phone.is_saved()
    return phone.page


def finish(page: Page) -> None:
    page.get_by_role("button", name="All parts").click()
    page.get_by_role("button", name="Finish", exact=True).click()


def test_a_second_window_says_so_takes_over_and_has_every_word(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Twowin")
    phone = take()
    phone.set_up("first")
    first = write(phone, "Twowin")
    second = phone.context.new_page()
    second.goto(first.url)
    heading(second, "Locked")
    expect(second.get_by_text("open in another window of this phone")).to_be_visible()
    axe(second)
    fits(second)
    screenshot(second, "phone-second-window")
    # What was typed this instant, and is nowhere but on the screen, comes along too.
    first.get_by_label("What the child said").press_sequentially(" And more.", delay=0)
    unlock(second)
    heading(second, "Your moments")
    heading(first, "Locked")
    expect(first.get_by_text("open in another window of this phone")).to_be_visible()
    assert "Nobody asked" not in first.content()
    second.get_by_role("button", name="Twowin").click()
    second.get_by_role("button", name="Begun, not finished").click()
    expect(second.get_by_text(f"{WORDS} And more.")).to_be_visible()
    second.get_by_role("button", name="Change In the child’s own words").click()
    second.get_by_label("What the child said").press_sequentially(" From here.")
    second.wait_for_timeout(400)
    # And back again, to the window before.
    unlock(first)
    heading(second, "Locked")
    heading(first, "In the child’s own words")
    said = first.get_by_label("What the child said")
    expect(said).to_have_value(re.compile("From here"))
    finish(first)
    phone.without_signal(False)
    expect(first.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    (kept,) = versions(moment_id)
    assert sorted(kept.content["words"]["words"].split()) == sorted(
        f"{WORDS} And more. From here.".split()
    )


def sleep(page: Page) -> None:
    """Let it save nothing, as a window that the phone has put to sleep: what is typed then is on
    its screen only, until it wakes."""
    page.evaluate(
        """() => {
          const open = IDBDatabase.prototype.transaction;
          window.wake = () => { IDBDatabase.prototype.transaction = open; };
          IDBDatabase.prototype.transaction = () => { throw new Error("asleep"); };
        }"""
    )


def test_what_a_sleeping_window_holds_is_sent_though_the_key_was_ended_in_another(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Endedly")
    phone = take()
    phone.set_up("first")
    first = write(phone, "Endedly")
    second = phone.context.new_page()
    second.goto(first.url)
    heading(second, "Locked")
    sleep(first)
    first.get_by_label("What the child said").press_sequentially(" On the screen only.")
    second.get_by_text("I have forgotten the PIN").click()
    second.get_by_role("button", name="Remove the list and sign in again").click()
    heading(second, "Reachable conversations")
    heading(first, "Locked")
    first.evaluate("window.wake()")
    first.wait_for_timeout(6_000)
    phone.without_signal(False)
    for page in (first, second):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    for _ in range(100):
        if len(versions(moment_id)) == 2:
            break
        first.wait_for_timeout(200)
    said = {each.content["words"]["words"] for each in versions(moment_id)}
    assert said == {WORDS, f"{WORDS} On the screen only."}
    second.reload()
    expect(second.get_by_role("link", name="Sign in")).to_be_visible(timeout=PATIENCE)


def test_a_window_that_sleeps_is_not_waited_for_and_its_words_stand_beside(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Sleeper")
    phone = take()
    phone.set_up("first")
    first = write(phone, "Sleeper")
    second = phone.context.new_page()
    second.goto(first.url)
    heading(second, "Locked")
    sleep(first)
    first.get_by_label("What the child said").press_sequentially(" On the screen only.")
    unlock(second)
    heading(second, "Your moments")
    second.get_by_role("button", name="Sleeper").click()
    second.get_by_role("button", name="Begun, not finished").click()
    second.get_by_role("button", name="Change In the child’s own words").click()
    second.get_by_label("What the child said").press_sequentially(" From the second.")
    second.wait_for_timeout(400)
    heading(first, "Locked")
    first.evaluate("window.wake()")
    first.wait_for_timeout(6_000)
    # Whoever opens it again finds both, each as it is.
    finish(second)
    unlock(first)
    heading(second, "Locked")
    heading(first, "In the child’s own words")
    expect(first.get_by_label("What the child said")).to_have_value(f"{WORDS} On the screen only.")
    finish(first)
    phone.without_signal(False)
    expect(first.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    said = {each.content["words"]["words"] for each in versions(moment_id)}
    assert said == {f"{WORDS} On the screen only.", f"{WORDS} From the second."}
    assert len({each.conversation_id for each in versions(moment_id)}) == 1


def test_where_a_browser_lets_two_windows_write_neither_writes_over_the_other(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Bothly")
    phone = take()
    phone.set_up("first")
    first = write(phone, "Bothly")
    second = phone.context.new_page()
    # A browser whose locks hold nobody off.
    second.add_init_script(
        """Object.defineProperty(navigator, "locks", { value: {
          query: async () => ({ held: [] }),
          request: async (name, how, work) => (work ?? how)(),
        }})"""
    )
    second.goto(first.url)
    heading(second, "Locked")
    unlock(second)
    heading(second, "Your moments")
    second.get_by_role("button", name="Bothly").click()
    second.get_by_role("button", name="Begun, not finished").click()
    second.get_by_role("button", name="Change In the child’s own words").click()
    second.get_by_label("What the child said").fill("From the second.")
    second.wait_for_timeout(600)
    first.get_by_label("What the child said").fill("From the first.")
    expect(first.get_by_text("Both are kept, each as it is")).to_be_visible()
    first.get_by_label("What the child said").press_sequentially(" And on.")
    first.wait_for_timeout(600)
    finish(first)
    finish(second)
    phone.without_signal(False)
    for page in (first, second):
        expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    said = {each.content["words"]["words"] for each in versions(moment_id)}
    assert said == {"From the second.", "From the first. And on."}
    assert len({each.conversation_id for each in versions(moment_id)}) == 1


def test_a_newer_app_waits_until_the_worker_chooses_it(
    far_phone: Phone, releases: Releases, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Newerly")
    page = far_phone.set_up("first")
    page.reload()
    unlock(page)
    heading(page, "Your moments")
    far_phone.begin("Newerly", "Out and about")
    far_phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").press_sequentially(WORDS)
    releases.changes = [VERSION, ("/app/frame.js", "All sent", "All is sent")]
    page.evaluate("navigator.serviceWorker.getRegistration('/app/').then(it => it.update())")
    news = page.get_by_text("A newer version of this app is here")
    expect(news).to_be_visible(timeout=PATIENCE)
    axe(page)
    screenshot(page, "phone-newer")
    # They go on with what they had, and nothing has changed under their hands.
    page.get_by_label("What the child said").press_sequentially(" Still the same.")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="See what to do").click()
    heading(page, "A newer version of this app")
    axe(page)
    page.get_by_role("button", name="Later").click()
    heading(page, "In the child’s own words")
    expect(page.get_by_label("What the child said")).to_have_value(f"{WORDS} Still the same.")
    page.get_by_label("What the child said").press_sequentially(" Last word.")
    page.get_by_role("button", name="See what to do").click()
    page.get_by_role("button", name="Load it now").click()
    heading(page, "Locked")
    unlock(page)
    heading(page, "Your moments")
    expect(news).not_to_be_visible()
    page.get_by_role("button", name="Newerly").click()
    page.get_by_role("button", name="Begun, not finished").click()
    expect(page.get_by_text(f"{WORDS} Still the same. Last word.")).to_be_visible()
    page.get_by_role("button", name="Finish", exact=True).click()
    # The words of the newer one.
    expect(page.locator(".top__sent")).to_contain_text("All is sent", timeout=PATIENCE)
    (kept,) = versions(moment_id)
    assert kept.content["words"]["words"] == f"{WORDS} Still the same. Last word."


def test_words_that_are_refused_for_good_stay_are_copied_out_and_put_right(
    far_phone: Phone,
    releases: Releases,
    world_there: World,
    grant: Callable[[Phone], Any],
) -> None:
    moment_id = world_there.signal(family_name="Refusely")
    # The list on this phone is of a release in which the form asked for something else.
    releases.changes = [("/app/day/", '"talked"', '"talked_on_the_way"')]
    page = far_phone.set_up("first")
    grant(far_phone)
    far_phone.without_signal()
    far_phone.begin("Refusely", "Out and about")
    page.get_by_label("Yes, and we talked").check()
    far_phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").fill(f"{WORDS}\nNot once.")
    finish(page)
    expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()
    far_phone.without_signal(False)
    expect(page.get_by_text("Something could not be sent")).to_be_visible(timeout=PATIENCE)
    assert not versions(moment_id)
    state = page.locator(".state--refused")
    expect(state).to_contain_text("is none of the choices")
    expect(state).to_contain_text("Your words are kept on this phone")
    expect(page.get_by_text(WORDS)).to_be_visible()
    axe(page)
    fits(page)
    screenshot(page, "phone-refused")
    page.get_by_role("button", name="Copy the words").click()
    expect(page.get_by_text("every app on this phone can read them now")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"In the child’s own words\nWhat the child said {WORDS}\nNot once." in copied

    # It stays through a restart, and is asked for once more each time the PIN opens it.
    page.reload()
    unlock(page)
    heading(page, "Your moments")
    page.locator(".top__sent").click()
    expect(page.get_by_text("The server could not keep it.")).to_be_visible()
    expect(page.get_by_text("is none of the choices").first).to_be_visible()
    releases.changes = []
    page.go_back()
    page.get_by_role("button", name="Fetch the list again").click()
    expect(page.get_by_text("The list was fetched again.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Refusely").click()
    page.get_by_role("button", name="Could not be sent").click()
    page.get_by_role("button", name="Change or add").click()
    page.get_by_role("button", name="Change Did the child want to talk?").click()
    page.get_by_label("Yes, and we talked").check()
    finish(page)
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    (kept,) = versions(moment_id)
    assert kept.content["words"]["words"] == f"{WORDS}\nNot once."
    assert kept.content["invitation"]["answer"] == "talked"


@pytest.fixture
def grant(releases: Releases) -> Callable[[Phone], Any]:
    """Let a test read what the app put where every app reads it."""

    def granted(phone: Phone) -> None:
        allowed = ["clipboard-read", "clipboard-write"]
        phone.context.grant_permissions(allowed, origin=releases.url)

    return granted


def test_where_the_phone_lets_nothing_be_copied_the_words_can_be_marked(
    far_phone: Phone, releases: Releases, world_there: World
) -> None:
    world_there.signal(family_name="Markly")
    releases.changes = [("/app/day/", '"talked"', '"talked_on_the_way"')]
    page = far_phone.set_up("first")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    far_phone.begin("Markly", "Out and about")
    page.get_by_label("Yes, and we talked").check()
    far_phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").fill(WORDS)
    finish(page)
    expect(page.locator(".state--refused")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Copy the words").click()
    box = page.get_by_label("This phone does not let an app copy")
    expect(box).to_have_value(re.compile(WORDS))
    axe(page)

"""Every screen of the app: accessible, nothing beside the screen, for a thumb, in large letters."""

from __future__ import annotations

import gzip
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from dev.browser import ARGUMENTS
from reachable.access import services as access
from reachable.conversations import api
from reachable.conversations.models import LoneWorkerNote
from reachable.foundation.actor import system
from reachable.foundation.time import now
from tests.support.pages import axe, complaints_of, fits, screenshot
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world

MOST_BYTES = 85_000  # of 300,000 that may be, compressed
OPENS_WITHIN = 1_000  # milliseconds, on a phone four times slower than this machine
SAVES_WITHIN = 100  # milliseconds

# Whatever is touched has 44 CSS pixels at least, each way.
SMALL = """() => [...document.querySelectorAll(
    'button, a, summary, input:not([type=radio], [type=checkbox]), textarea, label.tick'
  )].filter(each => each.checkVisibility()).map(each => [each, each.getBoundingClientRect()])
  .filter(([, at]) => at.height < 44 || at.width < 44)
  .map(([each, at]) => `${each.outerHTML.slice(0, 80)}: ${at.width} x ${at.height}`)"""


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


@pytest.fixture
def phone(take: Take, world_there: World) -> Phone:
    return take()


def check(page: Page, name: str) -> None:
    """Fail when the screen as it is could not be used by somebody; keep pictures of it."""
    axe(page)
    fits(page)
    assert page.evaluate(SMALL) == [], f"{name}: too small for a thumb"
    screenshot(page, f"phone-{name}")


@pytest.fixture(params=["usual", "twice"])
def letters(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(letters: str, take: Take, world_there: World) -> Phone:
    """A usual phone, or a narrow one of somebody who has set letters to twice their size."""
    if letters == "usual":
        return take()
    return take(
        args=[*ARGUMENTS, "--blink-settings=defaultFontSize=32"],
        viewport={"width": 360, "height": 740},
    )


def test_every_screen_before_and_in_a_conversation_can_be_used_by_anybody(
    reader: Phone, letters: str, world_there: World
) -> None:
    world_there.signal(
        given_names="Wren",
        family_name=f"Marchbank {letters}",
        needs="Short sentences, one question at a time, and time to answer",
    )
    page = reader.page
    complaints = complaints_of(page)
    reader.open()
    reader.sees("Reachable conversations")
    page.get_by_role("link", name="Sign in").wait_for()
    check(page, f"sign-in-{letters}")
    reader.set_up("first")
    check(page, f"list-{letters}")
    page.get_by_role("button", name=f"Marchbank {letters}").click()
    check(page, f"moment-{letters}")
    reader.press("Start a conversation")
    check(page, f"guides-{letters}")
    page.get_by_role("button", name="Return interview").click()
    check(page, f"guide-{letters}")
    reader.press("Start")
    heading = page.get_by_role("heading", level=1)
    for number in range(1, 30):
        check(page, f"part-{number:02}-{letters}")
        if page.get_by_role("button", name="To the end").count():
            break
        before = heading.inner_text()
        reader.press("Next")
        expect(heading).not_to_have_text(before)
        expect(heading).to_be_focused()
    reader.press("To the end")
    check(page, f"nothing-written-{letters}")
    reader.press("Finish")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is written yet")
    assert complaints == []


def test_every_screen_after_a_conversation_can_be_used_by_anybody(
    reader: Phone, letters: str, world_there: World
) -> None:
    world_there.signal(given_names="Robin", family_name=f"Marchbank {letters}")
    page = reader.set_up("first")
    reader.without_signal()
    reader.begin(f"Robin Marchbank {letters}", "At home")
    reader.go_to("In the child’s own words")
    page.get_by_label("What the child said").fill("I want to go home.\nNot to that one.")
    reader.press("All parts")
    check(page, f"all-parts-{letters}")
    reader.press("Finish")
    expect(page.get_by_text("will be sent when there is signal")).to_be_visible()
    check(page, f"finished-{letters}")
    page.get_by_role("button", name="1 not sent yet").click()
    check(page, f"not-sent-{letters}")
    reader.press("Back")
    reader.press("Your moments")
    reader.press("Say where I am going")
    reader.press("Leave the note")
    expect(page.get_by_role("alert")).to_contain_text("where you are going")
    page.get_by_label("Where are you going?").fill("The weir, then her aunt’s")
    page.get_by_label("In an hour").check()
    page.get_by_label("Sol Second").check()
    check(page, f"lone-{letters}")
    reader.press("Leave the note")
    expect(page.get_by_text("Ring Sol Second if they need to know now")).to_be_visible()
    check(page, f"list-alone-{letters}")
    reader.press("Sign out")
    check(page, f"leave-{letters}")
    reader.press("Stay signed in")
    reader.press("Hide")
    check(page, f"locked-{letters}")


def test_a_screen_reader_and_a_keyboard_lead_through_a_part(
    phone: Phone, world_there: World
) -> None:
    world_there.signal(family_name="Keys")
    page = phone.set_up("first")
    phone.begin("Keys", "Out and about")
    phone.sees("Did the child want to talk?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Yes, and we talked")).to_be_checked()
    status = page.get_by_role("status")
    expect(status).to_have_text("1 not sent yet")
    page.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    phone.sees("How the child understands and is understood")


def test_pictures_and_sound_are_refused_with_the_reason(phone: Phone, world_there: World) -> None:
    world_there.signal(family_name="Picton")
    page = phone.set_up("first")
    phone.begin("Picton", "Out and about")
    phone.go_to("In the child’s own words")
    box = page.get_by_label("What the child said")
    box.fill("She drew it.")
    for kind, name in (("paste", "image/png"), ("drop", "audio/mpeg")):
        page.evaluate(
            """([kind, type]) => {
              const data = new DataTransfer();
              data.items.add(new File(["x"], "x", { type }));
              const usual = { bubbles: true, cancelable: true };
              const made = kind === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, ...usual })
                : new DragEvent("drop", { dataTransfer: data, ...usual });
              window.tookIt = document.querySelector("textarea").dispatchEvent(made);
            }""",
            [kind, name],
        )
        assert page.evaluate("window.tookIt") is False
        expect(page.get_by_text("would be evidence")).to_be_visible()
        page.get_by_role("button", name="Close this message").click()
    assert box.input_value() == "She drew it."


def test_it_is_small_and_opens_at_once_without_signal(
    phone: Phone, server: Server, world_there: World
) -> None:
    total = 0
    for address in ["/app/", "/app/sw.js", *api.shell_files()]:
        with urlopen(server.url + address) as answer:
            total += len(gzip.compress(answer.read(), 6))
    assert total < MOST_BYTES, f"{total:,} bytes compressed"

    world_there.signal(family_name="Swift")
    page = phone.set_up("first")
    phone.without_signal()
    control = phone.context.new_cdp_session(page)
    control.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    took = []
    for _ in range(3):
        page.reload(wait_until="commit")
        page.get_by_label("PIN", exact=True).wait_for()
        took.append(page.evaluate("performance.getEntriesByName('shown')[0].startTime"))
    assert min(took) < OPENS_WITHIN, took
    phone.unlock()
    phone.sees("Your moments")
    phone.begin("Swift", "Out and about")
    phone.go_to("In the child’s own words")
    box = page.get_by_label("What the child said")
    saves = []
    for time in range(5):
        box.press_sequentially(f"Word {time} ")
        page.wait_for_function(
            "count => performance.getEntriesByName('saved').length > count", arg=time
        )
        saves.append(page.evaluate("performance.getEntriesByName('saved').at(-1).duration"))
    print(f"{total:,} bytes; opens in {min(took):.0f} ms; saves in {sorted(saves)[2]:.0f} ms")
    assert sorted(saves)[len(saves) // 2] < SAVES_WITHIN, saves


def test_where_somebody_is_and_that_they_are_back_is_heard_of(
    phone: Phone, server: Server, world_there: World
) -> None:
    page = phone.set_up("first")
    phone.press("Say where I am going")
    page.get_by_label("Where are you going?").fill("Osier Lane 4")
    page.get_by_label("In half an hour").check()
    page.get_by_label("Sol Second").check()
    phone.press("Leave the note")
    expect(page.get_by_text("Osier Lane 4")).to_be_visible()
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    note = LoneWorkerNote.objects.get()
    assert (note.place, note.tell_id) == ("Osier Lane 4", world_there.users["second"])
    assert 25 < (note.expected_back - now()).total_seconds() / 60 < 31
    phone.press("I am back")
    expect(page.get_by_role("button", name="Say where I am going")).to_be_visible()
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    note.refresh_from_db()
    assert note.back_at is not None


def test_a_note_that_cannot_be_kept_says_that_nobody_was_told(
    phone: Phone, world_there: World
) -> None:
    page = phone.set_up("first")
    phone.without_signal()
    leave_note(phone, "Sol Second")
    expect(page.get_by_text("Ring Sol Second if they need to know now")).to_be_visible()
    access.end_account(by=system("tests"), user_id=world_there.users["second"])
    phone.without_signal(False)
    expect(page.get_by_text("Something could not be sent")).to_be_visible(timeout=PATIENCE)
    page.locator(".top__sent").click()
    expect(page.get_by_text("so nobody was told")).to_be_visible()
    check(page, "note-refused")
    assert not LoneWorkerNote.objects.filter(place="Osier Lane 6").exists()
    phone.press("Back")
    phone.press("Leave another note")
    leave_note(phone, "Lu Lead", begun=True)
    expect(page.get_by_text("Lu Lead is told if you are not")).to_be_visible()
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    assert LoneWorkerNote.objects.get(place="Osier Lane 6").tell_id == world_there.users["lead"]


def leave_note(phone: Phone, whom: str, begun: bool = False) -> None:
    if not begun:
        phone.press("Say where I am going")
    phone.page.get_by_label("Where are you going?").fill("Osier Lane 6")
    phone.page.get_by_label("In half an hour").check()
    phone.page.get_by_label(whom).check()
    phone.press("Leave the note")

"""A whole conversation on the phone: by somebody who listens, and by somebody with one hand."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from reachable.conversations.models import ConversationVersion
from reachable.conversations.rules.parts import PARTS
from tests.journeys.test_phone_screens import SMALL
from tests.support.heard import CONTROLS, Heard, announced, heard, listen
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world

WORDS = "Ask my aunt. She knows."
SCREEN = {"width": 360, "height": 640}
THUMB = 44
"""CSS pixels, each way."""


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


def versions(moment_id: UUID) -> list[ConversationVersion]:
    return list(ConversationVersion.objects.filter(conversation__moment_id=moment_id))


def listened(page: Page, title: str) -> list[Heard]:
    """Return what is read of a screen, once it could be found one's way by it."""
    expect(page.get_by_role("heading", level=1, name=title)).to_be_focused()
    said = heard(page)
    roles = [each.role for each in said]
    assert roles.index("banner") < roles.index("region") < roles.index("main"), title
    (first,) = [each for each in said if each.role == "heading" and each.level == 1]
    assert first.focused, f"{title}: reading begins elsewhere"
    nameless = [each for each in said if each.role in CONTROLS and not each.name.strip()]
    assert not nameless, f"{title}: {nameless}"
    # What is above the heading is the frame, the same on each screen; what is asked comes after it.
    before = [each.name for each in said[: said.index(first)] if each.role in CONTROLS]
    assert before[-1] == "Hide", f"{title}: {before}"
    headings = [each.level for each in said if each.role == "heading"]
    assert headings[0] == 1, title
    skips = zip(headings, headings[1:], strict=False)
    assert all(later <= level + 1 for level, later in skips), f"{title}: {headings}"
    return said


def read(said: list[Heard]) -> str:
    """Return all text of a screen, as it is read on."""
    return "".join(each.name for each in said if each.role == "StaticText")


def controls(said: list[Heard], role: str = "") -> list[str]:
    return [each.name for each in said if each.role in CONTROLS and role in ("", each.role)]


def test_somebody_who_listens_is_led_through_a_whole_conversation(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(
        given_names="Wren", family_name="Listenly", needs="Short sentences"
    )
    phone = take()
    listen(phone.context)
    page = phone.set_up("first")
    said = listened(page, "Your moments")
    assert any(name.startswith("Wren Listenly") for name in controls(said, "button"))
    page.get_by_role("button", name="Listenly").click()
    said = listened(page, "Wren Listenly")
    assert controls(said)[:4] == ["Back", "All sent", "Hide", "Start a conversation"]
    # How they talk is heard before anything else of the child.
    names = [each.name for each in said]
    assert names.index("Short sentences") < names.index("Making contact safely")
    phone.press("Start a conversation")
    listened(page, "Where do you talk with Wren Listenly?")
    page.get_by_role("button", name="Out and about").click()
    listened(page, "Out and about")
    phone.press("Start")
    for part in PARTS:
        said = listened(page, part.title)
        at = f"Part {PARTS.index(part) + 1} of {len(PARTS)}. Leave out what does not fit."
        assert at in read(said)
        assert controls(said)[-1] == ("To the end" if part == PARTS[-1] else "Next")
        asked = " ".join(each.name for each in said)
        for field in part.fields:
            if field.shown_if is None:
                assert field.label in asked, (part.title, field.label)
        if part.key == "invitation":
            page.get_by_label("Yes, and we talked").check()
            # The answer can be taken back, by a button that says which.
            again = controls(heard(page), "button")
            assert "Take this answer back What did the child say?" in again
        if part.key == "told":
            _show(page, phone)
        if part.key == "words":
            phone.without_signal()
            page.get_by_label("What the child said").fill(WORDS)
            phone.is_saved()
        phone.press("To the end" if part == PARTS[-1] else "Next")
    said = listened(page, "Wren Listenly: Out and about")
    assert "Change In the child’s own words" in controls(said)
    assert WORDS in read(said)
    phone.press("Finish")
    expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()
    phone.without_signal(False)
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    news = announced(page)
    # What changes by itself is said by itself: once each, and without the child's name.
    assert "1 not sent yet" in news
    assert "1 not sent yet, no signal" in news
    assert news[-1] == "All sent"
    assert news.index("1 not sent yet, no signal") < len(news) - 1
    assert not [each for each in news if "Listenly" in each or WORDS in each]
    assert len(versions(moment_id)) == 1


def _show(page: Page, phone: Phone) -> None:
    """What the child is shown is heard as one thing, with what is on the picture."""
    page.get_by_label("My team").check()
    phone.press("Show to the child")
    title = page.get_by_role("heading", level=1)
    expect(title).to_be_focused()
    said = heard(page)
    assert [each.name for each in said if each.role in ("image", "img")] == [
        "Two people side by side"
    ]
    assert [each.name for each in said if each.role == "heading"] == [
        "I am here for you. You are not in trouble with me."
    ]
    assert controls(said) == ["Back", "Hide", "Next"]
    phone.press("Back")
    expect(page.get_by_label("My team")).to_be_checked()


def test_what_is_wrong_is_said_where_it_is_wrong(take: Take, world_there: World) -> None:
    world_there.signal(family_name="Wrongly")
    phone = take()
    listen(phone.context)
    page = phone.set_up("first")
    phone.begin("Wrongly", "In hospital")
    page.get_by_label("No", exact=True).check()
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_role("alert")).to_be_visible()
    assert any(
        "Choose the day on which the child is asked again" in each for each in announced(page)
    )
    phone.press("Hide")
    phone.sees("Locked")
    phone.unlock("something else")
    expect(page.get_by_text("4 tries are left")).to_be_visible(timeout=PATIENCE)
    assert any("That is not the PIN" in each for each in announced(page))
    (box,) = [each for each in heard(page) if each.role == "textbox"]
    assert (box.name, box.focused) == ("PIN", True)


def reach(page: Page, name: str) -> None:
    """Tap a main button where a thumb is: in the lower half, whole, without moving the screen."""
    button = page.locator(".bar .first")
    expect(button).to_have_text(name)
    assert page.evaluate("window.scrollY") == 0, name
    box = button.bounding_box()
    assert box is not None
    assert box["y"] >= SCREEN["height"] / 2, f"{name}: too high"
    assert box["y"] + box["height"] <= SCREEN["height"], f"{name}: below the screen"
    assert min(box["width"], box["height"]) >= THUMB, f"{name}: too small"
    assert page.evaluate(SMALL) == [], name
    button.tap()


def test_one_hand_is_enough_from_the_list_to_what_was_sent(take: Take, world_there: World) -> None:
    moment_id = world_there.signal(given_names="Wren", family_name="Handly")
    phone = take(viewport=SCREEN)
    page = phone.set_up("first")
    # Whatever is not a tap, the browser would tell the page of, is refused: nothing needs it.
    page.evaluate(
        """() => ["touchmove", "dragstart", "dblclick", "contextmenu"].forEach(kind =>
          document.addEventListener(kind, event => event.preventDefault(), { passive: false }))"""
    )
    page.get_by_role("button", name="Handly").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wren Handly, 14")
    reach(page, "Start a conversation")
    page.get_by_role("button", name="Out and about").tap()
    phone.sees("Out and about")
    reach(page, "Start")
    for part in PARTS:
        phone.sees(part.title)
        if part.key == "told":
            page.get_by_label("My team").tap()
            page.get_by_role("button", name="Show to the child").tap()
            for number in range(1, 9):
                expect(page.get_by_text(f"{number} of 8", exact=True)).to_be_visible()
                reach(page, "Done" if number == 8 else "Next")
            phone.sees(part.title)
            page.evaluate("window.scrollTo(0, 0)")
        reach(page, "To the end" if part == PARTS[-1] else "Next")
    phone.sees("Wren Handly: Out and about")
    reach(page, "Finish")
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    reach(page, "Your moments")
    phone.sees("Your moments")
    (kept,) = versions(moment_id)
    assert kept.content == {"told": {"who": ["team"]}}
    # What hides the screen is at the top on purpose, and large.
    box = page.get_by_role("button", name="Hide").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= THUMB

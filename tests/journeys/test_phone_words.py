"""What a child is shown and hears: on the phone without signal, and on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reachable.conversations import services as conversations
from reachable.conversations.models import Translation
from tests.journeys.test_phone_screens import check
from tests.support.child_words import fill_words
from tests.support.conversations import writing
from tests.support.pages import (
    DESKTOP,
    PHONE,
    OpenPage,
    axe,
    fits,
    looks_right,
    screenshot,
    sign_in,
)
from tests.support.phone import Phone, Take
from tests.support.servers import Server
from tests.support.voices import give_voices
from tests.support.world import World, make_world

DRAWN = "document.querySelector('{}')?.getBBox().width > 0"
COLOURS = """() => [".picture", ".shown__words"].map(
    name => getComputedStyle(document.querySelector(name)).color)"""


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    world = make_world()
    fill_words(by=world.actor("lead"))
    return world


def show(phone: Phone, child: str, *who: str, language: str = "") -> Page:
    """Begin a conversation, tick who reads it, and hold the phone out to the child."""
    page = phone.page
    phone.begin(child, "Out and about")
    if language:
        phone.go_to("How the child understands and is understood")
        page.get_by_label("Which language?").fill(language)
    phone.go_to("What you told the child about who will read this")
    for name in who:
        page.get_by_label(name, exact=True).check()
    phone.press("Show to the child")
    return page


def test_a_child_is_shown_who_reads_it_without_signal_and_nothing_else(
    take: Take, world_there: World
) -> None:
    world_there.signal(given_names="Wren", family_name="Showley")
    phone = take(viewport={"width": 360, "height": 640})
    page = phone.set_up("first")
    phone.without_signal()
    show(phone, "Showley", "My team", "School")
    heading = page.get_by_role("heading", level=1)
    seen = []
    for number in range(1, 10):
        expect(page.get_by_text(f"{number} of 9", exact=True)).to_be_visible()
        expect(heading).to_be_focused()
        page.wait_for_function(DRAWN.format(".shown__picture"))
        seen.append(heading.inner_text())
        check(page, f"shown-{number}")
        words = page.locator("body").inner_text()
        # Nothing of the child, of the moment, or of what is on this phone.
        for other in ("Showley", "Wren", "Reachable", "sent", "signal.", "custody"):
            assert other not in words.replace("without signal.", ""), (number, other)
        if number < 9:
            phone.press("Next")
    said = "\n".join(seen)
    for there in ("You are not in trouble", "My team reads it", "people at school", "say so"):
        assert there in said
    for other in ("police", "social worker", "Doctors", "homes", "justice"):
        assert other not in said
    expect(page.get_by_text("this device has no voice for English")).to_be_visible()
    expect(page.get_by_role("button", name="Read aloud")).to_have_count(0)
    phone.press("Before")
    expect(page.get_by_text("8 of 9", exact=True)).to_be_visible()
    phone.press("Hide")
    phone.sees("Locked")
    assert "I will come back" not in page.content()
    phone.unlock()
    expect(page.get_by_text("8 of 9", exact=True)).to_be_visible()
    phone.press("Next")
    phone.press("Done")
    phone.sees("What you told the child about who will read this")


def test_it_is_in_the_childs_language_where_that_is_entered_and_checked(
    take: Take, world_there: World
) -> None:
    world_there.signal(family_name="Arabley")
    phone = take(color_scheme="dark")
    page = phone.set_up("first")
    phone.without_signal()
    show(phone, "Arabley", "My team", language="Arabic, a little English")
    choice = page.get_by_label("Language", exact=True)
    expect(choice).to_have_value("en")
    choice.select_option("ar")
    expect(page.get_by_text("Not in Arabic yet: this is English.")).to_be_visible()
    check(page, "shown-not-there")
    phone.press("Next")
    shown = page.locator(".shown")
    expect(shown).to_have_attribute("lang", "ar")
    expect(shown).to_have_attribute("dir", "rtl")
    expect(shown).to_contain_text("عندها نتوقف.")
    expect(page.get_by_text("no voice for Arabic")).to_be_visible()
    check(page, "shown-arabic")
    # It is entered, and nobody has checked it.
    phone.press("Next")
    expect(shown).to_have_attribute("lang", "en")
    expect(page.get_by_text("Not in Arabic yet: this is English.")).to_be_visible()


def test_it_is_read_aloud_by_a_voice_of_the_device_until_it_is_stopped_or_hidden(
    take: Take, world_there: World
) -> None:
    world_there.signal(family_name="Voicely")
    phone = take()
    give_voices(phone.context, ("en-US", True), ("en_GB", True), ("pl-PL", False))
    page = phone.set_up("first")
    phone.without_signal()
    show(phone, "Voicely", "My team", language="Polish")
    phone.press("Read aloud")
    said = page.evaluate("window.spoken.map(each => [each.text, each.lang])")
    assert said == [["I am here for you.", "en_GB"], ["You are not in trouble with me.", "en_GB"]]
    phone.press("Stop reading")
    assert page.evaluate("window.stopped") == 1
    phone.press("Read aloud")
    page.evaluate("window.spoken.at(-1).onend()")
    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()
    phone.press("Read aloud")
    phone.press("Next")
    assert page.evaluate("window.stopped") == 2
    # Polish is entered, and the only voice for it needs signal.
    expect(page.locator(".shown")).to_have_attribute("lang", "pl")
    expect(page.get_by_text("no voice for Polish")).to_be_visible()
    phone.press("Before")
    phone.press("Read aloud")
    phone.press("Hide")
    phone.sees("Locked")
    assert page.evaluate("window.stopped") == 3


def test_the_page_works_without_javascript_and_prints(
    server: Server, world_there: World, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    sign_in(page, server, "first")
    page.goto(f"{server.url}/words/show/")
    page.get_by_label("My team").check()
    page.get_by_label("In which language?").select_option("ar")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("عندها نتوقف.")).to_be_visible()
    expect(page.get_by_text("My team reads it.")).to_be_visible()
    expect(page.get_by_text("A social worker")).not_to_be_visible()
    expect(page.get_by_role("button", name="Read aloud")).not_to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("My team reads it.")).to_be_visible()
    expect(page.get_by_text("Who reads it, and which language")).not_to_be_visible()
    expect(page.get_by_text("are not there in Arabic")).not_to_be_visible()


@pytest.mark.parametrize("how", [{"color_scheme": "dark"}, {"forced_colors": "active"}, {}])
def test_pictures_are_drawn_in_the_colour_of_the_words(
    server: Server,
    world_there: World,
    new_context: Callable[..., BrowserContext],
    how: dict[str, str],
) -> None:
    page = new_context(**DESKTOP, **how).new_page()
    sign_in(page, server, "first")
    page.goto(f"{server.url}/words/show/?who=team")
    drawn, words = page.evaluate(COLOURS)
    assert drawn == words
    page.wait_for_function(DRAWN.format(".picture"))
    screenshot(page, f"words-{'-'.join(how.values()) or 'light'}")


def test_the_page_reads_aloud_in_each_language_and_says_where_it_cannot(
    server: Server, world_there: World, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(**DESKTOP)
    give_voices(context, ("en-GB", True))
    page = context.new_page()
    sign_in(page, server, "first")
    page.goto(f"{server.url}/words/show/?who=team&language=en")
    page.get_by_role("button", name="Read aloud").click()
    assert page.evaluate("window.spoken[0].text") == "I am here for you."
    page.get_by_role("button", name="Stop reading").click()
    assert page.evaluate("window.stopped") == 1
    page.goto(f"{server.url}/words/show/?who=team&language=ar")
    expect(page.get_by_text("no voice for Arabic")).to_be_visible()
    expect(page.get_by_role("button", name="Read aloud")).to_be_hidden()
    axe(page)
    fits(page)


def test_a_card_begins_from_the_sentences_and_can_be_heard(
    server: Server, world_there: World, new_context: Callable[..., BrowserContext]
) -> None:
    held = writing(world_there.signal(family_name="Cardly"))
    conversations.keep(by=world_there.actor("first"), writing=held)
    context = new_context(**PHONE)
    give_voices(context, ("pl-PL", True), ("en-GB", True))
    page = context.new_page()
    sign_in(page, server, "first")
    page.goto(f"{server.url}/conversations/{held.conversation_id}/card/")
    page.get_by_label("Yes, the child says so").check()
    page.get_by_label("You can say stop").check()
    page.get_by_label("I will come back").check()
    page.get_by_label("What stands on it?").fill("Czwartek o czwartej.")
    page.get_by_label("In which language is it?").select_option("pl")
    page.get_by_role("button", name="Make the card").click()
    expect(page.get_by_text("Możesz powiedzieć stop.")).to_be_visible()
    axe(page)
    fits(page)
    screenshot(page, "words-card")
    page.get_by_role("button", name="Read aloud").click()
    said = page.evaluate("window.spoken.map(each => [each.text, each.lang])")
    assert said[0] == ["Możesz powiedzieć stop.", "pl-PL"]
    assert said[2] == ["I will come back.", "en-GB"]
    assert said[-1] == ["Czwartek o czwartej.", "pl-PL"]
    with page.expect_download() as paper:
        page.get_by_role("button", name="Take it as a PDF").click()
    assert paper.value.suggested_filename == "card.pdf"
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.get_by_text("Wtedy przestaniemy.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it as a PDF")).not_to_be_visible()


def test_somebody_enters_a_language_and_has_it_checked(
    server: Server, world_there: World, open_page: OpenPage
) -> None:
    page = open_page("phone")
    sign_in(page, server, "lead")
    page.goto(f"{server.url}/words/")
    looks_right(page, "words-begin")
    page.get_by_text("Begin another language").click()
    page.get_by_role("link", name="Ukrainian").click()
    page.get_by_role("link", name="We can stop").click()
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("alert")).to_contain_text("needs an answer")
    axe(page)
    page.get_by_label("The sentence to say").fill("Ми можемо зупинитися.")
    page.get_by_label("In easy read").fill("Ти можеш сказати стоп.\nТоді ми зупинимось.")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_text("Children see it once somebody checked it")).to_be_visible()
    page.get_by_role("link", name="Say who checked it").click()
    page.get_by_label("Who checked it?").fill("Fenmarch Interpreting")
    page.get_by_role("button", name="It was checked").click()
    expect(page.get_by_text("Children see it from now on")).to_be_visible()
    expect(page.get_by_text("Checked by Fenmarch Interpreting")).to_be_visible()
    looks_right(page, "words-ukrainian")
    assert Translation.objects.get(language="uk").easy[1] == "Тоді ми зупинимось."

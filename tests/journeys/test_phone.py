"""A conversation on a phone: with signal, without, killed in the middle, at night, by two."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from playwright.sync_api import expect

from reachable.conversations.models import ConversationVersion
from reachable.moments import services as moments
from reachable.practice.time import LONDON
from tests.support.pages import axe, fits, screenshot
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world, moment

WORDS = "They said I can never leave. I want my own bed."
NIGHT = datetime(2026, 11, 8, 2, 10, tzinfo=LONDON)


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


def versions(moment_id: UUID) -> list[ConversationVersion]:
    found = ConversationVersion.objects.filter(conversation__moment_id=moment_id)
    return list(found.order_by("received_at"))


def arrived(phone: Phone) -> None:
    """Wait until the phone says that nothing is left on it."""
    expect(phone.page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)


def test_it_begins_with_signal_ends_without_and_is_sent_once(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(needs="One question at a time", family_name="Hallam")
    phone = take()
    page = phone.set_up("first")
    screenshot(page, "phone-list")
    page.get_by_role("button", name="Hallam").click()
    expect(page.get_by_text("One question at a time")).to_be_visible()
    phone.press("Start a conversation")
    page.get_by_role("button", name="Return interview").click()
    expect(page.get_by_text("You are not in trouble with me.")).to_be_visible()
    phone.press("Start")
    phone.sees("Did the child want to talk?")
    page.get_by_label("Yes, and we talked").check()
    phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").press_sequentially(WORDS)
    phone.without_signal()
    phone.go_to("What you noticed")
    page.get_by_label("What was it?").fill("New shoes, and will not say from whom")
    page.get_by_label("I saw it").check()
    phone.press("Add another")
    page.get_by_label("What was it?").nth(1).fill("Asks after her brother")
    phone.press("All parts")
    expect(page.get_by_text("New shoes")).to_be_visible()
    phone.press("Finish")
    expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()
    expect(page.locator(".top__sent")).to_contain_text("1 not sent yet")
    assert not versions(moment_id)
    page.reload()
    phone.sees("Locked")
    phone.unlock()
    phone.sees("Your moments")
    expect(page.locator(".top__sent")).to_contain_text("1 not sent yet")

    phone.without_signal(False)
    arrived(phone)
    (kept,) = versions(moment_id)
    assert kept.finished
    assert kept.content["words"] == {"words": WORDS}
    assert [each["what"] for each in kept.content["noticed"]["things"]] == [
        "New shoes, and will not say from whom",
        "Asks after her brother",
    ]
    phone.press("All sent")
    phone.press("Back")
    page.wait_for_timeout(1_000)
    assert len(versions(moment_id)) == 1


def test_killed_in_the_middle_the_words_are_there_behind_the_pin(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Quill")
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.begin("Quill", "Out and about")
    phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").press_sequentially(WORDS)
    phone.is_saved()
    phone.kill()
    assert phone.found_on_disk("Quill", "my own bed") == {}

    phone.start()
    phone.without_signal()
    page = phone.open()
    phone.sees("Locked")
    assert "Quill" not in page.content()
    phone.unlock("something else")
    expect(page.get_by_text("4 tries are left")).to_be_visible(timeout=PATIENCE)
    phone.unlock()
    phone.sees("Your moments")
    page.get_by_role("button", name="Quill").click()
    page.get_by_role("button", name="Begun, not finished").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    phone.press("Finish")
    phone.without_signal(False)
    arrived(phone)
    (kept,) = versions(moment_id)
    assert kept.content == {"words": {"words": WORDS}}


def test_a_no_is_asked_again_by_somebody_on_a_day_and_becomes_a_yes(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Ferrow")
    phone = take()
    page = phone.set_up("first")
    phone.begin("Ferrow", "In hospital")
    page.get_by_label("No", exact=True).check()
    phone.press("Stop here and finish")
    phone.press("Finish")
    expect(page.get_by_text("Choose the day on which the child is asked again")).to_be_visible()
    assert not versions(moment_id)
    page.get_by_role("button", name="Change Did the child want to talk?").click()
    page.get_by_label("When do we ask again?").fill("2030-01-07")
    page.get_by_label("Sol Second").check()
    page.get_by_label("What will be different then?").fill("Outside, and with the dog")
    axe(page)
    screenshot(page, "phone-declined")
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_text("The server has it.")).to_be_visible(timeout=PATIENCE)
    (kept,) = versions(moment_id)
    assert kept.content["invitation"]["again_by"] == str(world_there.users["second"])
    assert moment(moment_id).reached_at is None

    phone.press("Your moments")
    phone.begin("Ferrow", "In hospital")
    page.get_by_label("Yes, and we talked").check()
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_text("The server has it.")).to_be_visible(timeout=PATIENCE)
    assert [each.content["invitation"]["answer"] for each in versions(moment_id)] == [
        "declined",
        "talked",
    ]
    assert moment(moment_id).reached_at is not None


def test_custody_at_night_on_a_phone_whose_clock_is_wrong(
    take: Take, server: Server, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Nightley", needs="Sign language")
    phone = take(color_scheme="dark")
    page = phone.set_up("first")
    page.clock.install(time=NIGHT)
    page.reload()
    phone.sees("Locked")
    phone.unlock()
    phone.sees("Your moments")
    phone.without_signal()
    page.get_by_role("button", name="Nightley").click()
    axe(page)
    screenshot(page, "phone-night-moment")
    phone.press("Start a conversation")
    expect(page.get_by_role("button").filter(has_text="Fits this moment")).to_contain_text(
        "In custody"
    )
    page.get_by_role("button", name="In custody").click()
    expect(page.get_by_text("Asking about the offence")).to_be_visible()
    axe(page)
    screenshot(page, "phone-night-guide")
    phone.press("Start")
    phone.go_to("Is the child safe now?")
    page.get_by_label("I am not sure").check()
    axe(page)
    phone.press("All parts")
    phone.press("Finish")
    phone.without_signal(False)
    phone.let_pass(70_000)
    arrived(phone)
    (kept,) = versions(moment_id)
    # What the phone took for the eighth of November is put right by the server's clock.
    assert kept.device_said_at.startswith("2026-11-08")
    assert abs((kept.written_at - kept.received_at).total_seconds()) < 180


def test_two_phones_write_and_both_are_shown_until_one_is_written_on_both(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Twofold")
    one = take()
    page = one.set_up("first")
    one.begin("Twofold", "At school")
    one.go_to("In the child’s own words")
    page.get_by_label("What the child said").fill("First words.")
    one.press("All parts")
    one.press("Finish")
    expect(page.get_by_text("The server has it.")).to_be_visible(timeout=PATIENCE)

    other = take()
    for phone, words in ((one, "From the first phone."), (other, "From the other phone.")):
        page = phone.page
        if phone is other:
            phone.set_up("first")
        else:
            phone.press("Your moments")
            phone.press("Fetch the list again")
        page.get_by_role("button", name="Twofold").click()
        phone.press("Read it, or add to it")
        phone.without_signal()
        page.get_by_role("button", name="Change In the child’s own words").click()
        page.get_by_label("What the child said").fill(words)
        phone.press("All parts")
        phone.press("Finish")
    for phone in (one, other):
        phone.without_signal(False)
        arrived(phone)
    expect(other.page.get_by_text("Another version stands beside yours")).to_be_visible()

    page = other.page
    other.press("Your moments")
    other.press("Fetch the list again")
    page.get_by_role("button", name="Twofold").click()
    other.press("See both and put them together")
    for words in ("From the first phone.", "From the other phone."):
        expect(page.get_by_text(words)).to_be_visible()
    axe(page)
    fits(page)
    screenshot(page, "phone-two-versions")
    other.press("Write one of both")
    expect(page.get_by_text("From the first phone.")).to_be_visible()
    other.press("Finish")
    expect(page.get_by_text("The server has it.")).to_be_visible(timeout=PATIENCE)
    first, *heads, last = versions(moment_id)
    assert len(heads) == 2
    assert all(each.based_on == [str(first.id)] for each in heads)
    assert set(last.based_on) == {str(each.id) for each in heads}
    for words in ("From the first phone.", "From the other phone."):
        assert words in last.content["words"]["words"]


def test_a_child_who_went_to_somebody_else_meanwhile_is_still_written_of(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Handon")
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.begin("Handon", "At home")
    phone.go_to("What others need to know now")
    page.get_by_label("What do they need to know?").fill("The back door is watched")
    phone.press("To the end")
    phone.press("Finish")
    moments.pass_on(by=world_there.actor("first"), moment_id=moment_id, reason="Off duty")
    moments.take(by=world_there.actor("second"), moment_id=moment_id)
    phone.without_signal(False)
    arrived(phone)
    (kept,) = versions(moment_id)
    assert kept.content["others"]["things"] == [{"what": "The back door is watched"}]
    phone.sees("Your moments")
    expect(page.get_by_text("Somebody is no longer on this phone")).to_be_visible()
    expect(page.get_by_role("button", name="Handon")).to_have_count(0)

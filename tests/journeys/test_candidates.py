"""Going through what was noted in conversations by keyboard alone, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from reachable.conversations import candidates, confirming, services
from reachable.conversations.confirming import Naming
from reachable.conversations.models import CandidateDecision, ConfirmedContext
from tests.support.conversations import writing
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in, tab_to
from tests.support.servers import Server
from tests.support.world import World, make_world

THINGS = [
    {"kind": "place", "what": "The arcade by the station"},
    {"kind": "person", "what": "Somebody called “Uncle”, twenty-five or so"},
    {"kind": "travel", "what": "The 16:04 to Withyholm"},
]


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    world = make_world()
    for name, things in (("Hallam", THINGS), ("Quill", [{"kind": "place", "what": "arcade"}])):
        content = {"candidates": {"things": things}, "invitation": {"answer": "talked"}}
        held = world.signal(family_name=name)
        services.keep(by=world.actor("first"), writing=writing(held, content=content))
    return server, world


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_all_that_wait_are_decided_by_keyboard(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = placed
    page = open_page("desktop")
    complaints = complaints_of(page)
    sign_in(page, server, "first")
    page.goto(f"{server.url}/worklist/")
    press(page, "To confirm")
    expect(page.get_by_role("heading", name="4 wait")).to_be_visible()
    looks_right(page, "candidates-01-list")
    press(page, "The arcade by the station")
    press(page, "Confirm it")
    expect(page.get_by_label("What is it called?")).to_have_value("The arcade by the station")
    page.get_by_label("What is it called?").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("The Arcade")
    press(page, "Confirm it")
    expect(page.get_by_text("“The Arcade” is confirmed.")).to_be_visible()
    for _ in range(2):
        heading = page.get_by_role("heading", level=1).inner_text()
        if "Uncle" in heading:
            press(page, "Set it aside")
            looks_right(page, "candidates-02-aside")
            page.get_by_label("Why is it not confirmed?").focus()
            page.keyboard.type("The child’s own uncle")
            press(page, "Set it aside")
        else:
            press(page, "Come back to it later")
            page.get_by_label("In a week").focus()
            page.keyboard.press("Space")
            press(page, "Come back to it then")
    expect(page.get_by_role("heading", level=1)).to_contain_text("arcade")
    expect(page.get_by_role("heading", name="It may be the same as")).to_be_visible()
    looks_right(page, "candidates-03-alike")
    press(page, "It is the same: The Arcade")
    expect(page.get_by_text("It is confirmed, as the same.")).to_be_visible()
    assert sorted(CandidateDecision.objects.values_list("decision", flat=True)) == [
        *("confirmed", "confirmed", "put_off", "set_aside"),
    ]
    assert ConfirmedContext.objects.get().name == "The Arcade"
    assert not complaints, complaints


def test_on_a_phone_one_is_taken_back_and_waits_again(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = placed
    by, context_id = world.actor("first"), None
    for name in ("Ferrow", "Marsh"):
        content = {"candidates": {"things": [{"kind": "place", "what": "The quay"}]}}
        held = writing(world.signal(family_name=name), content=content)
        services.keep(by=by, writing=held)
        ids = {"conversation_id": held.conversation_id}
        (each,) = candidates.of_conversation(by=by, **ids)
        if context_id is None:
            naming = Naming("place", "Old quay")
            context_id = confirming.confirm(by=by, **ids, candidate_id=each.id, naming=naming)
        else:
            confirming.confirm_same(by=by, **ids, candidate_id=each.id, same_as=context_id)
    page = open_page("phone")
    sign_in(page, server, "second")
    page.goto(f"{server.url}/conversations/{held.conversation_id}/")
    page.get_by_role("link", name="What was confirmed of it").click()
    looks_right(page, "candidates-04-decided-phone")
    page.get_by_role("link", name="The quay").click()
    expect(page.get_by_role("link", name="Tamsin Ferrow").first).to_be_visible()
    expect(page.get_by_role("link", name="Tamsin Marsh").first).to_be_visible()
    looks_right(page, "candidates-05-shared-phone")
    page.get_by_role("link", name="It was confirmed by mistake").click()
    page.get_by_label("What was wrong?").fill("Another quay")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("It is taken back, and waits again.")).to_be_visible()
    found = candidates.confirmed_contexts(by=world.actor("second"), kind="place")
    (quay,) = [context for context in found if context.name == "Old quay"]
    assert list(quay.children.values()) == ["Tamsin Ferrow"]

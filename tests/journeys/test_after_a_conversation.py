"""A youth worker finishes a conversation: tasks, the sergeant told, one thing passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from reachable.conversations.models import PassedOn
from reachable.foundation.time import travel
from reachable.moments.models import Task
from reachable.practice.time import LONDON
from tests.support.pages import PHONE, OpenPage, axe, screenshot, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

EVENING = datetime(2026, 11, 10, 18, 5, tzinfo=LONDON)
GATE = "Nobody lets him in: he waits at the gate."


@pytest.fixture(scope="module")
def evening(server: Server) -> tuple[Server, World, UUID]:
    server.set_clock(EVENING)
    with travel(EVENING):
        world = make_world()
        moment_id = world.signal()
        world.client("first").post(f"/moments/{moment_id}/take/")
    server.set_clock(EVENING + timedelta(minutes=20))
    return server, world, moment_id


def _write_down(page: Page, server: Server, moment_id: UUID) -> None:
    page.goto(f"{server.url}/moments/{moment_id}/conversation/")
    page.get_by_label("Yes, and we talked").check()
    page.get_by_label("What the child said").fill("He said I’d be safe if I go with them")
    for title in ("What they give, and what could stand in for it", "What others need to know now"):
        page.get_by_role("heading", name=title).click()
    page.get_by_label("What do they give the child?").fill("Lifts home")
    page.get_by_label("What could stand in for it?").fill("A bus pass")
    page.get_by_label("From whom?").fill("the Hub")
    page.get_by_label("Who?", exact=True).last.fill("Custody desk")
    page.get_by_label("What do they need to know?").fill(GATE)
    page.get_by_role("button", name="Finish").click()


def _day(group: Locator, day: datetime) -> None:
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label, exact=True).fill(str(value))


def _makes_tasks(first: Page) -> None:
    due = EVENING + timedelta(days=3)
    first.get_by_label("A bus pass instead of “Lifts home”, from the Hub").check()
    proposed = first.get_by_role("group", name="What they give, and what could stand in for it")
    _day(proposed, due)
    own = first.get_by_role("group", name="A task of your own")
    own.get_by_label("What is to be done?").fill("Ring her aunt")
    _day(own, due)
    own.get_by_label("Who does it?").select_option(label="Sol Second")
    first.get_by_role("button", name="Make these tasks").click()
    expect(first.get_by_text("2 tasks are made.")).to_be_visible()
    made = first.get_by_role("list", name="Tasks that were made")
    expect(made).to_contain_text("Made: A bus pass instead of “Lifts home”, from the Hub")
    expect(made).to_contain_text("Made: Ring her aunt")


def _tells_senders(first: Page) -> None:
    senders = first.get_by_role("region", name="What whoever sent a signal is told")
    senders.get_by_label("Somebody talked with the child.").check()
    sentence = senders.get_by_label("One sentence of yours: what they can do")
    sentence.fill("He said I'd be safe if I go: please ring us.")
    senders.get_by_role("button", name="Tell them").click()
    expect(first.get_by_role("alert")).to_contain_text("He said I'd be safe if I go")
    axe(first)
    screenshot(first, "after-2-refused")
    sentence.fill("Please ring us before she leaves.")
    senders.get_by_label("Police read this sentence too").check()
    senders.get_by_role("button", name="Tell them").click()
    expect(first.get_by_text("They are told, each with their own signal.")).to_be_visible()


def _passes_on(first: Page) -> None:
    others = first.get_by_role("region", name="What others need to know now")
    expect(others.get_by_text("Not passed on yet.")).to_be_visible()
    others.get_by_text("Pass it on: " + GATE).click()
    others.get_by_label("Here: they are told, and read it in Reachable").check()
    others.get_by_label("To whom, here?").select_option(
        label="Sam Sergeant, Fenmarch Police (sent a signal)"
    )
    others.get_by_role("button", name="Pass it on").click()
    expect(others.get_by_text("Sam Sergeant, Fenmarch Police: told here")).to_be_visible()
    axe(first)
    screenshot(first, "after-3-done")


def _sergeant_reads(sergeant: Page, server: Server) -> None:
    sergeant.goto(f"{server.url}/notices/")
    assert "Tamsin" not in sergeant.inner_text("main")
    sergeant.get_by_text("You are told what came of something that you sent").click()
    expect(sergeant.get_by_role("heading", name="What came of it")).to_be_visible()
    expect(sergeant.get_by_text("Please ring us before she leaves.")).to_be_visible()
    expect(sergeant.get_by_text("Police are told nothing of what the child said")).to_be_visible()
    axe(sergeant)
    screenshot(sergeant, "after-4-sergeant")
    sergeant.goto(f"{server.url}/notices/")
    sergeant.get_by_text("Somebody passes on to you what you need to know now").click()
    expect(sergeant.get_by_text(GATE)).to_be_visible()
    axe(sergeant)
    passed = PassedOn.objects.get()
    refused = sergeant.goto(f"{server.url}/conversations/{passed.conversation_id}/")
    assert refused
    assert refused.status == 403


def _does_it(second: Page, server: Server) -> UUID:
    second.goto(f"{server.url}/notices/")
    second.get_by_text("A task was given to you").click()
    task = Task.objects.get(text="Ring her aunt")
    shown = second.locator(f"#task-{task.id}")
    expect(shown).to_contain_text("Sol Second; by")
    shown.get_by_role("button", name="Done").click()
    expect(second.get_by_text("The task is noted as done.")).to_be_visible()
    expect(second.get_by_text("Sol Second did: Ring her aunt")).to_be_visible()
    axe(second)
    screenshot(second, "after-5-task-done")
    return task.id


def test_a_conversation_is_followed_up_and_the_sergeant_reads_what_came_of_it(
    evening: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, _, moment_id = evening
    first = open_page("phone")
    sign_in(first, server, "first")
    _write_down(first, server, moment_id)
    expect(first.get_by_role("heading", name="After this conversation")).to_be_visible()
    axe(first)
    screenshot(first, "after-1-proposed")
    _makes_tasks(first)
    _tells_senders(first)
    _passes_on(first)
    sergeant, second = open_page("desktop"), open_page("phone")
    sign_in(sergeant, server, "sergeant")
    _sergeant_reads(sergeant, server)
    sign_in(second, server, "second")
    task_id = _does_it(second, server)
    first.goto(f"{server.url}/moments/{moment_id}/print/")
    expect(first.locator(f"#task-{task_id}")).to_contain_text("Sol Second did it")
    first.goto(f"{server.url}/moments/{moment_id}/")
    expect(first.get_by_text("After this conversation")).to_be_visible()
    assert "not passed on yet" not in first.inner_text("main")


def test_it_works_by_keyboard_and_without_javascript(
    evening: tuple[Server, World, UUID], new_context: Callable[..., BrowserContext]
) -> None:
    server, world, _ = evening
    with travel(EVENING + timedelta(hours=1)):
        moment_id = world.signal(given_names="Kofi", family_name="Brannigan")
        world.client("first").post(f"/moments/{moment_id}/take/")
    server.set_clock(EVENING + timedelta(hours=1, minutes=5))
    small = {**PHONE, "viewport": {"width": 360, "height": 740}}
    page = new_context(**small, java_script_enabled=False).new_page()
    sign_in(page, server, "first")
    page.goto(f"{server.url}/moments/{moment_id}/")
    page.get_by_role("link", name="Add a task").press("Enter")
    page.get_by_label("What is to be done?").press_sequentially("Ask at the desk for his phone")
    for label, value in (("Day", "12"), ("Month", "11"), ("Year", "2026")):
        page.get_by_label(label, exact=True).press_sequentially(value)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Not needed any more").press("Enter")
    page.get_by_label("Why is it not needed any more?").press_sequentially("He has it")
    page.get_by_role("button", name="Drop it").press("Enter")
    expect(page.get_by_text("Dropped: Ask at the desk for his phone")).to_be_visible()
    expect(page.get_by_text("Fern First dropped it")).to_be_visible()
    width = page.locator("main").bounding_box()
    assert width
    assert width["width"] <= 360

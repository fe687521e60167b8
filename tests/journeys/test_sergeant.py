"""Ten past two on a Sunday night: a sergeant signals, and a named person takes it up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.time import travel
from reachable.practice.time import LONDON
from tests.support.pages import OpenPage, axe, screenshot, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

NIGHT = datetime(2026, 11, 8, 2, 10, tzinfo=LONDON)
PATIENCE = 20_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def at_night(server: Server) -> tuple[Server, World]:
    server.set_clock(NIGHT)
    with travel(NIGHT):
        return server, make_world()


def test_promise_46_a_sergeant_signals_at_night_and_sees_who_has_it(
    at_night: tuple[Server, World],
    open_page: OpenPage,
) -> None:
    server, _ = at_night
    sergeant = open_page("phone")
    sign_in(sergeant, server, "sergeant")
    expect(sergeant.get_by_role("heading", name="Send a signal")).to_be_visible()
    screenshot(sergeant, "journey-1-send")
    axe(sergeant)

    sergeant.get_by_role("button", name="Send it").click()
    expect(sergeant.get_by_role("alert")).to_be_visible()
    axe(sergeant)
    sergeant.get_by_role("radio").first.check()
    sergeant.get_by_label("First name").fill("Tamsin")
    sergeant.get_by_label("Last name").fill("Orrell")
    for part, value in (("Day", "3"), ("Month", "3"), ("Year", "2012")):
        sergeant.get_by_label(part, exact=True).fill(value)
    sergeant.get_by_label("Where is the child now?").fill("Fenmarch police station, cell 4")
    sergeant.get_by_label("What did you see or hear?").fill("Will not say who drove the car.")
    sergeant.get_by_role("button", name="Send it").click()

    expect(sergeant.get_by_role("heading", name="Tamsin Orrell")).to_be_visible()
    expect(sergeant.get_by_text("Hub has been told")).to_be_visible()
    expect(sergeant.get_by_text("Fern First is on duty for Hub")).to_be_visible()
    axe(sergeant)
    screenshot(sergeant, "journey-1-told")

    first = open_page("desktop")
    sign_in(first, server, "first")
    expect(first.get_by_text("Tamsin Orrell")).to_be_visible()
    first.goto(f"{server.url}/notices/")
    expect(first.get_by_text("A reachable moment is waiting for you")).to_be_visible()
    assert "Tamsin" not in first.inner_text("main")

    server.set_clock(NIGHT + timedelta(minutes=16))
    expect(sergeant.get_by_text("Nobody has taken it yet")).to_be_visible(timeout=PATIENCE)
    screenshot(sergeant, "journey-1-passed-on")

    second = open_page("phone")
    sign_in(second, server, "second")
    second.get_by_role("link", name="Tamsin Orrell").click()
    axe(second)
    screenshot(second, "journey-1-asked")
    second.get_by_role("button", name="Acknowledge: I have it").first.click()
    expect(second.get_by_text("You have this moment")).to_be_visible()
    screenshot(second, "journey-1-held")

    expect(sergeant.get_by_text("Sol Second has it")).to_be_visible(timeout=PATIENCE)
    axe(sergeant)
    screenshot(sergeant, "journey-1-who-has-it")
    address = sergeant.url
    sergeant.goto(f"{server.url}/notices/")
    sergeant.get_by_role("link", name="Somebody has taken up what you sent").click()
    expect(sergeant.get_by_text("Sol Second has it")).to_be_visible()

    school_finds_nothing(server, open_page("phone"), [second.url, address])


def school_finds_nothing(
    server: Server,
    teacher: Page,
    addresses: list[str],
) -> None:
    """Neither the moment nor somebody else's signal is there for another agency."""
    sign_in(teacher, server, "teacher")
    for address in addresses:
        answer = teacher.goto(address)
        assert answer is not None
        assert answer.status == 404 or "not include" in teacher.content()
    teacher.goto(f"{server.url}/signals/")
    assert "Tamsin" not in teacher.content()
    axe(teacher)
    screenshot(teacher, "journey-1-school-sees-nothing")

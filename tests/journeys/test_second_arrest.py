"""A child whom somebody has is arrested again: it joins, and whoever has the child is asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.time import travel
from reachable.practice.time import LONDON
from tests.support.pages import OpenPage, axe, fits, screenshot, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

MORNING = datetime(2026, 11, 10, 9, 30, tzinfo=LONDON)
AGAIN = MORNING + timedelta(hours=6)
HOLDS, TAKE = "You have this moment", "Acknowledge: I have it"


@pytest.fixture(scope="module")
def one_day(server: Server) -> tuple[Server, World]:
    server.set_clock(MORNING)
    with travel(MORNING):
        return server, make_world()


def test_promise_45_a_second_arrest_joins_and_asks_whoever_has_the_child(
    one_day: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = one_day
    with travel(MORNING):
        moment_id = world.signal()
    first = open_page("desktop")
    sign_in(first, server, "first")
    first.goto(f"{server.url}/moments/{moment_id}/")
    first.get_by_role("button", name=TAKE).first.click()
    expect(first.get_by_text(HOLDS)).to_be_visible()

    server.set_clock(AGAIN)
    with travel(AGAIN):
        assert world.signal() == moment_id
    first.goto(f"{server.url}/notices/")
    expect(first.get_by_role("link", name="Something was added to a reachable")).to_be_visible()
    first.goto(f"{server.url}/worklist/")
    expect(first.get_by_role("link", name="Tamsin Orrell")).to_have_count(1)
    look(first, "worklist-desktop")
    first.get_by_role("link", name="Tamsin Orrell").click()
    expect(first.get_by_text("Something else happened, and joined this moment")).to_be_visible()
    assert first.inner_text("main").count("“Arrested, or interviewed as a volunteer”") >= 2
    look(first, "asked-again-desktop")

    phone = open_page("phone")
    sign_in(phone, server, "first")
    phone.goto(f"{server.url}/moments/{moment_id}/")
    look(phone, "asked-again-phone")
    phone.get_by_role("button", name=TAKE).first.click()
    expect(phone.get_by_text(HOLDS)).to_be_visible()
    look(phone, "held-again-phone")


def look(page: Page, name: str) -> None:
    axe(page)
    fits(page)
    screenshot(page, f"second-arrest-{name}")

"""A night and a bank holiday weekend through the rota, with a worker who falls sick."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from reachable.access.models import Shift
from reachable.foundation.time import travel
from reachable.moments.models import Moment
from reachable.practice.time import LONDON
from tests.support.pages import OpenPage, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world, moment

CHRISTMAS_EVE = datetime(2026, 12, 24, 16, 0, tzinfo=LONDON)
NIGHT = datetime(2026, 12, 25, 23, 30, tzinfo=LONDON)


@pytest.fixture(scope="module")
def christmas(server: Server) -> tuple[Server, World]:
    """The rota has run out on Christmas Eve: nobody planned what comes after."""
    server.set_clock(CHRISTMAS_EVE)
    with travel(CHRISTMAS_EVE):
        world = make_world()
        Shift.objects.update(ends_at=CHRISTMAS_EVE + timedelta(hours=1))
    return server, world


def type_day(page: Page, name: str, text: str) -> None:
    for part, value in zip(("day", "month", "year"), text.split(), strict=True):
        page.locator(f"[name={name}-{part}]").fill(value)


def plan(page: Page, who: str, place: str, begins: str, ends: str) -> None:
    """Plan every day of two weeks."""
    page.get_by_role("link", name="Plan week by week").click()
    page.get_by_label(who).check()
    page.get_by_label(place, exact=True).check()
    for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"):
        page.get_by_label(f"{day}day").check()
    page.get_by_label("From what time?").fill(begins)
    page.get_by_label("Until what time?").fill(ends)
    type_day(page, "first_day", "24 12 2026")
    type_day(page, "last_day", "7 1 2027")
    page.get_by_role("button", name="Plan them").click()
    expect(page.get_by_text("15 shifts were planned. Bank holidays in that time")).to_be_visible()


def test_a_night_and_a_bank_holiday_weekend_with_a_sick_worker(
    christmas: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = christmas
    lead = open_page("desktop")
    sign_in(lead, server, "lead")
    expect(lead.get_by_text("Nobody is on the rota of Hub from")).to_be_visible()
    lead.get_by_role("link", name="See the rota of Hub").click()
    expect(lead.get_by_text("Nobody is on the rota from Thursday 24 December")).to_be_visible()
    looks_right(lead, "rota-gap-desktop")

    lead.get_by_role("link", name="Plan week by week").click()
    looks_right(lead, "rota-pattern-desktop")
    lead.get_by_role("button", name="Plan them").click()
    looks_right(lead, "rota-pattern-errors-desktop")
    lead.get_by_role("link", name="Go back without a change").click()
    plan(lead, "Fern First", "First", "20:00", "08:00")
    plan(lead, "Sol Second", "Second", "20:00", "08:00")
    plan(lead, "Lu Lead", "First", "08:00", "20:00")
    expect(lead.get_by_text("Friday 25 December 2026, bank holiday")).to_be_visible()
    looks_right(lead, "rota-planned-desktop")

    the_night_worker_falls_sick(server, world, open_page, lead)


def the_night_worker_falls_sick(
    server: Server, world: World, open_page: OpenPage, lead: Page
) -> None:
    server.set_clock(NIGHT)
    with travel(NIGHT, ticking=True):
        waiting = world.signal()
    first = open_page("phone")
    sign_in(first, server, "first")
    expect(first.get_by_role("link", name="Tamsin Orrell")).to_be_visible()
    assert moment(waiting).asked_id == world.users["first"]
    first.goto(f"{server.url}/rota/")
    looks_right(first, "rota-phone")
    first.get_by_role("link", name="I am away").click()
    looks_right(first, "rota-away-phone")
    first.get_by_label("Sickness").check()
    type_day(first, "until_day", "28 12 2026")
    first.get_by_role("button", name="Enter it").click()
    expect(first.get_by_text("You are away from Friday 25 December 2026, 23:3")).to_be_visible()
    assert moment(waiting).asked_id == world.users["second"]

    second = open_page("phone")
    sign_in(second, server, "second")
    second.get_by_role("link", name="Tamsin Orrell").click()
    second.get_by_role("button", name="Acknowledge: I have it").click()
    expect(second.get_by_text("Whoever had it is away; Sol Second was asked")).to_be_visible()
    second.goto(f"{server.url}/rota/")
    expect(second.get_by_text("Fern First is away").first).to_be_visible()
    assert "sickness" not in second.content().lower()
    looks_right(second, "rota-colleague-phone")

    lead.goto(f"{server.url}/rota/")
    expect(lead.get_by_text("(sickness)")).to_be_visible()
    looks_right(lead, "rota-sick-desktop")
    lead.locator("summary", has_text="Change or end a shift").click()
    lead.get_by_role("link", name="Change Lu Lead").first.click()
    looks_right(lead, "rota-shift-desktop")
    the_weekend_goes_on(server, second)


def the_weekend_goes_on(server: Server, second: Page) -> None:
    """A second sick worker would leave the nights empty: it is said on the page at once."""
    second.get_by_role("link", name="Hand over").first.click()
    looks_right(second, "rota-hand-over-phone")
    second.goto(f"{server.url}/rota/away/")
    second.get_by_label("Sickness").check()
    type_day(second, "until_day", "27 12 2026")
    second.get_by_role("button", name="Enter it").click()
    expect(second.get_by_text("Nobody is on the rota at 3 times")).to_be_visible()
    looks_right(second, "rota-nobody-phone")
    waiting = Moment.objects.get()
    assert (waiting.state, waiting.holder_id) == ("with_team", None)

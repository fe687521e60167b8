"""A supervisor enters the terms; whoever has a child pauses the clock, and lets it run again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.time import today
from tests.support.pages import looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world, moment


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    return make_world()


def _day(page: Page, legend: str, day: object) -> None:
    year, month, number = str(day).split("-")
    boxes = page.get_by_role("group", name=legend)
    for label, value in (("Day", number), ("Month", month), ("Year", year)):
        boxes.get_by_label(label).fill(value)


def test_a_clock_is_paused_and_runs_again(server: Server, world: World, phone: Page) -> None:
    held = world.signal(given_names="Kofi", family_name="Brannigan")
    before = moment(held).child_due_at
    sign_in(phone, server, "first")
    phone.goto(f"{server.url}/moments/{held}/")
    phone.get_by_role("button", name="Acknowledge: I have it").click()
    phone.get_by_role("link", name="Pause the child’s clock").click()
    phone.get_by_label("In hospital, and cannot be spoken with").check()
    phone.get_by_label("In your words").fill("In theatre until tomorrow; the ward sister rings.")
    _day(phone, "Until which day?", today() + timedelta(days=2))
    phone.get_by_role("button", name="Pause it").click()
    expect(phone.get_by_text("It stands still until")).to_be_visible()
    looks_right(phone, "moment-paused-phone")
    assert moment(held).child_due_at > before + timedelta(days=1)
    phone.goto(f"{server.url}/worklist/")
    expect(phone.get_by_text("in hospital").first).to_be_visible()
    looks_right(phone, "worklist-paused-phone")
    phone.goto(f"{server.url}/moments/{held}/")
    phone.get_by_role("link", name="Let the clock run again").click()
    looks_right(phone, "resume-phone")
    phone.get_by_role("button", name="Let it run").click()
    expect(phone.get_by_text("The child’s clock runs again.")).to_be_visible()
    assert moment(held).child_due_at < before + timedelta(hours=1)


def test_a_supervisor_enters_terms(server: Server, world: World, desktop: Page) -> None:
    assert world.users["lead"]
    sign_in(desktop, server, "lead")
    desktop.goto(f"{server.url}/school-terms/")
    first = today() - timedelta(days=60)
    for kind, name, begins, ends in (
        ("A term", "This term", first, first + timedelta(days=90)),
        ("No school in a term", "Half-term", first + timedelta(30), first + timedelta(34)),
    ):
        desktop.get_by_label(kind, exact=True).check()
        desktop.get_by_label("What is it called?").fill(name)
        _day(desktop, "First day", begins)
        _day(desktop, "Last day", ends)
        desktop.get_by_role("button", name="Enter these dates").click()
        expect(desktop.get_by_text(f"“{name}” is entered")).to_be_visible()
    looks_right(desktop, "school-terms-entered-desktop")
    desktop.get_by_label("A term", exact=True).check()
    desktop.get_by_label("What is it called?").fill("Next term")
    _day(desktop, "First day", first + timedelta(days=80))
    _day(desktop, "Last day", first + timedelta(days=150))
    desktop.get_by_role("button", name="Enter these dates").click()
    expect(desktop.get_by_text("These dates overlap “This term”").first).to_be_visible()
    looks_right(desktop, "school-terms-refused-desktop")
    desktop.get_by_role("button", name="Take out Half-term").click()
    expect(desktop.get_by_text("“Half-term” was taken out")).to_be_visible()

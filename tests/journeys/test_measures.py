"""A child says no and is left in peace; it is said whether contact lasted; all is counted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.actor import system
from reachable.foundation.time import today
from reachable.moments import contact, lasting, services
from reachable.moments.models import Action, Moment
from tests.support.moments import close_as_declined
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world, moment


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    """One who has just been taken; others of the last weeks, reached, declined and missed."""
    world = make_world()
    first = world.actor("first")
    for number in range(12):
        moment_id = world.signal(
            ("in_custody_now", "other_worry")[number % 2],
            given_names=f"Child{number}",
            family_name=f"Wexley{number}",
        )
        services.take(by=first, moment_id=moment_id)
        contact.offer(by=first, moment_id=moment_id, how="in_person", note="A walk")
        if number % 3:
            services.reach(by=first, moment_id=moment_id, how="seen", note="")
            services.close(by=first, moment_id=moment_id, outcome="reached", reason="Thursday")
        else:
            close_as_declined(by=first, moment_id=moment_id, reason="No")
        _long_ago(moment_id, timedelta(days=30 + number))
    lasting.ask(by=system("lasting"))
    return server, world


def _long_ago(moment_id: UUID, by: timedelta) -> None:
    """Let it all have happened so much earlier."""
    held = Moment.objects.get(id=moment_id)
    for name in ("opened_at", "received_at", "child_due_at", "closed_at"):
        setattr(held, name, getattr(held, name) - by)
    if held.reached_at and held.reach_recorded_at:
        held.reached_at, held.reach_recorded_at = held.reached_at - by, held.reach_recorded_at - by
    held.save()
    for done in Action.objects.filter(moment=held):
        Action.objects.filter(id=done.id).update(
            at=done.at - by, said_at=done.said_at - by if done.said_at else None
        )


def both(page: Page, phone: Page, name: str) -> None:
    looks_right(page, f"measures-{name}-desktop")
    phone.goto(page.url)
    looks_right(phone, f"measures-{name}-phone")


def test_a_no_is_respected_and_what_lasts_is_counted(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = placed
    held = world.signal(given_names="Marisol", family_name="Fenn")
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    sign_in(page, server, "first")
    sign_in(phone, server, "first")
    expect(page.get_by_role("heading", name="Has contact lasted?")).to_be_visible()
    both(page, phone, "01-worklist")
    page.goto(f"{server.url}/moments/{held}/")
    page.get_by_role("button", name="Acknowledge: I have it").click()
    page.get_by_role("link", name="I offered contact").click()
    page.get_by_text("In person").click()
    both(page, phone, "02-offer")
    page.get_by_role("button", name="Record the offer").click()
    page.get_by_role("link", name="The child said no for now").click()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Enter the date").first).to_be_visible()
    looks_right(page, "measures-03-no-wrong-desktop")
    again = today() + timedelta(days=14)
    page.get_by_text("In person").click()
    page.get_by_label("What was offered, and what did the child say?").fill("“Not today.”")
    group = page.get_by_role("group", name="On which day is the child asked again?")
    for name, value in (("Day", again.day), ("Month", again.month), ("Year", again.year)):
        group.get_by_label(name).fill(str(value))
    page.get_by_text("Sol Second").click()
    both(page, phone, "04-no")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("It is recorded, and does not count as reached.")).to_be_visible()
    expect(page.get_by_text("Sol Second asks again on").first).to_be_visible()
    both(page, phone, "05-moment")
    assert moment(held).reached_at is None
    page.goto(f"{server.url}/worklist/")
    expect(page.get_by_text("Said no for now; to be asked again").first).to_be_visible()
    assert all("422" in complaint for complaint in complaints), complaints


def test_whoever_had_it_says_whether_contact_lasted_and_the_measures_follow(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = placed
    page, phone = open_page("desktop"), open_page("phone")
    sign_in(page, server, "first")
    sign_in(phone, server, "first")
    page.get_by_role("link", name="Child1 Wexley1").click()
    page.get_by_text("Yes: somebody is still in touch with the child").click()
    page.get_by_label("Who is in touch, and how do you know?").fill("Mo, each Thursday")
    both(page, phone, "06-lasted")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("It is recorded whether contact has lasted.")).to_be_visible()
    expect(page.get_by_role("link", name="Child1 Wexley1")).to_have_count(0)
    page.get_by_role("link", name="Measures", exact=True).click()
    expect(page.get_by_role("heading", name="Measures")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Still in touch at 28 days")
    expect(row.get_by_text("1 of 1", exact=True)).to_be_visible()
    both(page, phone, "07-measures")
    page.get_by_text("Choose other days, one team or one kind of moment").click()
    looks_right(page, "measures-08-choose-desktop")
    page.get_by_role("link", name="Child reached", exact=True).click()
    expect(page.get_by_role("heading", name="By kind of moment")).to_be_visible()
    both(page, phone, "09-measure")
    page.goto(f"{server.url}/measures/?first-day=2&first-month=13&first-year=2026")
    looks_right(page, "measures-10-wrong-desktop")
    page.goto(
        f"{server.url}/measures/?first-day=1&first-month=3&first-year=2020"
        "&last-day=2&last-month=3&last-year=2020"
    )
    both(page, phone, "11-nothing")

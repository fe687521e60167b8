"""Next month's list of a panel: who is not on it any more, and a sheet with other headings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reachable.foundation.time import travel
from reachable.practice.time import LONDON
from tests.intake.test_mapped_sheets import BOTH, OPEN, workbook
from tests.support.pages import PHONE, OpenPage, complaints_of, looks_right, sign_in, tab_to
from tests.support.servers import Server
from tests.support.world import make_world

MARCH = datetime(2026, 3, 20, 10, 0, tzinfo=LONDON)
APRIL = MARCH + timedelta(days=28)
PATIENCE = 20_000  # milliseconds, on a busy machine
FEED = "/intake/feeds/panel_tracker/"
HEADINGS = ["Young person", "Birth", "Exploitation seen", "Listed"]
CHILDREN = [
    ["SAMPLE, Wren", "04/05/2012", "CCE", "02/03/2026"],
    ["SAMPLE, Tobin", "05/06/2010", "CCE", "02/03/2026"],
    ["ap SAMPLE, Cerys", "08/09/2012", "CSE", "02/02/2026"],
    ["SAMPLE, Ffion", "11/11/2011", "CCE", "02/03/2026"],
    ["SAMPLE-OYELARAN, Daniel", "21/05/2010", "CCE", "09/02/2026"],
]
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def panel(server: Server) -> Server:
    server.set_clock(MARCH)
    with travel(MARCH):
        make_world()
    return server


def send(page: Page, server: Server, name: str, content: bytes) -> None:
    page.goto(server.url + FEED)
    page.get_by_label("Choose the file").set_input_files(
        {"name": name, "mimeType": SHEETS, "buffer": content}
    )
    page.get_by_role("button", name="Look at it before loading").click()


def say_columns(page: Page, what: Sequence[tuple[str, str]]) -> None:
    for heading, holds in what:
        page.get_by_label(f"What “{heading}” holds").select_option(holds)
    page.get_by_role("button", name="See how it is read").click()


def load(page: Page) -> None:
    page.get_by_role("button", name="Load it").click()
    expect(page.get_by_text("Loaded: every row was dealt with")).to_be_visible(timeout=PATIENCE)


def both(page: Page, phone: Page, name: str) -> None:
    """Look at what a desktop shows, and at the same address on a phone."""
    looks_right(page, f"next-list-{name}-desktop")
    phone.goto(page.url)
    looks_right(phone, f"next-list-{name}-phone")


def send_twice(page: Page, server: Server) -> None:
    """Bring a list, and next month another from which two of its children are gone."""
    server.set_clock(MARCH)
    sign_in(page, server, "coordinator")
    send(page, server, "March.xlsx", workbook(Open=[HEADINGS, *CHILDREN]))
    say_columns(page, list(zip(HEADINGS, OF_HEADINGS, strict=True)))
    page.get_by_role("button", name="Use this from now on").click()
    load(page)
    server.set_clock(APRIL)
    page.context.clear_cookies()
    sign_in(page, server, "coordinator")
    send(page, server, "April.xlsx", workbook(Open=[HEADINGS, *CHILDREN[:2]]))
    expect(page.get_by_text("Of 2 rows, 2 would be accepted")).to_be_visible()
    load(page)


OF_HEADINGS = ("whole_name", "birth_date", "exploitation", "added_date")


def answer_without_javascript(panel: Server, context: BrowserContext, address: str) -> None:
    bare = context.new_page()
    sign_in(bare, panel, "coordinator")
    bare.goto(address)
    expect(bare.get_by_text("1 child of your earlier lists is not on this one")).to_be_visible()
    bare.get_by_role("link", name="Say what is so").click()
    ffion = bare.get_by_role("group", name="Ffion Sample")
    ffion.get_by_label("Never belonged on it").check()
    bare.get_by_role("button", name="Say so").click()
    expect(bare.get_by_text("Thank you: you answered for 1 child.")).to_be_visible()
    expect(bare.get_by_text("Ffion")).to_have_count(0)


def test_a_coordinator_is_asked_about_who_is_not_on_the_list_any_more(
    panel: Server, open_page: OpenPage, new_context: Callable[..., BrowserContext]
) -> None:
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    send_twice(page, panel)
    sign_in(phone, panel, "coordinator")
    expect(page.get_by_text("3 children of your earlier lists are not on this one")).to_be_visible()
    both(page, phone, "01-loaded")
    page.get_by_role("link", name="See the children of this list").click()
    both(page, phone, "02-children")
    tab_to(page, "Say what is so")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Not on this list any more")).to_be_visible()
    expect(page.get_by_text("Last on March.xlsx, which came on 20 March 2026.")).to_have_count(3)
    both(page, phone, "03-asked")
    daniel = page.get_by_role("group", name="Daniel Sample-Oyelaran (born 21 May 2010)")
    cerys = page.get_by_role("group", name="Cerys ap Sample")
    daniel.get_by_label("Closed by the panel").check()
    page.get_by_role("button", name="Say so").click()
    refused = page.get_by_role("alert").get_by_role("link")
    expect(refused).to_contain_text("There is no day on which the panel closed them")
    expect(daniel.get_by_label("Closed by the panel")).to_be_checked()
    looks_right(page, "next-list-04-no-day-desktop")
    refused.click()
    assert page.evaluate("document.activeElement.name") == "closed_on-day"
    page.keyboard.type("31")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill("2026")
    page.get_by_role("button", name="Say so").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right(page, "next-list-05-no-such-day-desktop")

    cerys.get_by_label("Still on the list").focus()
    page.keyboard.press("Space")
    for part, said in (("day", "13"), ("month", "4"), ("year", "2026")):
        tab_to(page, f"closed_on-{part}")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(said)
    tab_to(page, "Say so")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you: you answered for 2 children.")).to_be_visible()
    expect(page.get_by_role("link", name="Cerys ap Sample")).to_be_visible()
    expect(page.get_by_text("Daniel")).to_have_count(0)
    both(page, phone, "06-answered")
    assert [said for said in complaints if "422" not in said] == []

    answer_without_javascript(panel, new_context(**PHONE, java_script_enabled=False), page.url)
    phone.goto(page.url.removesuffix("children/") + "left-off/")
    expect(phone.get_by_text("Nobody is asked about.")).to_be_visible()
    looks_right(phone, "next-list-07-nobody-phone")


def test_a_sheet_with_other_headings_is_said_beside_the_first(
    panel: Server, open_page: OpenPage
) -> None:
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    panel.set_clock(APRIL + timedelta(days=1))
    sign_in(page, panel, "coordinator")
    sign_in(phone, panel, "coordinator")
    send(page, panel, "MACE list.xlsx", BOTH)
    expect(page.get_by_text("Worksheet “Closed”, row 1.")).to_be_visible()
    say_columns(page, [("Added", "added_date"), ("Outcome", "outcome")])
    expect(page.get_by_text("1 worksheet has other headings, and is not read")).to_be_visible()
    both(page, phone, "11-other-headings")
    tab_to(page, "in “Open”")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This worksheet has headings of its own")).to_be_visible()
    both(page, phone, "12-second-sheet")
    say_columns(page, list(zip(OPEN[0], OF_OPEN, strict=True)))
    expect(page.get_by_text("Of 3 rows, 3 would be accepted")).to_be_visible()
    expect(page.get_by_text("and is not read")).to_have_count(0)
    both(page, phone, "13-one-list")
    page.get_by_role("button", name="Use this from now on").click()
    load(page)
    page.get_by_role("link", name="See the children of this list").click()
    expect(page.get_by_role("link", name="Mo Sample")).to_be_visible()
    expect(page.get_by_text("1 row says that a child is closed")).to_be_visible()
    assert complaints == []


OF_OPEN = ("whole_name", "birth_date", "added_date", "level_of_concern")

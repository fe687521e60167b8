"""A panel's coordinator brings the untidy workbook that she keeps, and sees its children."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reachable.foundation.time import travel
from reachable.intake.tracker_sample import write_tracker
from reachable.practice.time import LONDON
from tests.support.pages import PHONE, OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

AFTER_THE_PANEL = datetime(2026, 3, 20, 10, 0, tzinfo=LONDON)
PATIENCE = 20_000  # milliseconds, on a busy machine
FEED = "/intake/feeds/panel_tracker/"
OTHER = """\
Young person,Birth,Exploitation seen,Listed,Ethnicity
"SAMPLE, Wren",04/05/2012,CSE and lines,02/03/2026,not to be kept
"""


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    server.set_clock(AFTER_THE_PANEL)
    with travel(AFTER_THE_PANEL):
        return server, make_world()


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    path = tmp_path / "MACE tracker 2026 FINAL v7.xlsx"
    write_tracker(path)
    return path


class Pictures:
    """Keeps and checks what a desktop shows, and the same address on a phone."""

    def __init__(self, server: Server, page: Page, phone: Page) -> None:
        self.page, self.phone = page, phone
        sign_in(phone, server, "coordinator")

    def take(self, name: str) -> None:
        looks_right(self.page, f"tracker-{name}-desktop")
        self.phone.goto(self.page.url)
        looks_right(self.phone, f"tracker-{name}-phone")


def test_a_coordinator_brings_her_tracker_and_sees_its_children(
    placed: tuple[Server, World], open_page: OpenPage, tracker: Path
) -> None:
    server, _ = placed
    page = open_page("desktop")
    complaints = complaints_of(page)
    sign_in(page, server, "coordinator")
    pictures = Pictures(server, page, open_page("phone"))
    page.goto(server.url + FEED)
    pictures.take("01-send")
    page.get_by_label("Choose the file").set_input_files(tracker)
    page.get_by_role("button", name="Look at it before loading").click()

    expect(page.get_by_role("heading", name="Say which column is which")).to_be_visible()
    expect(page.get_by_text("Worksheet “Open”, rows 4 and 5 together.")).to_be_visible()
    pictures.take("02-columns")
    expect(page.get_by_label("What “Name” holds")).to_have_value("whole_name")
    page.get_by_label("What “Ethnicity” holds").select_option(label="School")
    page.get_by_role("button", name="See how it is read").click()
    expect(page.get_by_role("alert")).to_contain_text("“Ethnicity” is “School” already")
    looks_right(page, "tracker-03-columns-wrong-desktop")
    page.get_by_label("What “Ethnicity” holds").select_option(label="Not needed: never read")
    page.get_by_label("“CSE & county lines” in “Exploitation”").select_option(label="CCE and CSE")
    page.get_by_role("button", name="See how it is read").click()

    expect(page.get_by_text("Of 6 rows, 6 would be accepted")).to_be_visible()
    pictures.take("04-preview")
    page.get_by_role("button", name="Use this from now on").click()
    expect(page.get_by_text("Remembered. The next file")).to_be_visible()
    pictures.take("05-remembered")
    page.get_by_role("button", name="Load it").click()
    expect(page.get_by_text("Loaded: every row was dealt with")).to_be_visible(timeout=PATIENCE)
    pictures.take("06-loaded")

    page.get_by_role("link", name="See the children of this list").click()
    expect(page.get_by_text("1 row says that a child is closed")).to_be_visible()
    pictures.take("07-children")
    page.get_by_role("link", name="Kacper Jan Sample").click()
    expect(page.get_by_role("heading", name="Added to the panel’s list")).to_be_visible()
    expect(page.get_by_role("heading", name="Discussed at the panel")).to_be_visible()
    pictures.take("08-child")
    page.goto(server.url + FEED)
    pictures.take("09-mapping-of-the-feed")
    page.get_by_role("link", name="18 columns: No., Name").click()
    pictures.take("10-mapping")
    assert [said for said in complaints if "422" not in said] == []


def test_it_is_done_on_a_phone_without_javascript(
    placed: tuple[Server, World], new_context: Callable[..., BrowserContext]
) -> None:
    server, _ = placed
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    sign_in(page, server, "coordinator")
    page.goto(server.url + FEED)
    page.get_by_label("Choose the file").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": OTHER.encode()}
    )
    page.get_by_role("button", name="Say which column is which").click()
    page.get_by_label("What “Young person” holds").select_option("whole_name")
    page.get_by_label("What “Birth” holds").select_option("birth_date")
    page.get_by_label("What “Listed” holds").select_option("added_date")
    page.get_by_label("“CSE and lines” in “Exploitation seen”").select_option("criminal and sexual")
    page.get_by_role("button", name="See how it is read").click()
    page.get_by_role("button", name="Load it").click()
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.get_by_text("Loaded: every row was dealt with").is_visible():
        assert time.monotonic() < deadline
        page.get_by_role("link", name="See how far it is now").click()
    page.get_by_role("link", name="See the children of this list").click()
    page.get_by_role("link", name="Wren Sample").click()
    expect(page.get_by_text("criminal and sexual").first).to_be_visible()
    assert "not to be kept" not in page.content()

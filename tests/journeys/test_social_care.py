"""An analyst loads the Standard Safeguarding Dataset, and the next day's, and one cut short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.time import travel
from reachable.practice.time import LONDON
from tests.support.pages import OpenPage, looks_right, sign_in
from tests.support.servers import Server
from tests.support.tables import Tables, changed, many, packed, sample, without
from tests.support.world import add_intake_worker, make_world

AT = datetime(2026, 3, 24, 8, 0, tzinfo=LONDON)
PATIENCE = 20_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def council(server: Server) -> Server:
    server.set_clock(AT)
    with travel(AT):
        make_world()
        add_intake_worker("analyst", "Anna Lyst", "council")
    return server


def bring(page: Page, name: str, tables: Mapping[str, list[list[str]]], holds: str) -> None:
    page.get_by_role("link", name="Intake").first.click()
    page.get_by_text("Send something else").click()
    page.get_by_role("link", name="Social care (Standard Safeguarding Dataset)").click()
    page.get_by_label("Choose the file").set_input_files(
        {
            "name": name,
            "mimeType": "application/zip",
            "buffer": packed(tables, f"{name}/{{}}.csv"),
        }
    )
    page.get_by_label(holds).check()
    page.get_by_role("button", name="Look at it before loading").click()


def load(page: Page) -> None:
    page.get_by_role("button", name="Load it").click()
    stands = page.get_by_text("Where it stands").first
    expect(stands).to_be_attached(timeout=PATIENCE)
    expect(page.get_by_text("Being loaded")).to_have_count(0, timeout=PATIENCE)


def accepted(page: Page, table: str) -> str:
    row = page.get_by_role("row", name=table)
    return row.locator("td[data-heading=Accepted]").inner_text()


def test_an_analyst_loads_the_dataset_and_the_next_day_s(
    council: Server, open_page: OpenPage
) -> None:
    page, everything = open_page("desktop"), "Everything that you hold"
    sign_in(page, council, "analyst")
    page.goto(f"{council.url}/intake/sets/ssd/")
    looks_right(page, "social-care-01-set")
    page.get_by_role("button", name="Look at it before loading").click()
    expect(page.get_by_text("Say what the file holds").first).to_be_visible()
    looks_right(page, "social-care-02-nothing-chosen")

    first = many(80)
    bring(page, "monday.zip", first, everything)
    looks_right(page, "social-care-03-preview")
    load(page)
    looks_right(page, "social-care-04-loaded")
    assert accepted(page, "ssd_person") == "4"

    council.set_clock(AT + timedelta(days=1))
    following = changed(first, "ssd_missing", "M1", miss_missing_rhi_accepted="Y")
    following = changed(following, "ssd_cp_plans", "CP1", cppl_person_id="9999")
    bring(page, "tuesday.zip", without(following, "ssd_contacts", "C2"), everything)
    load(page)
    looks_right(page, "social-care-05-next-day")
    assert [accepted(page, each) for each in ("ssd_person", "ssd_missing")] == ["0", "1"]

    council.set_clock(AT + timedelta(days=2))
    bring(page, "cut.zip", many(5), everything)
    load(page)
    expect(page.get_by_text("rows are missing from this file")).to_be_visible()
    looks_right(page, "social-care-06-cut-short")
    page.get_by_role("button", name="The file was cut short: leave them").click()
    expect(page.get_by_text("stays as it was")).to_be_visible()
    looks_right(page, "social-care-07-left")


def test_on_a_phone_a_row_that_refers_to_nothing_is_found(
    council: Server, open_page: OpenPage
) -> None:
    page = open_page("phone")
    council.set_clock(AT + timedelta(days=3))
    sign_in(page, council, "analyst")
    page.goto(f"{council.url}/intake/sets/ssd/")
    looks_right(page, "social-care-08-set-phone")
    page.goto(f"{council.url}/intake/")
    wrong: Tables = changed(sample(), "ssd_missing", "M1", miss_person_id="9999")
    bring(page, "wrong.zip", wrong, "Only children for whom something changed")
    looks_right(page, "social-care-09-preview-phone")
    load(page)
    expect(page.get_by_text("1 row waits to be corrected")).to_be_visible()
    looks_right(page, "social-care-10-waits-phone")
    page.get_by_role("link", name="Missing").click()
    expect(page.get_by_text("which is not in the table ssd_person").first).to_be_visible()
    looks_right(page, "social-care-11-row-phone")

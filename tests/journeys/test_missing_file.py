"""The night the clocks go back: a missing-and-found file is sent, corrected and acted on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from reachable.foundation.files.export import csv_lines
from reachable.foundation.time import travel
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from reachable.practice.time import LONDON
from tests.support.pages import PHONE, OpenPage, axe, screenshot, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

BEFORE = datetime(2026, 10, 25, 0, 45, tzinfo=LONDON)  # British Summer Time, to 02:00
AFTER = datetime(2026, 10, 25, 1, 45, tzinfo=LONDON, fold=1)  # the second 01:45, two hours later
LAST_EVENING = datetime(2026, 10, 27, 22, 10, tzinfo=LONDON)
TOO_LATE = datetime(2026, 10, 27, 23, 50, tzinfo=LONDON)
RETURNED = "00:20"
PATIENCE = 20_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def that_night(server: Server) -> tuple[Server, World]:
    server.set_clock(BEFORE)
    with travel(BEFORE):
        return server, make_world()


def kept(page: Page, name: str) -> None:
    axe(page)
    screenshot(page, f"journey-2-{name}")


def missing_file() -> bytes:
    """The sample file, and a child who came back tonight, with a day that cannot be."""
    missing = feed("police_missing")
    headings, rows = sample_table(missing)
    back = dict(zip((column.name for column in missing.columns), rows[0], strict=True)) | {
        "report_number": "FXM/26/000311",
        "missing_date": "23/10/2026",
        "missing_time": "17:30",
        "returned_date": "52/10/2026",
        "returned_time": RETURNED,
        "local_id": "FXP9000311",
        "family_name": "Orrell",
        "given_names": "Tamsin",
        "birth_date": "03/03/2012",
    }
    return "".join(csv_lines(headings, [*rows[:3], list(back.values())])).encode()


def test_promise_26_a_missing_file_is_corrected_and_its_72_hours_run_through_the_clock_change(
    that_night: tuple[Server, World],
    open_page: OpenPage,
) -> None:
    server, _ = that_night

    clerk = open_page("desktop")
    addresses = clerk_sends_and_corrects(server, clerk)
    addresses += worker_acknowledges(server, open_page("phone"))
    school_finds_nothing(server, open_page("phone"), addresses)
    clocks_run_through_the_change(server, open_page, addresses[-2])


def test_a_file_is_loaded_and_a_row_corrected_without_javascript(
    that_night: tuple[Server, World], new_context: Callable[..., BrowserContext]
) -> None:
    server, _ = that_night
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    sign_in(page, server, "clerk")
    page.goto(f"{server.url}/intake/feeds/police_missing/")
    other = missing_file().replace(b"FXM/26", b"FXN/26").replace(b"FXP9", b"FXQ9")
    page.get_by_label("Choose the file").set_input_files(
        {"name": "other.csv", "mimeType": "text/csv", "buffer": other}
    )
    page.get_by_role("button", name="Look at it before loading").click()
    page.get_by_role("button", name="Load it").click()
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.get_by_text("1 row waits to be corrected").is_visible():
        assert time.monotonic() < deadline
        page.get_by_role("link", name="See how far it is now").click()
    page.get_by_role("link", name="Correct it").click()
    page.get_by_label("Date Returned").fill("25/10/2026")
    page.locator("summary", has_text="the rest of the row").click()
    expect(page.get_by_label("Home Address")).to_have_value(
        "Ottermead House, 12 Sluice Lane, Saltergarth"
    )
    page.get_by_role("button", name="Accept this row").click()
    expect(page.get_by_text("Row 5 was accepted")).to_be_visible()


def clerk_sends_and_corrects(server: Server, clerk: Page) -> list[str]:
    """Return the addresses of the delivery and of the row that was refused."""
    sign_in(clerk, server, "clerk")
    kept(clerk, "01-intake-empty")
    clerk.get_by_role("link", name="Police missing and found").click()
    clerk.get_by_label("Choose the file").set_input_files(
        {"name": "missing-october.csv", "mimeType": "text/csv", "buffer": missing_file()}
    )
    kept(clerk, "02-send-a-file")
    clerk.get_by_role("button", name="Look at it before loading").click()
    expect(clerk.get_by_text("3 would be accepted and 1 would wait")).to_be_visible()
    expect(clerk.get_by_text("“Date Returned” says “52/10/2026”")).to_be_visible()
    kept(clerk, "03-checked")

    server.stop("worker")
    clerk.get_by_role("button", name="Load it").click()
    expect(clerk.get_by_role("progressbar")).to_be_visible()
    kept(clerk, "04-loading")
    delivery = clerk.url
    server.start("worker")
    expect(clerk.get_by_text("1 row waits to be corrected")).to_be_visible(timeout=PATIENCE)
    kept(clerk, "05-loaded")

    clerk.get_by_role("link", name="Row 5: FXM/26/000311").click()
    expect(clerk.get_by_text("which is no date")).to_be_visible()
    refused = clerk.url
    kept(clerk, "06-row")
    clerk.get_by_role("button", name="Accept this row").click()
    expect(clerk.get_by_role("alert")).to_contain_text("which is no date")
    kept(clerk, "07-row-still-wrong")
    clerk.get_by_label("Date Returned").fill("25/10/2026")
    clerk.get_by_role("button", name="Accept this row").click()
    expect(clerk.get_by_text("Row 5 was accepted")).to_be_visible()
    expect(clerk.get_by_text("Loaded: every row was dealt with")).to_be_visible()
    kept(clerk, "08-row-accepted")
    return [delivery, refused]


def worker_acknowledges(server: Server, worker: Page) -> list[str]:
    """Return the addresses of the moment and of the child."""
    sign_in(worker, server, "first")
    kept(worker, "09-worklist")
    worker.get_by_role("link", name="Tamsin Orrell").click()
    expect(child_clock(worker)).to_contain_text("By Tuesday 27 October 2026, 23:20")
    expect(child_clock(worker)).to_contain_text("2 days 23 hours left")
    kept(worker, "10-moment")
    worker.get_by_role("button", name="Acknowledge: I have it").click()
    expect(worker.get_by_text("You have this moment")).to_be_visible()
    kept(worker, "11-acknowledged")
    moment = worker.url
    worker.get_by_role("link", name="Their story").click()
    expect(worker.get_by_role("heading", name="Tamsin Orrell")).to_be_visible()
    kept(worker, "12-child")
    return [moment, worker.url]


def clocks_run_through_the_change(server: Server, open_page: OpenPage, moment: str) -> None:
    """One hour by the clock on the wall is two, and 72 hours end at 23:20, not at 00:20."""
    for instant, left, name in (
        (AFTER, "2 days 21 hours left", "14-after-the-change"),
        (LAST_EVENING, "1 hour ", "15-last-evening"),
        (TOO_LATE, "missed", "16-too-late"),
    ):
        server.set_clock(instant)
        worker = open_page("phone")
        sign_in(worker, server, "first")
        worker.goto(moment)
        expect(child_clock(worker)).to_contain_text(left)
        expect(child_clock(worker)).to_contain_text("By Tuesday 27 October 2026, 23:20")
        kept(worker, name)


def child_clock(page: Page) -> Locator:
    return page.locator(".clock-block").filter(has_text="The child’s clock")


def school_finds_nothing(server: Server, teacher: Page, addresses: list[str]) -> None:
    """No address of the file, its rows, the moment or the child leads a school anywhere."""
    sign_in(teacher, server, "teacher")
    places = ["/intake/", "/intake/feeds/police_missing/", "/worklist/", "/review/"]
    for address in [*addresses, *(server.url + place for place in places)]:
        answer = teacher.goto(address)
        assert answer is not None
        assert answer.status in (403, 404), f"{urlsplit(address).path}: {answer.status}"
        assert "Orrell" not in teacher.content()
        assert "missing-october" not in teacher.content()
    kept(teacher, "13-school-is-refused")
    for place in ("/signals/", "/notices/", "/"):
        teacher.goto(server.url + place)
        assert "Orrell" not in teacher.content()

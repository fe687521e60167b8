"""A school's clerk settles many rows: one by hand, a column at once, and the rest elsewhere."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.files.export import csv_lines
from reachable.foundation.time import travel
from reachable.intake.rules.returned import NUMBER, WHY
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from reachable.practice.time import LONDON
from tests.support.pages import OpenPage, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import add_intake_worker, make_world

AT = datetime(2026, 10, 26, 10, 0, tzinfo=LONDON)
PATIENCE = 20_000  # milliseconds, on a busy machine
FEED = feed("school_exclusion")
COLUMNS = [column.name for column in FEED.columns]
HEADINGS, ROWS = sample_table(FEED)
MANY = 60


@pytest.fixture(scope="module")
def school(server: Server) -> Server:
    server.set_clock(AT)
    with travel(AT):
        make_world()
        add_intake_worker("office", "Odi Office", "school")
    return server


def row(number: int, **cells: str) -> list[str]:
    given = {
        FEED.source_key: f"EX/{number:04}",
        "family_name": f"Sample{number}",
        "local_id": f"P{number}",
        "upn": "",
        "nhs_number": "",
        "birth_date": "14/03/2011",
        "decided_date": "23/10/2026",
        **cells,
    }
    return [given.get(name, cell) for name, cell in zip(COLUMNS, ROWS[0], strict=True)]


def school_file() -> bytes:
    """Most rows with birth dates as Americans write them, and others wrong in their own ways."""
    rows = [row(at, birth_date="03/14/2011") for at in range(MANY)]
    rows += [row(100, decided_date="soon"), row(101, family_name="", given_names="")]
    rows += [row(102, exclusion="Sent away"), row(103, exclusion="Sent away")]
    return "".join(csv_lines(HEADINGS, [row(200), *rows])).encode()


def send(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Choose the file").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Look at it before loading").click()
    page.get_by_role("button", name="Load it").click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_clerk_settles_many_rows_and_governance_sees_what_came(
    school: Server, open_page: OpenPage, size: str, tmp_path: Path
) -> None:
    page = open_page(size)
    sign_in(page, school, "office")
    page.goto(f"{school.url}/intake/feeds/{FEED.key}/")
    content = school_file().replace(b"EX/", f"EX{size}/".encode())
    send(page, "exclusions.csv", content)
    waits = page.get_by_text(f"{MANY + 4} rows wait to be corrected").first
    expect(waits).to_be_visible(timeout=PATIENCE)
    looks_right(page, f"rows-01-faults-{size}")

    one_by_hand(page, size)
    a_column_at_once(page, size)
    a_word_at_once(page, size)
    the_rest_elsewhere(page, size, tmp_path)
    governance_reads(school, open_page(size), size)


def one_by_hand(page: Page, size: str) -> None:
    page.get_by_role("link", name="Correct it").first.click()
    page.get_by_label("Date").first.fill("23/10/2026")
    looks_right(page, f"rows-02-row-{size}")
    page.get_by_role("button", name="Accept this row").click()
    expect(page.get_by_text("was accepted.")).to_be_visible()
    page.locator("a.back").click()


def a_column_at_once(page: Page, size: str) -> None:
    page.get_by_role("link", name=f"Settle these {MANY} rows together").click()
    looks_right(page, f"rows-03-together-{size}")
    page.get_by_role("button", name="See what would become of them").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what is true")
    looks_right(page, f"rows-04-together-error-{size}")
    expect(page.get_by_text("“03/14/2011” is then 14 March 2011.")).to_be_visible()
    page.get_by_label("The column is written month, day, year").check()
    page.get_by_role("button", name="See what would become of them").click()
    expect(page.get_by_text(f"{MANY} would be accepted. Nothing is changed yet")).to_be_visible()
    expect(page.get_by_text("may have been read wrongly")).to_be_visible()
    looks_right(page, f"rows-05-preview-{size}")
    page.get_by_role("button", name="Do it").click()
    done = page.get_by_text("is written month, day, year")
    expect(done).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("3 rows wait to be corrected").first).to_be_visible(timeout=PATIENCE)
    looks_right(page, f"rows-06-settled-{size}")


def a_word_at_once(page: Page, size: str) -> None:
    page.get_by_role("link", name="Settle these 2 rows together").click()
    page.get_by_label("Leave these rows out for good").check()
    page.get_by_role("button", name="See what would become of them").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words why")
    page.get_by_label("Why (if they are left out)").fill("Not exclusions")
    page.get_by_role("button", name="See what would become of them").click()
    expect(page.get_by_text("2 would be left out for good")).to_be_visible()
    looks_right(page, f"rows-07-left-out-{size}")
    page.get_by_role("button", name="Leave them out").click()
    expect(page.get_by_text("1 row waits to be corrected").first).to_be_visible()


def the_rest_elsewhere(page: Page, size: str, tmp_path: Path) -> None:
    with page.expect_download() as downloading:
        page.get_by_role("link", name="as CSV").click()
    path = tmp_path / "to-correct.csv"
    downloading.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = list(csv.reader(file))
    assert headings == [*HEADINGS, NUMBER, WHY]
    (given_out,) = rows
    assert "There is no name." in given_out[-1]
    given_out[COLUMNS.index("family_name")] = "Sample"
    address = page.url
    page.get_by_role("link", name="send the file again").click()
    send(page, "corrected.csv", "".join(csv_lines(headings, [given_out])).encode())
    loaded = page.get_by_text("Loaded: every row was dealt with")
    expect(loaded).to_be_visible(timeout=PATIENCE)
    page.goto(address)
    expect(loaded).to_be_visible()
    looks_right(page, f"rows-08-all-settled-{size}")


def governance_reads(school: Server, page: Page, size: str) -> None:
    sign_in(page, school, "governance")
    page.goto(f"{school.url}/intake/status/")
    expect(page.get_by_text("Nothing is late.")).to_be_visible()
    looks_right(page, f"rows-09-status-{size}")
    page.get_by_role("link", name=FEED.title).first.click()
    page.get_by_label("It should come every").fill("seldom")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a whole number of days")
    looks_right(page, f"rows-10-feed-error-{size}")
    page.get_by_label("It should come every").fill("7")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("should come every 7 days")).to_be_visible()
    looks_right(page, f"rows-11-feed-{size}")
    page.get_by_role("link", name="Change whom to ask").click()
    page.get_by_label("Name, or desk").fill("School office")
    looks_right(page, f"rows-12-contact-{size}")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("School office").first).to_be_visible()
    page.get_by_role("link", name="What each feed brought").click()
    expect(page.get_by_text("opened or joined a moment").first).to_be_visible()
    looks_right(page, f"rows-13-minimum-{size}")
    page.get_by_role("link", name=FEED.title).first.click()
    expect(page.get_by_role("row", name="October 2026")).to_be_visible()
    looks_right(page, f"rows-14-minimum-feed-{size}")

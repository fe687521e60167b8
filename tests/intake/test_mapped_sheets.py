"""A workbook whose sheets have different headings: each is said once, and all are one list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from reachable.foundation.errors import BadInput
from reachable.intake import involving, mappings
from reachable.intake.models import SignalVersion
from reachable.intake.rules.mapping import read_mapping
from tests.intake.test_mapping_pages import ADDRESS, by, latest, load, used
from tests.support.world import World, html

pytestmark = pytest.mark.db

Sheet = Sequence[Sequence[str]]
OPEN: Sheet = [
    ["Child", "Born", "On list since", "Level of concern"],
    ["SAMPLE, Jo", "02/01/2010", "01/03/2026", "Significant"],
    ["SAMPLE, Mo", "03/01/2011", "01/03/2026", "Emerging"],
]
CLOSED: Sheet = [
    ["Surname", "Forename", "DOB", "Added", "Date Closed", "Outcome"],
    ["Sample", "Vi", "04/01/2009", "01/02/2026", "16/03/2026", "Safe with an aunt"],
]
NOTES: Sheet = [["Who edits this workbook?"], ["Sam"]]
HOW = {"name_order": "family first", "date_order": "day-month-year", "told_by": "child"}
OF_OPEN = {
    "column-0": "whole_name",
    "column-1": "birth_date",
    "column-2": "added_date",
    "column-3": "level_of_concern",
    **HOW,
}
OF_CLOSED = {
    "column-0": "family_name",
    "column-1": "given_names",
    "column-2": "birth_date",
    "column-3": "added_date",
    "column-4": "closed_date",
    "column-5": "outcome",
    **HOW,
}


def workbook(**sheets: Sheet) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            for name, rows in sheets.items():
                table = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    table.write_row(number, 0, row)
        return path.read_bytes()


BOTH = workbook(Open=OPEN, Closed=CLOSED, Notes=NOTES)


@pytest.fixture
def client(world: World) -> Client:
    return world.client("coordinator")


def send(client: Client, content: bytes) -> Any:
    file = BytesIO(content)
    file.name = "list.xlsx"
    return client.post(ADDRESS, {"file": file})


def of_sheet(client: Client, sheet: str, answers: dict[str, str]) -> Any:
    """Answer on the page of a sheet, as it is shown."""
    where = f"/intake/files/{latest().id}/columns/"
    page = html(client.get(where, {"sheet": sheet}))
    hidden = dict(re.findall(r'type="hidden" name="(row|rows|sheet)" value="([^"]*)"', page))
    assert hidden["sheet"] == sheet
    return client.post(where, {**hidden, **answers}, follow=True)


def said_both(client: Client) -> str:
    send(client, BOTH)
    html(of_sheet(client, "Open", OF_OPEN))
    return html(of_sheet(client, "Closed", OF_CLOSED))


def test_the_other_sheet_is_offered_and_read_as_one_list_with_the_first(client: Client) -> None:
    send(client, BOTH)
    page = html(of_sheet(client, "Open", OF_OPEN))
    assert "Of 2 rows, 2 would be accepted" in page
    assert "1 worksheet has other headings, and is not read" in page
    assert "in “Closed”" in page
    assert "in “Notes”" not in page
    shown = html(client.get(f"/intake/files/{latest().id}/columns/", {"sheet": "Closed"}))
    assert "This worksheet has headings of its own" in shown
    page = html(of_sheet(client, "Closed", OF_CLOSED))
    assert "Of 3 rows, 3 would be accepted" in page
    assert "and is not read" not in page
    assert "Worksheets “Open”, “Closed”" in page
    done = load(client)
    assert (done.accepted, done.quarantined) == (3, 0)
    said = {
        each["given_names"]: each
        for each in SignalVersion.objects.values_list("content", flat=True)
    }
    assert said["Jo"]["level_of_concern"] == "Significant"
    assert said["Vi"]["closed_date"] == "2026-03-16"
    listed = involving.children_of(by=by(), delivery_id=done.id)
    assert [each.name for each in listed.children] == ["Jo Sample", "Mo Sample"]
    assert listed.closed == 1


def test_both_are_remembered_together_and_each_by_its_own_headings(client: Client) -> None:
    said_both(client)
    html(client.post(f"/intake/files/{latest().id}/columns/use/", follow=True))
    load(client)
    moved = [*OPEN[:2], ["SAMPLE, Ty", "05/01/2012", "01/04/2026", "Emerging"]]
    send(client, workbook(Shut=CLOSED, List=moved))
    page = html(client.get(f"/intake/files/{latest().id}/"))
    assert "Of 3 rows, 3 would be accepted" in page
    load(client)
    page = html(
        send(client, workbook(Alone=[*CLOSED, ["New", "Al", "01/01/2010", "01/02/2026", "", ""]])),
        302,
    )
    page = html(client.get(f"/intake/files/{latest().id}/"))
    assert "Of 2 rows, 2 would be accepted" in page


def test_changed_answers_of_one_sheet_count_for_the_whole_workbook(client: Client) -> None:
    said_both(client)
    html(client.post(f"/intake/files/{latest().id}/columns/use/", follow=True))
    closed = next(each for each in used() if "Outcome" in each.mapping.headings)
    columns = tuple(pair for pair in closed.mapping.columns if pair[1] != "outcome")
    mappings.change(by=by(), mapping_id=closed.id, mapping=replace(closed.mapping, columns=columns))
    whole = next(each for each in used() if each.mapping.others)
    assert whole.mapping.others[0].not_read == ("Outcome",)
    changed = replace(whole.mapping, left_out_rows=("Total",), others=())
    mappings.change(by=by(), mapping_id=whole.id, mapping=changed)
    whole = next(each for each in used() if "Child" in each.mapping.headings)
    assert [each.not_read for each in whole.mapping.others] == [("Outcome",)]


def test_a_child_who_moved_to_the_other_sheet_is_the_same_child(client: Client) -> None:
    said_both(client)
    html(client.post(f"/intake/files/{latest().id}/columns/use/", follow=True))
    load(client)
    closed = [*CLOSED, ["Sample", "Jo", "02/01/2010", "01/03/2026", "30/03/2026", "Well"]]
    send(client, workbook(Open=[OPEN[0], OPEN[2]], Closed=closed))
    done = load(client)
    assert (done.accepted, done.duplicates) == (1, 2)
    listed = involving.children_of(by=by(), delivery_id=done.id)
    assert [each.name for each in listed.children] == ["Mo Sample"]


def test_sheets_that_are_written_in_two_ways_are_told_so(client: Client) -> None:
    send(client, BOTH)
    html(of_sheet(client, "Open", OF_OPEN))
    page = html(of_sheet(client, "Closed", {**OF_CLOSED, "date_order": "month-day-year"}), 422)
    assert "have to write its dates in the same way" in page
    with pytest.raises(BadInput, match="tell its rows from one another"):
        mappings.say(
            by=by(),
            delivery_id=latest().id,
            mapping=replace(_closed(), told_by="number"),
            beside=True,
        )
    assert not latest_mapping().others


def test_answers_of_the_first_sheet_can_change_and_keep_those_of_the_other(
    client: Client,
) -> None:
    said_both(client)
    html(of_sheet(client, "Open", {**OF_OPEN, "column-3": ""}))
    assert len(latest_mapping().others) == 1
    html(of_sheet(client, "Closed", {**OF_CLOSED, "column-5": ""}))
    (other,) = latest_mapping().others
    assert other.not_read == ("Outcome",)


def latest_mapping() -> Any:
    read_as = latest().read_as
    assert read_as is not None
    return read_mapping(read_as.content)


def _closed() -> Any:
    drafted = mappings.draft(by=by(), delivery_id=latest().id, sheet="Closed")
    return drafted.mapping

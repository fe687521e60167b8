"""Files as panels keep them, read as somebody said: workbooks, odd and broken ones, and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from reachable.foundation.errors import BadInput
from reachable.intake.arranging import LookedAt, arrange, look, which_fits
from reachable.intake.checking import CheckReport, NoSuchColumns, check_file, open_file
from reachable.intake.preparing import PIECE, pieces
from reachable.intake.rules.guessing import guess_heading_rows, guess_mapping
from reachable.intake.rules.mapping import ColumnMapping, join_headings
from reachable.intake.specification import feed
from reachable.intake.tracker_sample import write_tracker
from tests.support.workbooks import row, write_workbook

TRACKER = feed("panel_tracker")
TODAY = date(2026, 3, 20)


def guessed(sheet: LookedAt) -> ColumnMapping:
    guess = guess_heading_rows(TRACKER, sheet.rows)
    at = next(place for place, (number, _) in enumerate(sheet.rows) if number == guess.row)
    headings = join_headings([cells for _, cells in sheet.rows[at : at + guess.rows]])
    below = sheet.rows[at + guess.rows :]
    return guess_mapping(TRACKER, headings, below, guess.rows)


def checked(path: Path, mapping: ColumnMapping) -> CheckReport:
    return check_file(TRACKER, path, TODAY, read_as=mapping, samples=50)


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    path = tmp_path / "tracker.xlsx"
    write_tracker(path)
    return path


def test_an_untidy_workbook_is_guessed_and_read_whole(tracker: Path) -> None:
    mapping = guessed(look(tracker)[0])
    report = checked(tracker, mapping)
    assert (report.rows, report.accepted, report.refused) == (6, 6, 0)
    said = {content["given_names"]: content for _, content in report.samples}
    assert said["Tobin"]["birth_date"] == "2010-06-04"
    assert said["Tobin"]["discussed_date"] == "2026-03-02"
    assert said["Tobin"]["next_review"] == "2026-04-13"
    assert said["Tobin"]["postcode"] == "FX1 4QD"
    assert said["Tobin"]["level_of_concern"] == "Moderate"
    assert said["Maja"]["closed_date"] == "2025-11-03"
    assert [number for number, _ in report.samples] == [6, 7, 8, 9, 10, 106]
    notes = " ".join(report.notes)
    assert "Worksheets “Open”, “Closed”" in notes
    assert "Not read: worksheet “Guidance”." in notes
    assert "Never read: “No.”, “Age”, “Ethnicity”." in notes
    assert "Rows that begin with “Total” are left out." in notes


def test_a_sheet_that_is_left_out_is_not_read(tracker: Path) -> None:
    mapping = replace(guessed(look(tracker)[0]), left_out_sheets=("Closed",))
    assert checked(tracker, mapping).rows == 5


def test_without_a_mapping_the_same_workbook_is_refused_as_columns_that_nobody_named(
    tracker: Path,
) -> None:
    with pytest.raises(NoSuchColumns):
        open_file(TRACKER, tracker)


def test_a_mapping_is_found_again_by_the_headings_alone(tracker: Path, tmp_path: Path) -> None:
    mapping = guessed(look(tracker)[0])
    other = replace(mapping, headings=("Something", "else"))
    assert which_fits(tracker, [other, mapping]) == 1
    assert which_fits(tracker, [other]) is None
    moved = sheet_file(tmp_path, [["New title"], [], [], ["Name", "Added"], ["A, B", TODAY]])
    plain = ColumnMapping(("Added", "Name"), (("Name", "whole_name"), ("Added", "added_date")))
    assert which_fits(moved, [plain]) == 0


def sheet_file(
    folder: Path, rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> Path:
    path = folder / "sheet.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("List")
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
        for place in merged:
            sheet.merge_range(*place, rows[place[0]][place[1]])
    return path


PLAIN = ColumnMapping(
    ("Name", "DOB", "Added", "Actions"),
    (
        ("Name", "whole_name"),
        ("DOB", "birth_date"),
        ("Added", "added_date"),
        ("Actions", "actions"),
    ),
    told_by="child",
)
HEAD = ["Name", "DOB", "Added", "Actions"]


def test_what_is_merged_over_several_rows_is_one_child(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["SAMPLE, Jo", date(2010, 1, 2), date(2026, 3, 1), "Ring the school"],
        ["", "", "", "Ask the aunt"],
        ["", "", "", "Ring the school"],
        ["SAMPLE, Mo", date(2011, 1, 2), date(2026, 3, 1), "Visit"],
        ["", "", "", "A row whose name is missing"],
    ]
    path = sheet_file(tmp_path, rows, [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 3, 2)])
    report = checked(path, PLAIN)
    said = {content["given_names"]: content for _, content in report.samples}
    assert said["Jo"]["actions"] == "Ring the school; Ask the aunt; Ring the school"
    assert said["Mo"]["actions"] == "Visit"
    assert [noted.row for noted in report.problems if not noted.problem.question] == [6, 6]


def test_headings_that_come_again_and_notes_beside_the_table_are_no_rows(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["SAMPLE, Jo", "02/01/2010", "01/03/2026", "Visit", "", "a note beside the table"],
        HEAD,
        ["SAMPLE, Mo", "02/01/2011", "01/03/2026", "Visit"],
    ]
    report = checked(sheet_file(tmp_path, rows), PLAIN)
    assert (report.accepted, report.refused) == (2, 0)


def test_dates_are_read_in_the_order_that_was_said(tmp_path: Path) -> None:
    rows = [HEAD, ["SAMPLE, Jo", "02/01/2010", "03/01/2026", "Visit"]]
    path = sheet_file(tmp_path, rows)
    assert checked(path, PLAIN).samples[0][1]["birth_date"] == "2010-01-02"
    turned = replace(PLAIN, date_order="month-day-year")
    assert checked(path, turned).samples[0][1]["birth_date"] == "2010-02-01"


def test_a_cell_cut_in_two_in_a_file_of_text_waits_to_be_corrected(tmp_path: Path) -> None:
    path = tmp_path / "tracker.csv"
    path.write_text("Name;DOB;Added;Actions\nJo SAMPLE;;01/03/2026;Ring; visit;now\n", "utf-8")
    report = checked(path, PLAIN)
    assert report.refused == 1
    assert "more cells than there are headings" in report.problems[0].problem.sentence


def test_a_row_that_cannot_be_read_keeps_only_what_was_mapped(tmp_path: Path) -> None:
    path = tmp_path / "tracker.csv"
    path.write_text('Name,Secret,Added\n"Jo" SAMPLE,hidden,01/03/2026\n', "utf-8")
    mapping = ColumnMapping(
        ("Name", "Secret", "Added"), (("Name", "whole_name"), ("Added", "added_date"))
    )
    (piece,) = pieces(TRACKER, path, TODAY, 0, read_as=mapping)
    (refused,) = piece.refused
    assert "hidden" not in str(refused.cells)


def test_a_mapping_goes_with_the_file_into_the_reading_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reachable.intake.preparing.APART_FROM", 1)
    names = [[f"Sample{at}, Jo", date(2010, 1, 2), date(2026, 3, 1), ""] for at in range(250)]
    path = sheet_file(tmp_path, [HEAD, *names])
    done = list(pieces(TRACKER, path, TODAY, 0, read_as=PLAIN))
    assert [len(piece.rows) for piece in done] == [PIECE] * 5
    (last,) = pieces(TRACKER, path, TODAY, 201, read_as=PLAIN)
    assert (len(last.rows), last.last_row) == (50, 251)


def test_other_headings_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not those of which it was said"):
        arrange(TRACKER, sheet_file(tmp_path, [["Colour", "Shape"], ["red", "round"]]), PLAIN)


BROKEN = [
    ({"xl/vbaProject.bin": b"\0"}, "has macros"),
    (
        {
            "xl/worksheets/sheet1.xml": row(1, ["Name"]).join(
                (
                    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                    "<sheetData>",
                    '<row r="2"><c r="XFD2"><v>1</v></c></row></sheetData></worksheet>',
                )
            )
        },
        "The table has 16,384 columns",
    ),
]


@pytest.mark.parametrize(("parts", "said"), BROKEN)
def test_promise_25_what_no_table_may_be_is_refused_before_it_is_looked_into(
    tmp_path: Path, parts: dict[str, str | bytes], said: str
) -> None:
    path = write_workbook(tmp_path / "bad.xlsx", row(1, ["Name"]), **parts)
    for attempt in (look, lambda path: arrange(TRACKER, path, PLAIN)):
        with pytest.raises(BadInput, match=said):
            attempt(path)


def test_a_workbook_with_a_password_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)
    with pytest.raises(BadInput, match="protected with a password"):
        look(path)

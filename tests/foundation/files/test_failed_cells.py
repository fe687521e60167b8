"""A formula without a result is never read as an empty cell."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from reachable.foundation.errors import BadInput
from reachable.foundation.files import failed_cells
from reachable.foundation.files.failed_cells import NOT_WORKED_OUT
from reachable.foundation.files.table import open_table
from tests.support.workbooks import write_workbook


def rows_of(path: Path) -> list[tuple[object, ...]]:
    return [cells for _, cells in open_table(path).rows() if isinstance(cells, tuple)]


def workbook(path: Path, rows: str) -> list[tuple[object, ...]]:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
    head += '<c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
    return rows_of(write_workbook(path, head + rows))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("<c t='e' s='1' r='A2'><v>#N/A</v></c>", "#N/A"),
        ('<c r="A2"><f>B2</f><v></v></c>', NOT_WORKED_OUT),
        ('<c r="A2"><f>B2</f></c>', NOT_WORKED_OUT),
        ('<c r="A2"><f t="shared" si="0"/><v/></c>', NOT_WORKED_OUT),
        ('<c r="A2" t="str"><f>B2</f><v></v></c>', ""),
        ('<c r="A2" t="str"><f>B2</f><v>Wren</v></c>', "Wren"),
        ('<c r="A2"><f>1+1</f><v>2</v></c>', 2.0),
        ('<c r="A2" s="1"/>', ""),
    ],
)
def test_promise_26_a_formula_says_what_it_came_to(tmp_path: Path, cell: str, read: object) -> None:
    filled = '<c r="B2" t="inlineStr"><is><t>x</t></is></c>'
    assert workbook(tmp_path / "a.xlsx", f'<row r="2">{cell}{filled}</row>') == [(read, "x")]


def test_promise_26_a_row_of_nothing_but_errors_is_a_row(tmp_path: Path) -> None:
    cells = '<c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="e"><v>#REF!</v></c>'
    assert workbook(tmp_path / "a.xlsx", f'<row r="2">{cells}</row>') == [("#REF!", "#REF!")]


@pytest.mark.parametrize("piece", [64, 100, 777])
def test_promise_26_errors_are_found_wherever_a_piece_of_the_file_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(failed_cells, "_CHUNK", piece)
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Smith & “Sons”")
        sheet.write_row(0, 0, ["a", "b"])
        for number in range(1, 200):
            sheet.write(number, 0, "x" * (number % 13))
            sheet.write_formula(number, 1, "=NA()", None, "#N/A" if number % 3 else "fine")
    read = rows_of(path)
    assert [row[1] for row in read] == ["#N/A" if n % 3 else "fine" for n in range(1, 200)]


def test_too_many_errors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_cells, "MOST", 1)
    with pytest.raises(BadInput, match="More than 1 cells of the workbook"):
        workbook(
            tmp_path / "a.xlsx",
            '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="e"><v>#N/A</v></c></row>',
        )


@pytest.mark.parametrize(("area", "told"), [((1, 0, 3, 0), True), ((1, 0, 1, 1), False)])
def test_merged_rows_are_told(tmp_path: Path, area: tuple[int, int, int, int], told: bool) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c"])
        for number in range(1, 4):
            sheet.write_row(number, 0, ["x", "y", "z"])
        sheet.merge_range(*area, "x")
    notes = " ".join(open_table(path).notes)
    assert ("merged over several rows" in notes) is told


@pytest.mark.parametrize("left", [0, 1, 3])
@pytest.mark.parametrize("top", [0, 2])
def test_promise_26_errors_stand_in_their_column_where_the_first_columns_are_empty(
    tmp_path: Path, left: int, top: int
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(top, left, ["a", "b", "c"])
        sheet.write_row(top + 1, left, ["one", "two"])
        sheet.write_formula(top + 1, left + 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(top + 2, left, "=NA()", None, "#N/A")
        sheet.write_row(top + 2, left + 1, ["three", "four"])
    assert rows_of(path) == [("one", "two", "#DIV/0!"), ("#N/A", "three", "four")]


def test_promise_25_attributes_that_never_end_are_passed_over_at_once(tmp_path: Path) -> None:
    """A pattern that tried each place anew took hours for this."""
    path = tmp_path / "long.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", f"<sheet {'a' * 300_000}>")
    with zipfile.ZipFile(path) as parts:
        assert failed_cells._elements(parts, "xl/workbook.xml", "sheet") == []


def test_promise_25_merged_cells_that_say_nothing_are_passed_over_at_once() -> None:
    assert failed_cells._MERGED.findall(b"mergeCell " * 100_000) == []
    assert failed_cells._MERGED.findall(b'<mergeCell ref="A1:B2"/>') == [(b"1", b"2")]

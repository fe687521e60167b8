"""No cell that we write can start a formula, whoever opens the file."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.files.export import (
    csv_lines,
    safe_cell,
    starts_formula,
    write_csv,
    write_xlsx,
)
from reachable.foundation.files.table import open_table

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://example.test","x")',
    "+44 7700 900123",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "＝1",
    "－1",
]
ANY_TEXT = st.text(st.characters(codec=None), max_size=30)


@pytest.mark.parametrize("text", DANGEROUS)
def test_promise_27_text_that_could_start_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Ann", "O'Brien", "a=b", "1-2", "'tis", "a@b", 12, None])
def test_other_cells_stay_as_they_are(text: object) -> None:
    assert safe_cell(text) == ("" if text is None else str(text))


@given(ANY_TEXT)
def test_promise_27_no_text_starts_a_formula(text: str) -> None:
    safe = safe_cell(text)
    assert not starts_formula(safe)
    assert safe.lstrip()[:1] not in tuple("=+-@")
    safe.encode("utf-8")


@given(st.lists(st.lists(ANY_TEXT, min_size=2, max_size=2), max_size=5))
def test_promise_27_no_cell_of_a_csv_starts_a_formula(rows: list[list[str]]) -> None:
    written = "".join(csv_lines(["=A", "B"], rows))
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert len(read) == len(rows) + 1
    for line in read:
        assert len(line) == 2
        assert not any(starts_formula(cell) for cell in line)


def test_promise_27_a_workbook_holds_strings_only(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_xlsx(path, ["=A", "B"], [[text, 1] for text in DANGEROUS])
    with zipfile.ZipFile(path) as packed:
        content = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in content.replace("<formatted", "")
    assert "hyperlink" not in content
    assert content.count("<c ") == content.count('t="inlineStr"') == 2 * (len(DANGEROUS) + 1)
    for _, cells in open_table(path).rows():
        assert isinstance(cells, tuple)
        assert not starts_formula(str(cells[0]))


def test_a_table_goes_out_as_csv_and_workbook_and_comes_back(tmp_path: Path) -> None:
    headings, rows = ["Name", "Telephone"], [["Zoë", "07700 900123"], ["O'Brien", ""]]
    write_csv(tmp_path / "out.csv", headings, rows)
    write_xlsx(tmp_path / "out.xlsx", headings, rows)
    for name in ("out.csv", "out.xlsx"):
        table = open_table(tmp_path / name)
        assert table.headings == tuple(headings)
        assert [cells for _, cells in table.rows()] == [tuple(row) for row in rows]


def test_a_long_table_streams_in_pieces() -> None:
    pieces = list(csv_lines(["A"], ([str(number)] for number in range(50_000))))
    assert len(pieces) > 1
    assert "".join(pieces).count("\r\n") == 50_001

"""Tables that we write: every cell is text, and none can start a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import orjson
import xlsxwriter

from reachable.foundation.errors import BadInput
from reachable.foundation.files.whole import whole_file

if TYPE_CHECKING:
    import _csv

_FORMULA = re.compile("[\\s\0-\x1f\u200b\ufeff]*[=+\\-@＝＋－＠]|[\t\r\n]")
_EXCEL_CELL = 32_767
"""Characters that a cell of Excel can hold."""
_EXCEL_ROWS = 1_048_576
"""Rows of a worksheet, that of the headings among them."""


def starts_formula(text: str) -> bool:
    """Tell whether a spreadsheet might take this text for a formula."""
    return _FORMULA.match(text) is not None


def safe_cell(value: object) -> str:
    """Return a value as text; an apostrophe goes before what a spreadsheet takes for a formula."""
    text = _whole_letters("" if value is None else value)
    return "'" + text if starts_formula(text) else text


def _whole_letters(value: object) -> str:
    """Return a value as text that every encoding of Unicode can hold."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a table as lines of CSV, for a download that streams.

    Every cell is quoted: no cell can then end early and start another.
    """
    buffer = io.StringIO()
    writer = _csv_writer(buffer)
    for row in chain((headings,), rows):
        writer.writerow([safe_cell(cell) for cell in row])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _csv_writer(file: TextIO) -> _csv.Writer:
    return csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV in UTF-8 with a mark, which Excel needs; whole or not at all."""
    _write(path, csv_table, headings, rows)


def write_json_lines(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as JSON lines of texts, for programs: none of them works out a formula."""
    _write(path, json_lines_table, headings, rows)


def write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as a workbook of strings; whole or not at all."""
    _write(path, xlsx_table, headings, rows)


WriteRow = Callable[[Sequence[object]], None]
"""Writes one row to a table that is open."""


@contextmanager
def csv_table(path: Path, headings: Sequence[str]) -> Iterator[WriteRow]:
    """Open a table in CSV, to be written row by row."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = _csv_writer(file)

        def write(row: Sequence[object]) -> None:
            writer.writerow([safe_cell(cell) for cell in row])

        write(headings)
        yield write


@contextmanager
def json_lines_table(path: Path, headings: Sequence[str]) -> Iterator[WriteRow]:
    """Open a table in JSON lines, to be written row by row."""
    with path.open("wb") as file:

        def write(row: Sequence[object]) -> None:
            fields = dict(zip(headings, map(_whole_letters, row), strict=True))
            file.write(orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE))

        yield write


@contextmanager
def xlsx_table(path: Path, headings: Sequence[str]) -> Iterator[WriteRow]:
    """Open a workbook of strings, to be written row by row."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet("Table")
        sheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, safe_cell(heading), bold)
        numbers = count(1)

        def write(row: Sequence[object]) -> None:
            number = next(numbers)
            if number >= _EXCEL_ROWS:
                raise BadInput(
                    f"An Excel workbook has room for {_EXCEL_ROWS:,} rows; there are more.",
                    kept="Nothing was written.",
                    next="Write them as CSV.",
                )
            for column, cell in enumerate(row):
                sheet.write_string(number, column, safe_cell(cell)[:_EXCEL_CELL])

        yield write


TABLES = {"csv": csv_table, "xlsx": xlsx_table, "jsonl": json_lines_table}
"""What opens a table to be written, by the ending of its file's name."""


def _write(
    path: Path,
    table: Callable[[Path, Sequence[str]], AbstractContextManager[WriteRow]],
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    with whole_file(path) as part, table(part, headings) as write:
        for row in rows:
            write(row)

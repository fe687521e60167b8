"""Tables that we write: every cell is text, and none can start a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import orjson
import xlsxwriter

from reachable.foundation.files.whole import whole_file

_FORMULA = re.compile("[\\s\0-\x1f\u200b\ufeff]*[=+\\-@＝＋－＠]|[\t\r\n]")
_EXCEL_CELL = 32_767
"""Characters that a cell of Excel can hold."""


def starts_formula(text: str) -> bool:
    """Tell whether a spreadsheet might take this text for a formula."""
    return _FORMULA.match(text) is not None


def safe_cell(value: object) -> str:
    """Return a value as text; an apostrophe goes before what a spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return "'" + text if starts_formula(text) else text


def marked_cell(text: str) -> str:
    """Mark a cell so that `unmarked_cell` gives it back, also where it began like a marked one."""
    return "'" + text if starts_formula(text.lstrip("'")) else text


def unmarked_cell(text: str) -> str:
    """Return a cell as it was before `marked_cell`."""
    return text[1:] if text[:1] == "'" and starts_formula(text.lstrip("'")) else text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a table as lines of CSV, for a download that streams.

    Every cell is quoted: no cell can then end early and start another.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in chain((headings,), rows):
        writer.writerow([safe_cell(cell) for cell in row])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV in UTF-8 with a mark, which Excel needs; whole or not at all."""
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        file.writelines(csv_lines(headings, rows))


def write_json_lines(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as JSON lines of texts, for programs: none of them works out a formula."""
    with whole_file(path) as part, part.open("wb") as file:
        for row in rows:
            fields = dict(zip(headings, map(str, row), strict=True))
            file.write(orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE))


def write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as a workbook of strings; whole or not at all."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with whole_file(path) as part, xlsxwriter.Workbook(str(part), options) as workbook:
        sheet = workbook.add_worksheet("Table")
        sheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, safe_cell(heading), bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, safe_cell(cell)[:_EXCEL_CELL])

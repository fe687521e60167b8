"""OpenDocument spreadsheets read row by row: however long one is, it needs little memory.

A cell says what calamine would make of it, apart from what calamine passes over: text of a cell
without a type, text marked as plain, errors, and formulas that no program has worked out.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import DAMAGED
from reachable.foundation.files.expat_stream import parsed, parser_of
from reachable.foundation.files.failed_cells import NOT_WORKED_OUT
from reachable.foundation.files.iso_values import read_iso, time_of
from reachable.foundation.files.kinds import NOTHING_KEPT, SAVE_AS, damaged
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Cell, too_many_columns

CONTENT = "content.xml"
_DEEPEST = 40
_CELLS = ("table:table-cell", "table:covered-table-cell")
_BESIDE = ("office:", "draw:", "table:")
"""Begins the name of what lies in a cell and is not what the cell says: a note, a picture."""
_BREAKS = {"text:tab": "\t", "text:line-break": "\n"}
_CLOCK = re.compile(r"PT(\d{1,2})H(\d{1,2})M(\d{1,2})(\.\d+)?S", re.ASCII)

Found = tuple[int, int, list[Cell]]
"""The number of a row that has a value, how many times it comes, and its cells from column A."""


@dataclass(slots=True)
class OdsSheet:
    """A sheet: its place among the sheets, from 0, and how far its values reach.

    Rows are counted from 1, columns from 0.
    """

    place: int
    name: str
    shown: bool
    bottom: int = 0
    left: int = 0
    right: int = 0
    """The column after the last."""
    merged: bool = False
    """Whether a cell goes over several rows."""


def sheets_in(path: Path, limits: Limits) -> list[OdsSheet]:
    """Go through a whole spreadsheet; raise BadInput where it is damaged or larger than we take."""
    reader = _Reader(limits, None)
    for _ in _read(path, reader):
        pass
    return reader.sheets


def rows_in(path: Path, place: int, limits: Limits) -> Iterator[Found]:
    """Yield the rows of the sheet that comes at a place, from 0."""
    reader = _Reader(limits, place)
    for _ in _read(path, reader):
        yield from reader.found
        reader.found.clear()
        if len(reader.sheets) > place + 1:
            return


def _read(path: Path, reader: _Reader) -> Iterator[None]:
    with told_if_damaged(), zipfile.ZipFile(path) as parts, parts.open(CONTENT) as part:
        yield from parsed(cast(BinaryIO, part), reader.parser)


@contextmanager
def told_if_damaged() -> Iterator[None]:
    """Turn whatever is wrong with a spreadsheet into a sentence."""
    try:
        yield
    except (*DAMAGED, LookupError, expat.ExpatError) as error:
        raise damaged() from error


class _Reader:
    """Turns the pieces of a spreadsheet into the rows of one sheet, or into what its sheets are."""

    def __init__(self, limits: Limits, place: int | None) -> None:
        self.parser = parser_of(self._start, self._end, self._text, _refuse_declaration)
        self.sheets: list[OdsSheet] = []
        self.found: list[Found] = []
        self._limits = limits
        self._place = place
        self._hidden: set[str] = set()
        self._style = ""
        self._depth = 0
        self._passed_over = 0
        """How deep the element is that is passed over with all that is in it."""
        self._sheet = OdsSheet(0, "", shown=False)
        self._row: list[Cell] = []
        self._in_sheet = self._in_row = False
        self._number, self._times = 1, 1
        self._first, self._column = 0, 0
        self._cell: dict[str, str] | None = None
        self._said: list[str] = []
        self._room = limits.cell
        self._paragraphs = False
        self._in_paragraph = False

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        # Called some 50 million times for a file of a million rows: what comes most comes first.
        self._depth = depth = self._depth + 1
        if depth > _DEEPEST:
            raise _too_deep()
        if self._passed_over:
            return
        if self._cell is not None:
            if tag == "text:p" and not self._paragraphs:
                self._paragraphs = self._in_paragraph = True
            else:
                self._inside_cell(tag, attributes)
        elif self._in_row:
            if tag in _CELLS:
                self._cell, self._paragraphs = attributes, False
        elif self._in_sheet:
            if tag == "table:table-row":
                self._in_row, self._row, self._column, self._first = True, [], 0, 0
                self._times = max(1, _times(attributes, "table:number-rows-repeated"))
            elif tag == "table:table" or tag.startswith("draw:"):
                self._passed_over = depth
        else:
            self._outside(tag, attributes)

    def _outside(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden.add(self._style)
        elif tag == "table:dde-link":
            self._passed_over = self._depth
        elif tag == "table:table":
            shown = attributes.get("table:style-name") not in self._hidden
            sheet = OdsSheet(len(self.sheets), attributes.get("table:name", ""), shown)
            if self._place is not None and self._place != sheet.place:
                self._passed_over = self._depth
            else:
                self._in_sheet, self._sheet, self._number = True, sheet, 1
            self.sheets.append(sheet)
        if len(self.sheets) > self._limits.entries or len(self._hidden) > self._limits.entries:
            raise BadInput(
                f"The workbook has more than {self._limits.entries:,} sheets.",
                kept=NOTHING_KEPT,
                next="Save the sheet that is meant by itself, and send that.",
            )

    def _inside_cell(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "text:p":
            self._in_paragraph = True
            self._text("\n")
        elif tag == "text:s":
            self._text(" " * min(_times(attributes, "text:c"), self._limits.cell + 1))
        elif tag in _BREAKS:
            self._text(_BREAKS[tag])
        elif tag.startswith(_BESIDE):
            self._passed_over = self._depth

    def _text(self, text: str) -> None:
        # Text longer than a cell may be is told as such, and not kept whole.
        if self._in_paragraph and not self._passed_over and self._room >= 0:
            self._said.append(text)
            self._room -= len(text)

    def _end(self, tag: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if self._passed_over:
            if depth == self._passed_over:
                self._passed_over = 0
        elif self._cell is not None:
            if tag == "text:p":
                self._in_paragraph = False
            elif tag in _CELLS:
                self._end_cell(self._cell)
                self._cell = None
        elif tag == "table:table-row" and self._in_row:
            if self._row:
                self._take(self._row)
            self._number += self._times
            self._in_row = False
        elif tag == "table:table":
            self._in_sheet = False

    def _end_cell(self, cell: dict[str, str]) -> None:
        column, row = self._column, self._row
        across = max(1, _times(cell, "table:number-columns-repeated"))
        if cell.get("table:number-rows-spanned", "1") != "1":
            self._sheet.merged = True
        self._column = after = column + across
        value = _value(cell, "".join(self._said))
        if self._said:
            self._said, self._room = [], self._limits.cell
        if value is None:
            return
        if after > self._limits.columns:
            raise too_many_columns(after, self._limits)
        if len(row) != column:
            self._first = self._first if row else column
            row.extend([""] * (column - len(row)))
        row.extend([value] * across)

    def _take(self, row: list[Cell]) -> None:
        sheet, limits = self._sheet, self._limits
        sheet.left = min(sheet.left, self._first) if sheet.bottom else self._first
        sheet.right = max(sheet.right, len(row))
        sheet.bottom = self._number + self._times - 1
        if sheet.bottom - 1 > limits.rows or sheet.bottom * sheet.right > limits.area:
            raise BadInput(
                f"A sheet reaches to row {sheet.bottom:,}: more than we take at once.",
                kept=NOTHING_KEPT,
                next="Send it in parts, or as CSV.",
            )
        if self._place is not None:
            self.found.append((self._number, self._times, row))


def _too_deep() -> BadInput:
    return BadInput(
        f"Elements of the workbook are nested more than {_DEEPEST} deep.",
        kept=NOTHING_KEPT,
        next="Save it as CSV or as an Excel workbook.",
    )


def _times(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name)
    if said is None:
        return 1
    if not (said.isascii() and said.isdecimal() and len(said) < 20):
        raise ValueError("this is no number of times")
    return int(said)


def _value(cell: dict[str, str], said: str) -> Cell | None:
    """Return what a cell says; what is written in no known way is taken as it is shown."""
    kind = cell.get("office:value-type")
    if kind == "error" or cell.get("calcext:value-type") == "error":
        return said.strip() or NOT_WORKED_OUT
    if "office:value" in cell:
        return _number(cell["office:value"])
    if kind == "string":
        return cell.get("office:string-value", said)
    if kind == "boolean" and "office:boolean-value" in cell:
        return cell["office:boolean-value"].lower() == "true"
    if kind == "date" and "office:date-value" in cell:
        return read_iso(cell["office:date-value"])
    if kind == "time" and "office:time-value" in cell:
        return _clock(cell["office:time-value"])
    if said.strip():
        return said
    return NOT_WORKED_OUT if kind is None and "table:formula" in cell else None


def _number(text: str) -> float | str:
    """Read a number; what is none stays text, so that it refuses its row and not the file."""
    if not text.isascii() or "_" in text or text.strip() != text:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _clock(text: str) -> time | str:
    found = _CLOCK.fullmatch(text)
    return (time_of(*found.groups()) if found else None) or text


def _refuse_declaration(*declared: object) -> None:
    raise BadInput(
        "The workbook declares XML entities, which no spreadsheet needs.",
        kept=NOTHING_KEPT,
        next=SAVE_AS,
    )

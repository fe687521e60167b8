"""The sheets of an OpenDocument spreadsheet, as python-calamine reads them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import time

from reachable.intake.sender.standins.excel import Numbered
from reachable.intake.sender.standins.excel_values import Value, read_iso, time_of
from reachable.intake.sender.standins.xml_pieces import CHUNK, parse, parser_of

_CONTENT = "content.xml"
_CLOCK = re.compile(r"PT(\d{1,2})H(\d{1,2})M(\d{1,2})(\.\d+)?S", re.ASCII)
_CELLS = ("table:table-cell", "table:covered-table-cell")


class OpenDocument:
    """A workbook; `sheets` are (name, kind, whether it is shown, its name again)."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self.sheets: list[tuple[str, str, str, str]] = []
        self._hidden: set[str] = set()
        self._style = ""
        parse(parts, _CONTENT, self._start, prefixes=True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden.add(self._style)
        elif tag == "table:table":
            name = attributes.get("table:name", "")
            hidden = attributes.get("table:style-name") in self._hidden
            self.sheets.append((name, "worksheet", "hidden" if hidden else "visible", name))

    def rows(self, parts: zipfile.ZipFile, place: str) -> Iterator[Numbered]:
        """Yield the number of each row that has a value, and its values by column."""
        reader = _Rows(place)
        with parts.open(_CONTENT) as part:
            while chunk := part.read(CHUNK):
                reader.parser.Parse(chunk, False)
                yield from reader.taken()
        reader.parser.Parse(b"", True)
        yield from reader.taken()


class _Rows:
    """Turns the pieces of a document into the rows of one sheet."""

    def __init__(self, sheet: str) -> None:
        self.parser = parser_of(self._start, self._end, self._text, prefixes=True)
        self._sheet = sheet
        self._inside = False
        self._found: list[Numbered] = []
        self._number, self._times = 1, 1
        self._row: dict[int, Value] = {}
        self._column, self._across = 0, 1
        self._cell: dict[str, str] | None = None
        self._said: list[str] = []
        self._paragraphs = 0
        self._notes = 0

    def taken(self) -> list[Numbered]:
        found, self._found = self._found, []
        return found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._inside = attributes.get("table:name", "") == self._sheet
            self._number = 1
        elif not self._inside:
            return
        elif tag == "table:table-row":
            self._times = int(attributes.get("table:number-rows-repeated", "1"))
            self._row, self._column = {}, 0
        elif tag in _CELLS:
            self._across = int(attributes.get("table:number-columns-repeated", "1"))
            self._cell, self._said, self._paragraphs = attributes, [], 0
        elif tag == "office:annotation":
            self._notes += 1
        elif self._cell is not None and not self._notes:
            self._begin_text(tag, attributes)

    def _begin_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "text:p":
            if self._paragraphs:
                self._said.append("\n")
            self._paragraphs += 1
        elif tag == "text:s":
            self._said.append(" " * int(attributes.get("text:c", "1")))

    def _text(self, text: str) -> None:
        if self._cell is not None and not self._notes:
            self._said.append(text)

    def _end(self, tag: str) -> None:
        if not self._inside:
            return
        if tag == "table:table":
            self._inside = False
        elif tag == "office:annotation":
            self._notes -= 1
        elif tag in _CELLS and self._cell is not None:
            value = _value(self._cell, "".join(self._said))
            if value is not None:
                places = range(self._column, self._column + self._across)
                self._row.update(dict.fromkeys(places, value))
            self._column += self._across
            self._cell = None
        elif tag == "table:table-row":
            if self._row:
                numbers = range(self._number, self._number + self._times)
                self._found.extend((number, self._row) for number in numbers)
            self._number += self._times


def _value(cell: dict[str, str], said: str) -> Value | None:
    if "office:value" in cell:
        return _number(cell["office:value"])
    match cell.get("office:value-type"):
        case "string":
            return cell.get("office:string-value", said)
        case "boolean" if "office:boolean-value" in cell:
            return cell["office:boolean-value"].lower() == "true"
        case "date" if "office:date-value" in cell:
            return read_iso(cell["office:date-value"])
        case "time" if "office:time-value" in cell:
            return _clock(cell["office:time-value"])
    return None


def _number(text: str) -> float:
    if not text.isascii() or "_" in text or text.strip() != text:
        raise ValueError("this is no number")
    return float(text)


def _clock(text: str) -> time | str:
    found = _CLOCK.fullmatch(text)
    return (time_of(*found.groups()) if found else None) or text

"""The worksheets of an Excel workbook, as python-calamine reads them."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator

from reachable.foundation.files.iso_values import read_iso
from reachable.intake.sender.standins.excel_values import (
    Format,
    Value,
    format_of,
    read_number,
    unescaped,
)
from reachable.intake.sender.standins.xml_pieces import CHUNK, parse, parser_of

_BUILT_IN = {
    **dict.fromkeys((*range(14, 23), 45, 47), Format.DATE),
    46: Format.DURATION,
}
"""Formats that a workbook names by number alone."""

Numbered = tuple[int, dict[int, Value]]
"""The number of a row, and its values by column, counted from 0."""


class Excel:
    """A workbook; `sheets` are (name, kind, whether it is shown, in which part it is)."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self._targets: dict[str, tuple[str, str]] = {}
        self.sheets: list[tuple[str, str, str, str]] = []
        self.since_1904 = False
        parse(parts, "xl/_rels/workbook.xml.rels", self._relation)
        parse(parts, "xl/workbook.xml", self._sheet)
        self.strings = _strings(parts)
        self.formats = _formats(parts)

    def _relation(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2].lower()
            self._targets[attributes.get("Id", "")] = (target.lstrip("/"), kind)

    def _sheet(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet":
            part, kind = self._targets.get(attributes.get("id", ""), ("", ""))
            shown = attributes.get("state", "visible")
            self.sheets.append((attributes.get("name", ""), kind, shown, part))

    def rows(self, parts: zipfile.ZipFile, place: str) -> Iterator[Numbered]:
        """Yield the number of each row that has a value, and its values by column."""
        reader = _Rows(self)
        with parts.open(place) as part:
            while chunk := part.read(CHUNK):
                reader.feed(chunk)
                yield from reader.done()
            reader.feed(b"", final=True)
            yield from reader.done(final=True)


class _Rows:
    """Turns the pieces of a worksheet into rows."""

    def __init__(self, workbook: Excel) -> None:
        self._workbook = workbook
        self._parser = parser_of(self._start, self._end, self._text)
        self._rows: dict[int, dict[int, Value]] = {}
        self._cell: dict[str, str] = {}
        self._said: list[str] | None = None
        self._inside = False
        self._phonetic = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        self._parser.Parse(chunk, final)

    def done(self, *, final: bool = False) -> Iterator[Numbered]:
        """Yield the rows that no later cell can belong to."""
        for number in list(self._rows)[: None if final else -1]:
            yield number, self._rows.pop(number)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._cell, self._said = attributes, None
        elif tag == ("t" if self._cell.get("t") == "inlineStr" else "v"):
            self._inside, self._said = True, self._said or []
        elif tag == "rPh":
            self._phonetic += 1

    def _text(self, text: str) -> None:
        if self._inside and self._said is not None and not self._phonetic:
            self._said.append(text)

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._inside = False
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "c":
            value = None if self._said is None else self._value("".join(self._said))
            if value is not None:
                row, column = _address(self._cell.get("r", ""))
                self._rows.setdefault(row, {})[column] = value
            self._cell = {}

    def _value(self, said: str) -> Value | None:
        match self._cell.get("t", "n"):
            case "s":
                return self._workbook.strings[int(said)] if said else None
            case "inlineStr" | "str":
                return unescaped(said)
            case "e":
                return ""
            case "b":
                return said != "0" if said else None
            case "d":
                return read_iso(said)
            case "n":
                if not said:
                    return None
                style = self._cell.get("s", "")
                formats = self._workbook.formats
                kind = formats[int(style)] if style and int(style) < len(formats) else Format.OTHER
                return read_number(said, kind, since_1904=self._workbook.since_1904)
            case kind_of_cell:
                raise ValueError(f"a cell is of the kind “{kind_of_cell}”")


def _strings(parts: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells refer to by number, without how they are spoken."""
    strings: list[str] = []
    if "xl/sharedStrings.xml" not in parts.namelist():
        return strings
    said: list[str] = []
    state = {"inside": 0, "phonetic": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        state["inside"] += tag == "t"
        state["phonetic"] += tag == "rPh"

    def text(part: str) -> None:
        if state["inside"] and not state["phonetic"]:
            said.append(part)

    def end(tag: str) -> None:
        state["inside"] -= tag == "t"
        state["phonetic"] -= tag == "rPh"
        if tag == "si":
            strings.append(unescaped("".join(said)))
            said.clear()

    parse(parts, "xl/sharedStrings.xml", start, end, text)
    return strings


def _formats(parts: zipfile.ZipFile) -> list[Format]:
    """Return what the numbers of each style of cell stand for."""
    if "xl/styles.xml" not in parts.namelist():
        return []
    own: dict[str, Format] = {}
    formats: list[Format] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and "formatCode" in attributes and inside[-1:] == ["numFmts"]:
            own[attributes.get("numFmtId", "")] = format_of(attributes["formatCode"])
        elif tag == "xf" and inside[-1:] == ["cellXfs"]:
            number = attributes.get("numFmtId", "0")
            built_in = _BUILT_IN.get(int(number), Format.OTHER) if number.isdigit() else None
            formats.append(own.get(number, built_in or Format.OTHER))
        inside.append(tag)

    def end(tag: str) -> None:
        inside.pop()

    parse(parts, "xl/styles.xml", start, end)
    return formats


def _address(cell: str) -> tuple[int, int]:
    """Turn "B3" into its row, 3, and its column counted from 0, which is 1."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]), column - 1

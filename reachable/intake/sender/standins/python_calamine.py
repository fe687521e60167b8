"""Stands in for python-calamine: reads the worksheets of an Excel workbook (.xlsx).

The workbook has been inspected before. Rows are read from the file each time, so that a large one
needs little memory.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO
from xml.parsers import expat

from reachable.foundation.errors import BadInput
from reachable.intake.sender.standins.excel_values import (
    Format,
    Value,
    format_of,
    read_iso,
    read_number,
    unescaped,
)

_CHUNK = 1 << 16
_BUILT_IN = {
    **dict.fromkeys((*range(14, 23), 45, 47), Format.DATE),
    46: Format.DURATION,
}
"""Formats that a workbook names by number alone."""


class CalamineError(Exception):
    """A workbook that cannot be read."""


class SheetTypeEnum(Enum):
    """What a sheet is."""

    WorkSheet = "worksheet"
    DialogSheet = "dialogsheet"
    MacroSheet = "macrosheet"
    ChartSheet = "chartsheet"


class SheetVisibleEnum(Enum):
    """Whether a sheet is shown."""

    Visible = "visible"
    Hidden = "hidden"
    VeryHidden = "veryHidden"


@dataclass(frozen=True)
class SheetMetadata:
    """The name of a sheet, and what it is."""

    name: str
    typ: SheetTypeEnum
    visible: SheetVisibleEnum


class CalamineWorkbook:
    """An Excel workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _opened(path) as parts:
            if "xl/workbook.xml" not in parts.namelist():
                raise BadInput(
                    "This file is no Excel workbook (.xlsx); the check in one file reads no other "
                    "spreadsheet.",
                    kept="Nothing was kept.",
                    next="Save it as an Excel workbook (.xlsx) or as CSV, and check that.",
                )
            self._targets: dict[str, tuple[str, str]] = {}
            self._sheets: list[tuple[SheetMetadata, str]] = []
            self.since_1904 = False
            _parse(parts, "xl/_rels/workbook.xml.rels", self._relation)
            _parse(parts, "xl/workbook.xml", self._sheet)
            self.strings = _strings(parts)
            self.formats = _formats(parts)
        self.sheets_metadata = [metadata for metadata, _ in self._sheets]

    @classmethod
    def from_path(cls, path: Path) -> CalamineWorkbook:
        return cls(path)

    def __enter__(self) -> CalamineWorkbook:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing stays open."""

    def get_sheet_by_name(self, name: str) -> CalamineSheet:
        for metadata, part in self._sheets:
            if metadata.name == name:
                return CalamineSheet(self, name, part)
        raise CalamineError("there is no such worksheet")

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
            kinds = {each.value: each for each in SheetTypeEnum}
            shown = {each.value: each for each in SheetVisibleEnum}
            metadata = SheetMetadata(
                attributes.get("name", ""),
                kinds.get(kind, SheetTypeEnum.WorkSheet),
                shown.get(attributes.get("state", ""), SheetVisibleEnum.Visible),
            )
            self._sheets.append((metadata, part))


@dataclass
class _Bounds:
    """How far the values of a worksheet reach: rows from 1, columns from 0."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0
    """The column after the last."""
    in_order: bool = True
    """Whether each row comes once, and after those above it."""


class CalamineSheet:
    """A worksheet; its rows start at the first row, and at the first column that has a value."""

    def __init__(self, workbook: CalamineWorkbook, name: str, part: str) -> None:
        self.name = name
        self._workbook = workbook
        self._part = part
        # All of it is gone through at once, so that what is damaged shows here.
        self._bounds = self._reach()

    @property
    def height(self) -> int:
        bounds = self._bounds
        return bounds.bottom - bounds.top + 1 if bounds.bottom else 0

    def iter_rows(self) -> Iterator[list[Value]]:
        """Yield each row as wide as the widest."""
        left, width = self._bounds.left, self._bounds.right - self._bounds.left
        at = 0
        rows = self._rows() if self._bounds.in_order else self._sorted()
        for number, row in rows:
            for _ in range(number - at - 1):
                yield [""] * width
            at = number
            cells: list[Value] = [""] * width
            for column, value in row.items():
                cells[column - left] = value
            yield cells

    def _reach(self) -> _Bounds:
        bounds = _Bounds()
        for number, row in self._rows():
            bounds.in_order = bounds.in_order and number > bounds.bottom
            bounds.top = min(bounds.top or number, number)
            bounds.bottom = max(bounds.bottom, number)
            left = min(row) if bounds.right == 0 else min(bounds.left, *row)
            bounds.left, bounds.right = left, max(bounds.right, max(row) + 1)
        return bounds

    def _sorted(self) -> Iterator[tuple[int, dict[int, Value]]]:
        rows: dict[int, dict[int, Value]] = {}
        for number, row in self._rows():
            rows.setdefault(number, {}).update(row)
        yield from sorted(rows.items())

    def _rows(self) -> Iterator[tuple[int, dict[int, Value]]]:
        """Yield the number of each row that has a value, and its values by column."""
        reader = _Rows(self._workbook)
        with _opened(self._workbook.path) as parts, _part(parts, self._part) as part:
            while chunk := part.read(_CHUNK):
                reader.feed(chunk)
                yield from reader.done()
            reader.feed(b"", final=True)
            yield from reader.done(final=True)


class _Rows:
    """Turns the pieces of a worksheet into rows."""

    def __init__(self, workbook: CalamineWorkbook) -> None:
        self._workbook = workbook
        self._parser = _parser(self._start, self._end, self._text)
        self._rows: dict[int, dict[int, Value]] = {}
        self._cell: dict[str, str] = {}
        self._said: list[str] | None = None
        self._inside = False
        self._phonetic = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        self._parser.Parse(chunk, final)

    def done(self, *, final: bool = False) -> Iterator[tuple[int, dict[int, Value]]]:
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
                raise CalamineError(f"a cell is of the kind “{kind_of_cell}”")


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

    _parse(parts, "xl/sharedStrings.xml", start, end, text)
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

    _parse(parts, "xl/styles.xml", start, end)
    return formats


def _address(cell: str) -> tuple[int, int]:
    """Turn "B3" into its row, 3, and its column counted from 0, which is 1."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]), column - 1


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the workbook; whatever is wrong with it is one kind of error."""
    try:
        with zipfile.ZipFile(path) as parts:
            yield parts
    except BadInput:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        EOFError,
        KeyError,
        IndexError,
        ValueError,
    ) as error:
        raise CalamineError(str(error)) from error


@contextmanager
def _part(parts: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    with parts.open(name) as part:
        yield part


def _parse(
    parts: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda tag: None,
    text: Callable[[str], None] = lambda text: None,
) -> None:
    parser = _parser(start, end, text)
    with parts.open(name) as part:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> expat.XMLParserType:
    """Return a parser that leaves the prefixes of tags and attributes away."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def began(tag: str, attributes: dict[str, str]) -> None:
        plain = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        start(tag.rpartition(":")[2], plain)

    def ended(tag: str) -> None:
        end(tag.rpartition(":")[2])

    parser.StartElementHandler = began
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    # What is marked as plain text inside a cell is passed over by the library too.
    parser.StartCdataSectionHandler = lambda: setattr(parser, "CharacterDataHandler", None)
    parser.EndCdataSectionHandler = lambda: setattr(parser, "CharacterDataHandler", text)
    return parser

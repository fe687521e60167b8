"""Stands in for python-calamine: reads the worksheets of Excel (.xlsx).

The workbook has been inspected before. Rows are read from the file each time, so that a large one
needs little memory.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from xml.parsers import expat

from reachable.intake.sender.standins.excel import Excel, Numbered
from reachable.intake.sender.standins.excel_values import TOO_LONG, Value


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
    """A workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _opened(path) as parts:
            self.book = Excel(parts)
        kinds = {each.value: each for each in SheetTypeEnum}
        shown = {each.value: each for each in SheetVisibleEnum}
        self.sheets_metadata = [
            SheetMetadata(
                name,
                kinds.get(kind, SheetTypeEnum.WorkSheet),
                shown.get(state, SheetVisibleEnum.Visible),
            )
            for name, kind, state, _ in self.book.sheets
        ]

    @classmethod
    def from_path(cls, path: Path) -> CalamineWorkbook:
        return cls(path)

    def __enter__(self) -> CalamineWorkbook:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing stays open."""

    def get_sheet_by_name(self, name: str) -> CalamineSheet:
        for known, _, _, place in self.book.sheets:
            if known == name:
                return CalamineSheet(self, name, place)
        raise CalamineError("there is no such worksheet")


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

    def __init__(self, workbook: CalamineWorkbook, name: str, place: str) -> None:
        self.name = name
        self._workbook = workbook
        self._place = place
        # All of it is gone through at once, so that what is damaged shows here.
        self._bounds = self._reach()

    @property
    def height(self) -> int:
        bounds = self._bounds
        return bounds.bottom - bounds.top + 1 if bounds.bottom else 0

    @property
    def start(self) -> tuple[int, int] | None:
        bounds = self._bounds
        return (bounds.top - 1, bounds.left) if bounds.bottom else None

    def iter_rows(self) -> Iterator[list[Value]]:
        """Yield each row as wide as the widest; one that cannot be held raises, the next comes."""
        return _Rows(self._each_row())

    def _each_row(self) -> Iterator[list[Value]]:
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

    def _sorted(self) -> Iterator[Numbered]:
        rows: dict[int, dict[int, Value]] = {}
        for number, row in self._rows():
            rows.setdefault(number, {}).update(row)
        yield from sorted(rows.items())

    def _rows(self) -> Iterator[Numbered]:
        """Yield the number of each row that has a value, and its values by column."""
        with _opened(self._workbook.path) as parts:
            yield from self._workbook.book.rows(parts, self._place)


class _Rows(Iterator[list[Value]]):
    def __init__(self, rows: Iterator[list[Value]]) -> None:
        self._rows = rows

    def __next__(self) -> list[Value]:
        row = next(self._rows)
        if TOO_LONG in row:
            raise OverflowError("a length of time that is too long")
        return row


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the workbook; whatever is wrong with it is one kind of error."""
    try:
        with zipfile.ZipFile(path) as parts:
            yield parts
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

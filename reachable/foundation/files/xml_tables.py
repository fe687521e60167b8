"""XML as a table: the element that comes most often is a row, what stands in it are its cells.

No row is lost: one that holds more elements inside its cells comes out as `Unreadable`. Row numbers
count the rows as a spreadsheet would that has the headings in row 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import cast

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT, SAVE_AS, not_a_table
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import (
    Row,
    Table,
    Unreadable,
    cell_too_long,
    check_headings,
    no_headings,
    too_many_rows,
)
from reachable.foundation.files.xml_stream import Handler, stream

ElementPath = tuple[str, ...]
_KINDS = 1_000
"""Different elements that a file may have."""
_NESTED = (
    "A field in this row holds other fields, not a single value.",
    "Give each field one value, and send the row again.",
)


@dataclass(slots=True)
class _Element:
    name: str
    cells: dict[str, str]
    texts: list[str] = field(default_factory=list)
    length: int = 0
    parent_of: bool = False
    nested: bool = False


@dataclass(slots=True)
class _Kind:
    """Elements with one path: how many there are, and what their cells are called."""

    rows: int = 0
    names: dict[str, None] = field(default_factory=dict)


class _Groups(Handler):
    """Finds every element that holds fields: (path, its cells, whether one of them holds more)."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.open: list[_Element] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if self.open:
            self.open[-1].parent_of = True
        cells = {key: text.strip() for key, text in attributes.items() if key != "schemaLocation"}
        self.open.append(_Element(name, cells))

    def characters(self, content: str) -> None:
        element = self.open[-1]
        # Text longer than a cell may be is told as such, and not kept whole.
        if element.length <= self.limits.cell:
            element.texts.append(content)
            element.length += len(content)

    def end(self, name: str) -> None:
        element = self.open.pop()
        if self.open and not element.parent_of and len(element.cells) < 2:
            self._cell(self.open[-1], name, "".join(element.texts).strip())
            return
        if element.cells:
            path = (*(each.name for each in self.open), name)
            self.found.append((path, element.cells, element.nested))
            if self.open:
                self.open[-1].nested = True

    def _cell(self, row: _Element, name: str, text: str) -> None:
        before = row.cells.get(name)
        row.cells[name] = f"{before}; {text}" if before and text else before or text


def open_xml(path: Path, size: int, limits: Limits) -> Table:
    """Open an XML file as a table; raise BadInput where no element repeats as a row does."""
    row_path, headings = _survey(path, limits)
    check_headings(headings, limits)

    def read() -> Iterator[Row]:
        numbers = count(2)
        for found_path, cells, nested in _groups(path, limits):
            if found_path == row_path and (number := next(numbers)) and any(cells.values()):
                yield number, _row(cells, nested, headings, limits)

    return Table("xml", headings, size, (f"XML, each “{row_path[-1]}” is a row.",), read)


def _survey(path: Path, limits: Limits) -> tuple[ElementPath, tuple[str, ...]]:
    kinds: dict[ElementPath, _Kind] = {}
    for found_path, cells, _ in _groups(path, limits):
        kind = kinds.setdefault(found_path, _Kind())
        kind.rows += 1
        if len(kind.names) <= limits.columns:
            kind.names.update(dict.fromkeys(cells))
        if kind.rows > limits.rows:
            raise too_many_rows("more", limits)
        if len(kinds) > _KINDS:
            raise not_a_table(
                "an XML document with too many kinds of elements for the columns of a table"
            )
    if not kinds:
        raise no_headings()
    if any("Workbook" in found_path for found_path in kinds):
        raise BadInput("This is a workbook saved as XML.", kept=NOTHING_KEPT, next=SAVE_AS)
    row_path = max(kinds, key=lambda each: (kinds[each].rows, -len(each)))
    return row_path, tuple(kinds[row_path].names)


def _groups(path: Path, limits: Limits) -> Iterator[tuple[ElementPath, dict[str, str], bool]]:
    return cast(Iterator[tuple[ElementPath, dict[str, str], bool]], stream(path, _Groups(limits)))


def _row(
    cells: dict[str, str], nested: bool, headings: tuple[str, ...], limits: Limits
) -> tuple[str, ...] | Unreadable:
    texts = tuple(cells.get(heading, "") for heading in headings)
    short = tuple(text[: limits.cell] for text in texts)
    if nested:
        return Unreadable("unreadable", *_NESTED, short)
    if short != texts:
        return cell_too_long(short)
    return texts

"""JSON lines as a table: one object a line, whose names are the headings.

No row is lost: a line that is no object, or holds a list or an object where a cell should be, comes
out as `Unreadable`, and reading goes on with the next line. Row numbers are those of the lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import (
    Cell,
    Row,
    Table,
    Unreadable,
    cell_too_long,
    check_headings,
    no_new_line,
    too_many_rows,
)

_NO_OBJECT = (
    "This line is not a JSON object.",
    "Each line must be one object, from { to }. Correct the line and send it again.",
)
_NESTED = (
    "A field in this row holds a list or an object, not a single value.",
    "Give each field one value, and send the row again.",
)


def open_json_lines(path: Path, size: int, limits: Limits) -> Table:
    """Open a file of JSON lines; raise BadInput where no line of it is an object."""
    headings = _headings(path, limits)
    check_headings(headings, limits)

    def read() -> Iterator[Row]:
        for number, line in _lines(path, limits):
            row = _row(line, headings, limits)
            if isinstance(row, Unreadable) or any(cell != "" for cell in row):
                yield number, row

    return Table("json_lines", headings, size, ("JSON lines, one object a line.",), read)


def _headings(path: Path, limits: Limits) -> tuple[str, ...]:
    """Return every name that an object of the file has, in the order in which they first come."""
    found: dict[str, None] = {}
    for count, (_, line) in enumerate(_lines(path, limits), start=1):
        if count > limits.rows:
            raise too_many_rows("more", limits)
        found.update(dict.fromkeys(_object(line) or ()))
        if len(found) > limits.columns:
            break
    return tuple(found)


def _lines(path: Path, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limits.line + 1):
            number += 1
            if len(line) > limits.line:
                raise no_new_line()
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _row(line: bytes, headings: tuple[str, ...], limits: Limits) -> tuple[Cell, ...] | Unreadable:
    fields = _object(line)
    if fields is None:
        return Unreadable("unreadable", *_NO_OBJECT, (_shown(line, limits),))
    values = [fields.get(name) for name in headings]
    cells = tuple("" if value is None else value for value in values)
    for cell in cells:
        if isinstance(cell, (dict, list)):
            return Unreadable("unreadable", *_NESTED, _as_texts(cells, limits))
        if isinstance(cell, str) and len(cell) > limits.cell:
            return cell_too_long(_as_texts(cells, limits))
    return cells


def _shown(line: bytes, limits: Limits) -> str:
    return line.decode("utf-8", "replace").strip()[: limits.cell]


def _as_texts(cells: tuple[Any, ...], limits: Limits) -> tuple[str, ...]:
    return tuple(
        (cell if isinstance(cell, str) else orjson.dumps(cell).decode())[: limits.cell]
        for cell in cells
    )

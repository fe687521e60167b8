"""What makes a table of a sheet, whichever program wrote the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import (
    Cells,
    Row,
    Table,
    Unreadable,
    cell_too_long,
    check_headings,
    no_headings,
)


def sheet_table(
    kind: str,
    size: int,
    limits: Limits,
    notes: tuple[str, ...],
    rows: Callable[[], Iterator[Row]],
) -> Table:
    """Return the rows of a sheet as a table: the first one holds its headings."""
    first = next(rows(), None)
    if first is None:
        raise no_headings()
    number, cells = first
    if isinstance(cells, Unreadable):
        raise no_headings()
    headings = tuple(str(cell).strip() for cell in cells)
    check_headings(headings, limits)

    def read() -> Iterator[Row]:
        return (row for row in rows() if row[0] > number)

    return Table(kind, headings, size, notes, read)


def notes_on(names: Sequence[str], *, merged: bool) -> tuple[str, ...]:
    """Say which sheet is read, the first, and which are not; `merged` is said of the first."""
    first, *others = names
    notes = [f"Worksheet “{first}”."]
    if others:
        said = ", ".join(f"“{name}”" for name in others)
        notes.append(f"Not read: worksheet {said}. Send each by itself if it belongs here.")
    if merged:
        notes.append("Cells are merged over several rows: only the first row has what they say.")
    return tuple(notes)


def judged(cells: list[Any], limits: Limits) -> Cells | Unreadable:
    """Return the cells of a row, or that one of them is too long."""
    for cell in cells:
        if cell.__class__ is str and len(cell) > limits.cell:
            short = tuple(str(one)[: limits.cell] for one in cells)
            return cell_too_long(short)
    return tuple(cells)

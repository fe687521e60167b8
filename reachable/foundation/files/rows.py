"""What a table is, whatever file it came in: headings, and rows as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT
from reachable.foundation.files.limits import Limits, say_size

Cell = str | int | float | bool | date | datetime | time | timedelta
Cells = tuple[Cell, ...]


@dataclass(frozen=True)
class Unreadable:
    """A row that could not be read as it stands; `cells` is the best reading, not to be trusted."""

    reason: str
    sentence: str
    next: str
    cells: tuple[str, ...] = ()


Row = tuple[int, Cells | Unreadable]


def cell_too_long(cells: tuple[str, ...]) -> Unreadable:
    """Say that a cell of a row is longer than we take."""
    return Unreadable(
        "cell_too_long",
        "A cell in this row is too long.",
        "Shorten it and send the row again.",
        cells,
    )


@dataclass(frozen=True)
class Table:
    """The headings of a table and a way to its rows.

    Row numbers are those that a spreadsheet shows: the headings are usually row 1. Rows without
    any content are passed over.
    """

    kind: str
    headings: tuple[str, ...]
    size: int
    notes: tuple[str, ...]
    """What was taken for granted: delimiter, encoding, sheet."""
    read: Callable[[], Iterator[Row]]

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Stream the rows that come after row number `after`, each time from the file."""
        if after <= 0:
            return self.read()
        return (row for row in self.read() if row[0] > after)


def too_large(size: int | None, limits: Limits) -> BadInput:
    """Say that a file is over the limit; `size` is None while it is still arriving."""
    said = f"The file has {say_size(size)}" if size else "The file is too large"
    return BadInput(
        f"{said}; we take up to {say_size(limits.size)} at once.",
        kept=NOTHING_KEPT,
        next="Send it in parts, for example a file a month.",
    )


def too_many_rows(said: str, limits: Limits) -> BadInput:
    """Say that a file has more rows than we take; `said` is how many it has."""
    return BadInput(
        f"The file has {said} rows; we take up to {limits.rows:,} at once.",
        kept=NOTHING_KEPT,
        next="Send it in parts, for example a file a month.",
    )


def no_new_line() -> BadInput:
    """Say that a file of text is not made of lines."""
    return BadInput(
        "The file goes on for very long without a new line.",
        kept=NOTHING_KEPT,
        next="Export it again as a table, one row a line.",
    )


def no_headings() -> BadInput:
    """Say that a table does not begin with headings."""
    return BadInput(
        "The file has no row of headings.",
        kept=NOTHING_KEPT,
        next="The first row must say what each column holds, as in the sample file.",
    )


def check_headings(headings: tuple[str, ...], limits: Limits) -> None:
    """Refuse a table that has no headings, or too many."""
    if len(headings) > limits.columns:
        raise too_many_columns(len(headings), limits)
    if not any(heading.strip() for heading in headings):
        raise no_headings()


def too_many_columns(columns: int, limits: Limits) -> BadInput:
    """Say that a table is wider than any feed."""
    return BadInput(
        f"The table has {columns:,} columns; we take up to {limits.columns}.",
        kept=NOTHING_KEPT,
        next="Send only the columns that the feed asks for.",
    )

"""What a book is: the sheets of a file from their very first rows, nothing taken for headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from reachable.foundation.files.rows import Row

MOST_MERGED = 10_000
"""Cells merged over several rows of one sheet that are looked at."""


class Merged(NamedTuple):
    """Cells that are one: rows as a spreadsheet numbers them, columns counted from 0."""

    first_row: int
    last_row: int
    first_place: int
    last_place: int


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `height` is the number of its last row, 0 where that is not known.

    `read` streams every row that has content, with the number that a spreadsheet shows. `merged`
    are cells over several rows: only the first row has what they say.
    """

    name: str
    height: int
    read: Callable[[], Iterator[Row]]
    merged: tuple[Merged, ...] = ()

    def goes_on(self, row: int, place: int) -> bool:
        """Tell whether a cell is a later row of one that began above."""
        return any(
            each.first_row < row <= each.last_row and each.first_place <= place <= each.last_place
            for each in self.merged
        )


@dataclass(frozen=True)
class Book:
    """A file and the sheets in it; a file of text is one, without a name."""

    kind: str
    size: int
    notes: tuple[str, ...]
    sheets: tuple[Sheet, ...]

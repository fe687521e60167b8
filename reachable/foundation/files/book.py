"""Opens all the sheets of a file that somebody sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reachable.foundation.files.books import Book, Sheet
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.rows import Row, Table
from reachable.foundation.files.table import open_table
from reachable.foundation.files.xlsx_tables import open_worksheets


def open_book(path: Path, limits: Limits = DEFAULT) -> Book:
    """Open a file; raise BadInput, in a sentence, where there is no table in it."""
    # What no file may be is said by `open_table`, of every kind.
    table = open_table(path, limits)
    if table.kind == "xlsx":
        return Book(table.kind, table.size, (), open_worksheets(path, limits))
    return Book(table.kind, table.size, table.notes, (Sheet("", 0, lambda: _all_rows(table)),))


def _all_rows(table: Table) -> Iterator[Row]:
    """Yield the headings as the row above the first one."""
    # Lines of JSON are numbered from 1 and name their fields themselves.
    yield (0 if table.kind == "json_lines" else 1), table.headings
    yield from table.rows()

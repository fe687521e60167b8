"""Reads a file as somebody said that its columns are to be read, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.book import open_book
from reachable.foundation.files.books import Book, Sheet
from reachable.foundation.files.kinds import NOTHING_KEPT
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.rows import Cells, Row, Table, Unreadable
from reachable.intake.rules.mapping import (
    SEARCHED,
    Arranger,
    ColumnMapping,
    Found,
    feed_headings,
    find_headings,
)
from reachable.intake.rules.words import as_text
from reachable.intake.specification import Column, Feed

_LOOKED_AT = 2_000
"""Rows of a sheet from which words and orders of dates are guessed."""

Rows = list[tuple[int, Cells]]


@dataclass(frozen=True)
class LookedAt:
    """A sheet, and its first rows with their numbers."""

    name: str
    rows: Rows


def look(path: Path, limits: Limits = DEFAULT) -> list[LookedAt]:
    """Return the sheets of a file with their first rows; raise BadInput where it is no table."""
    return [
        LookedAt(sheet.name, _first(sheet, _LOOKED_AT)) for sheet in open_book(path, limits).sheets
    ]


def _first(sheet: Sheet, most: int) -> Rows:
    return [
        (number, cells)
        for number, cells in islice(sheet.read(), most)
        if not isinstance(cells, Unreadable)
    ]


def which_fits(
    path: Path, mappings: Sequence[ColumnMapping], limits: Limits = DEFAULT
) -> int | None:
    """Return the place of the mapping that fits most sheets of a file, the first of equals."""
    if not mappings:
        return None
    tops = [(sheet.name, _first(sheet, SEARCHED)) for sheet in open_book(path, limits).sheets]
    fitting = [
        sum(_mapping_of(name, rows, mapping) is not None for name, rows in tops)
        for mapping in mappings
    ]
    most = max(fitting)
    return fitting.index(most) if most else None


def _mapping_of(
    name: str, rows: Rows, mapping: ColumnMapping
) -> tuple[ColumnMapping, Found] | None:
    """Return which part of a mapping is for a sheet, and where its headings stand there."""
    for each in mapping.each:
        if name not in each.left_out_sheets and (found := find_headings(rows, each)):
            return each, found
    return None


@dataclass(frozen=True)
class _Part:
    """A sheet that is read: where its headings stand, and what is added to its row numbers."""

    sheet: Sheet
    mapping: ColumnMapping
    found: Found
    arranger: Arranger
    added: int


def arrange(feed: Feed, path: Path, mapping: ColumnMapping, limits: Limits = DEFAULT) -> Table:
    """Open a file as a table of this feed; raise BadInput where the headings are not there."""
    book = open_book(path, limits)
    parts = _parts(feed, book, mapping)
    if not parts:
        raise BadInput(
            "The headings of this file are not those of which it was said what they mean.",
            kept=NOTHING_KEPT,
            next="Say again which column is which.",
        )

    def read() -> Iterator[Row]:
        for part in parts:
            yield from _rows(feed, part)

    headings = tuple(column.heading for column in feed_headings(feed, mapping))
    return Table(book.kind, headings, book.size, _notes(book, parts), read)


def _parts(feed: Feed, book: Book, mapping: ColumnMapping) -> list[_Part]:
    columns = feed_headings(feed, mapping)
    found = [
        (sheet, *of)
        for sheet in book.sheets
        if (of := _mapping_of(sheet.name, _first(sheet, SEARCHED), mapping))
    ]
    # Each sheet after the first begins at a round number: row 2,014 is row 14 of the third.
    step = 10 ** len(str(max((sheet.height for sheet, *_ in found), default=0)))
    return [
        _Part(
            sheet,
            own,
            where,
            Arranger(feed, own, where, columns=columns, keeps_beyond=book.kind == "csv"),
            step * place,
        )
        for place, (sheet, own, where) in enumerate(found)
    ]


def _rows(feed: Feed, part: _Part) -> Iterator[Row]:
    """Yield the rows of a sheet; what is merged with the row above is one row with it."""
    arranger, waiting = part.arranger, None
    for number, cells in part.sheet.read():
        if number <= part.found.row:
            continue
        if isinstance(cells, Unreadable):
            told = tuple(as_text(cell) for cell in arranger.row(cells.cells) or ())
            row: Cells | Unreadable | None = Unreadable(
                cells.reason, cells.sentence, cells.next, told
            )
        else:
            row = arranger.row(cells)
        if row is None:
            continue
        goes_on = any(part.sheet.goes_on(number, place) for place in arranger.name_places)
        if goes_on and waiting and isinstance(row, tuple) and isinstance(waiting[1], tuple):
            waiting = waiting[0], _together(feed, arranger.columns, waiting[1], row)
            continue
        if waiting:
            yield waiting
        waiting = number + part.added, row
    if waiting:
        yield waiting


def _together(feed: Feed, columns: Sequence[Column], first: Cells, more: Cells) -> Cells:
    """Put what a later row of merged cells says behind what the first one says."""
    joined = list(first)
    for place, column in enumerate(columns):
        before, after = as_text(first[place]), as_text(more[place])
        if column.name == feed.source_key or not after:
            continue
        if not before:
            joined[place] = more[place]
        elif column.type == "text" and after != before:
            joined[place] = f"{before}; {after}"
    return tuple(joined)


def _notes(book: Book, parts: Sequence[_Part]) -> tuple[str, ...]:
    notes = [*book.notes]
    read = [part.sheet.name for part in parts]
    if any(read):
        notes.append(f"{_worksheets(read)}, below row {parts[0].found.row}.")
    notes += [
        f"Rows of “{part.sheet.name}” are counted on from {part.added:,}." for part in parts[1:]
    ]
    others = [sheet.name for sheet in book.sheets if sheet.name not in read]
    if others:
        notes.append(f"Not read: {_worksheets(others, 'worksheet')}.")
    never = dict.fromkeys(each for part in parts for each in part.mapping.not_read)
    if never:
        notes.append(f"Never read: {_listed(tuple(never))}.")
    left_out = dict.fromkeys(each for part in parts for each in part.mapping.left_out_rows)
    if left_out:
        words = " or ".join(f"“{word}”" for word in left_out)
        notes.append(f"Rows that begin with {words} are left out.")
    return tuple(notes)


def _worksheets(names: Sequence[str], word: str = "Worksheet") -> str:
    return f"{word}{'s' if len(names) > 1 else ''} {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)

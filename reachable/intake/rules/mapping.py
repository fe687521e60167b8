"""A sender's own table turned into one whose headings are a feed's, as a person said once.

What is not mapped is never passed on. A mapping fits whatever has the same headings, in any order
and below any number of title lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b, sha256
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from reachable.foundation.files.rows import Cell, Cells
from reachable.intake.rules.dates import date_reader
from reachable.intake.rules.names import FAMILY_FIRST, split_name
from reachable.intake.rules.words import as_text, clean, heading_key, word_key

if TYPE_CHECKING:
    from reachable.intake.specification import Column, Feed

WHOLE_NAME = "whole_name"
"""Stands in a mapping where one column holds the family name and the given names together."""
NAMES = ("family_name", "given_names")
ADDRESS, POSTCODE = "address", "postcode"
BY_NUMBER, BY_CHILD = "number", "child"
"""What tells one row from another: the sender's own number, or who it is and since when."""
LONGEST_HEADING = 150
"""Characters of a heading that count: a title above the table may be a paragraph."""
SEARCHED = 30
"""Rows from the top among which headings are looked for."""
_NOTHING: Cell = ""
_EXCEL_BEGINS = date(1899, 12, 30)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b")
_EXCEL_DAYS = range(10_000, 100_000)


@dataclass(frozen=True)
class ColumnMapping:
    """What a person said of a table with these headings.

    `columns` are pairs of the sender's heading and our column, or `WHOLE_NAME`; `words` are
    (our column, the sender's word, our code), and no code where a word is to be left out. `others`
    are for sheets of the same file that have other headings; these have no others.
    """

    headings: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    heading_rows: int = 1
    name_order: str = FAMILY_FIRST
    date_order: str = "day-month-year"
    words: tuple[tuple[str, str, str], ...] = ()
    left_out_sheets: tuple[str, ...] = ()
    left_out_rows: tuple[str, ...] = ()
    """Beginnings of rows that are none, such as “Total”."""
    told_by: str = BY_NUMBER
    others: tuple[ColumnMapping, ...] = ()

    @property
    def each(self) -> tuple[ColumnMapping, ...]:
        """This one, and those for other sheets."""
        return (self, *self.others)

    @property
    def fingerprint(self) -> str:
        """Return what tables with the same headings share, in any order: 32 hexadecimal digits."""
        return fingerprint(self.headings)

    @property
    def not_read(self) -> tuple[str, ...]:
        mapped = {heading for heading, _ in self.columns}
        return tuple(heading for heading in self.headings if heading not in mapped)

    def under(self, headings: Sequence[str]) -> ColumnMapping:
        """Return the same answers for headings that are written otherwise, or in another order."""
        answers = {key_of(heading): name for heading, name in self.columns}
        columns = ((each, answers[key_of(each)]) for each in headings if key_of(each) in answers)
        return replace(self, headings=tuple(headings), columns=tuple(columns))

    def heading_of(self, column: str) -> str:
        """Return the sender's heading for one of our columns, or nothing."""
        return next((heading for heading, name in self.columns if name == column), "")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_mapping(content: Mapping[str, Any]) -> ColumnMapping:
    """Return a mapping from what `as_dict` gave, also after a way through JSON."""
    return ColumnMapping(
        headings=tuple(content["headings"]),
        columns=tuple((heading, name) for heading, name in content["columns"]),
        heading_rows=content["heading_rows"],
        name_order=content["name_order"],
        date_order=content["date_order"],
        words=tuple((column, word, code) for column, word, code in content["words"]),
        left_out_sheets=tuple(content["left_out_sheets"]),
        left_out_rows=tuple(content["left_out_rows"]),
        told_by=content["told_by"],
        others=tuple(map(read_mapping, content.get("others", ()))),
    )


def fingerprint(headings: Iterable[str]) -> str:
    keys = "\n".join(sorted(_keys(headings)))
    return sha256(keys.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def key_of(heading: str) -> str:
    """Return what two writings of a heading share; a heading of signs alone is itself."""
    return heading_key(heading) or heading


def _keys(headings: Iterable[str]) -> set[str]:
    return {key_of(heading) for heading in headings if heading}


def join_headings(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Return one heading a column from one row of headings, or from two that stand together.

    What was merged over several columns of the upper row belongs to each of them. A heading that
    comes again has its turn behind it: “Date (2)”.
    """
    texts = [[clean(as_text(cell))[:LONGEST_HEADING] for cell in row] for row in rows]
    if len(texts) > 1:
        texts[0] = _spread(texts[0], texts[1])
    columns = zip_longest(*texts, fillvalue="")
    joined = [" ".join(part for part in parts if part) for parts in columns]
    while joined and not joined[-1]:
        joined.pop()
    told: list[str] = []
    seen: set[str] = set()
    for heading in joined:
        own, turn = heading, 1
        while own and key_of(own) in seen:
            turn += 1
            own = f"{heading} ({turn})"
        seen.add(key_of(own))
        told.append(own)
    return tuple(told)


def _spread(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return the upper row, with what stands over several columns in each of them."""
    spread: list[str] = []
    for over, under in zip_longest(above, below, fillvalue=""):
        spread.append(over or (spread[-1] if spread and under else ""))
    return spread


@dataclass(frozen=True)
class Found:
    """Where the headings of a mapping stand in a table: their first and last row, as they are."""

    first_row: int
    row: int
    headings: tuple[str, ...]
    width: int


def find_headings(
    first: Sequence[tuple[int, Sequence[Cell]]], mapping: ColumnMapping
) -> Found | None:
    """Look for the headings of a mapping among the first rows (number, cells) of a table."""
    wanted = _keys(mapping.headings)
    for at in range(len(first)):
        rows = first[at : at + mapping.heading_rows]
        if len(rows) < mapping.heading_rows:
            return None
        cells = [row for _, row in rows]
        headings = join_headings(cells)
        if _keys(headings) == wanted:
            return Found(rows[0][0], rows[-1][0], headings, max(map(len, cells)))
    return None


def feed_headings(feed: Feed, mapping: ColumnMapping) -> tuple[Column, ...]:
    """Return the columns that a mapped table has: those that were mapped, and what a feed needs."""
    mapped = {name for each in mapping.each for _, name in each.columns}
    if WHOLE_NAME in mapped:
        mapped.update(NAMES)
    if ADDRESS in mapped:
        mapped.add(POSTCODE)
    return tuple(
        column
        for column in feed.columns
        if column.name in mapped or column.need == "column" or column.name == feed.source_key
    )


class Arranger:
    """Turns the rows of one table, whose headings were found, into rows of a feed."""

    def __init__(
        self,
        feed: Feed,
        mapping: ColumnMapping,
        found: Found,
        *,
        keeps_beyond: bool,
        columns: Sequence[Column] | None = None,
    ) -> None:
        """`columns` are those of the whole table, also where this sheet has fewer.

        `keeps_beyond`: cells further right than the headings are kept, to be told of.

        In a file of text they say that a cell was cut in two; in a workbook, that somebody wrote a
        note beside the table.
        """
        self.mapping = mapping
        self.width = found.width if keeps_beyond else None
        self.own = _keys(found.headings)
        self.columns = feed_headings(feed, mapping) if columns is None else columns
        by_key = {key_of(heading): name for heading, name in mapping.columns}
        places = {
            by_key[key_of(heading)]: place
            for place, heading in enumerate(found.headings)
            if key_of(heading) in by_key
        }
        self.whole_name = places.get(WHOLE_NAME, -1)
        self.name_places = [places[name] for name in (WHOLE_NAME, *NAMES) if name in places]
        self.places = [places.get(column.name, -1) for column in self.columns]
        self.turns = [_turn(column, mapping) for column in self.columns]
        self.at = {column.name: place for place, column in enumerate(self.columns)}
        self.key = self.at.get(feed.source_key, -1)
        self.since = feed.happening(feed.happened).date
        self.read_date = date_reader(mapping.date_order)
        self.not_rows = tuple(word.casefold() for word in mapping.left_out_rows if word)

    def row(self, cells: Sequence[Cell]) -> Cells | None:
        """Return the row as the feed reads it; None where it is none, or holds nothing mapped."""
        if self._is_none(cells):
            return None
        row = [
            turn(cells[place]) if 0 <= place < len(cells) else _NOTHING
            for place, turn in zip(self.places, self.turns, strict=True)
        ]
        if 0 <= self.whole_name < len(cells):
            self._put_names(row, as_text(cells[self.whole_name]))
        if not any(cell != "" for cell in row):
            return None
        self._put_postcode(row)
        if self.mapping.told_by == BY_CHILD and self.key >= 0:
            row[self.key] = self._key_of(row)
        if self.width is not None:
            row += cells[self.width :]
        return tuple(row)

    def _is_none(self, cells: Sequence[Cell]) -> bool:
        """Tell totals at the foot, and headings that come again, from rows."""
        first = next((text for cell in cells if (text := as_text(cell).strip())), "")
        if self.not_rows and first.casefold().startswith(self.not_rows):
            return True
        if key_of(clean(first)) not in self.own:
            return False
        said = _keys(clean(as_text(cell)) for cell in cells)
        return len(said) > 1 and said <= self.own

    def _put_names(self, row: list[Cell], whole: str) -> None:
        names = split_name(clean(whole), self.mapping.name_order)
        for column, name in zip(NAMES, names, strict=True):
            if column in self.at:
                row[self.at[column]] = row[self.at[column]] or name

    def _put_postcode(self, row: list[Cell]) -> None:
        """Take the postcode out of an address where it has no column of its own."""
        if ADDRESS in self.at and POSTCODE in self.at and not row[self.at[POSTCODE]]:
            found = _POSTCODE.findall(self._text(row, ADDRESS).upper())
            row[self.at[POSTCODE]] = found[-1] if found else ""

    def _key_of(self, row: Sequence[Cell]) -> str:
        """A short key of who it is and since when, for senders who do not number their rows."""
        number = self._text(row, "local_id")
        names = (heading_key(self._text(row, name)) for name in NAMES)
        who = (number,) if number else (*names, self._day(row, "birth_date"))
        parts = "\n".join((*who, self._day(row, self.since)))
        digest = blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
        return f"row {digest}"

    def _day(self, row: Sequence[Cell], column: str) -> str:
        """Return a day as it is read, or else as it is written."""
        cell = row[self.at[column]] if column in self.at else ""
        return self.read_date(cell).day or clean(as_text(cell))

    def _text(self, row: Sequence[Cell], column: str) -> str:
        return clean(as_text(row[self.at[column]])) if column in self.at else ""


def _turn(column: Column, mapping: ColumnMapping) -> Callable[[Cell], Cell]:
    """Return what turns a cell of the sender's into one that the column reads."""
    if column.type == "date":
        return _excel_day
    words = {word_key(word): code for name, word, code in mapping.words if name == column.name}
    if words:
        return lambda cell: words.get(word_key(clean(as_text(cell))), cell)
    if column.type in ("text", "reference", "name"):
        return _plain_day
    return lambda cell: cell


def _excel_day(cell: Cell) -> Cell:
    """A number in a column of dates is how Excel keeps a day, counted from the end of 1899."""
    number: float | None = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = cell
    elif isinstance(cell, str) and cell.strip().isdecimal() and len(cell.strip()) == 5:
        number = int(cell)
    if number is None or not _EXCEL_DAYS.start <= number < _EXCEL_DAYS.stop:
        return cell
    return _EXCEL_BEGINS + timedelta(days=int(number))


def _plain_day(cell: Cell) -> Cell:
    """A day in a column of text has no time that was never written."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell

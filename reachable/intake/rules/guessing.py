"""The best guess at how somebody else's table is to be read; a person looks at it and decides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from reachable.foundation.files.rows import Cell
from reachable.intake.rules.dates import read_date
from reachable.intake.rules.mapping import (
    BY_CHILD,
    BY_NUMBER,
    NAMES,
    WHOLE_NAME,
    ColumnMapping,
    join_headings,
    key_of,
)
from reachable.intake.rules.names import FAMILY_FIRST, GIVEN_FIRST
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.readers import Told, reader_of
from reachable.intake.rules.words import as_text, clean, heading_key, word_key

if TYPE_CHECKING:
    from reachable.intake.specification import Column, Feed

Rows = Sequence[tuple[int, Sequence[Cell]]]

_WHOLE = frozenset(
    ("name", "fullname", "childname", "childsname", "nameofchild", "childsfullname", "ypname",
     "youngpersonname", "child", "youngperson", "youngpersonsname", "nameofyoungperson")
)  # fmt: skip
_TOTALS = ("total", "totals", "grand total", "count", "number of children")
_LIKE = 0.84
"""How alike two headings are that may mean the same, from 0 to 1."""
_HEADING = 60
"""Characters: a longer cell is no heading."""
_LOOKED_FOR_HEADINGS = 20
_SLASHED = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](?:\d{4}|\d{2})")


@dataclass(frozen=True)
class HeadingRows:
    """Where the headings seem to stand: the number of their first row, and of how many rows."""

    row: int
    rows: int


def guess_heading_rows(feed: Feed, first: Rows) -> HeadingRows:
    """Find the row, or the two rows, that look most like headings of this feed."""
    best, guess = -1.0, HeadingRows(first[0][0] if first else 1, 1)
    for at, (number, _) in enumerate(first[:_LOOKED_FOR_HEADINGS]):
        for rows in (1, 2):
            together = [row for _, row in first[at : at + rows]]
            if len(together) < rows or any(map(_has_values, together)):
                continue
            score = _score(feed, join_headings(together)) - (rows - 1) * 1.5
            if score > best:
                best, guess = score, HeadingRows(number, rows)
    return guess


def _has_values(cells: Sequence[Cell]) -> bool:
    """Tell a row of data: dates and numbers, which headings are not."""
    held = [cell for cell in cells if cell != ""]
    odd = [cell for cell in held if not isinstance(cell, str) or _SLASHED.fullmatch(cell.strip())]
    return len(odd) > 1 or len(odd) * 2 > len(held)


def _score(feed: Feed, headings: Sequence[str]) -> float:
    told = [heading for heading in headings if heading and len(heading) <= _HEADING]
    return 3.0 * len(guess_columns(feed, headings)) + 0.25 * len(told)


def guess_columns(feed: Feed, headings: Sequence[str]) -> dict[str, str]:
    """Return heading → our column: first what is called the same, then what is nearly so."""
    known = {
        heading_key(name): column.name
        for column in feed.columns
        for name in (column.name, column.heading, *column.aliases)
    }
    found: dict[str, str] = {}
    for heading in headings:
        column = known.get(heading_key(heading))
        if heading and column and column not in found.values():
            found[heading] = column
    for heading in headings:
        whole = heading_key(heading) in _WHOLE and WHOLE_NAME not in found.values()
        if whole and heading not in found and not set(NAMES) & set(found.values()):
            found[heading] = WHOLE_NAME
    likenesses = sorted(
        (
            (_likeness(heading_key(heading), key), -place, heading, column)
            for place, heading in enumerate(headings)
            if heading and heading not in found
            for key, column in known.items()
        ),
        reverse=True,
    )
    for likeness, _, heading, column in likenesses:
        if likeness < _LIKE:
            break
        taken = set(found.values())
        if WHOLE_NAME in taken:
            taken.update(NAMES)
        if heading not in found and column not in taken:
            found[heading] = column
    return found


def _likeness(one: str, other: str) -> float:
    if min(len(one), len(other)) < 5:
        return 0.0
    if one.startswith(other) or one.endswith(other):
        return 0.9
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.quick_ratio() >= _LIKE else 0.0


def guess_mapping(
    feed: Feed, headings: tuple[str, ...], rows: Rows, heading_rows: int
) -> ColumnMapping:
    """Guess all that a person is asked of a table, from its headings and some of its rows."""
    columns = guess_columns(feed, headings)
    number = next((h for h, name in columns.items() if name == feed.source_key), "")
    if number and _counts_rows(_values(headings, rows, number)):
        del columns[number]
        number = ""
    places = {name: headings.index(heading) for heading, name in columns.items()}
    days = [
        cells[place]
        for name, place in places.items()
        if name != WHOLE_NAME and feed.column(name).type == "date"
        for _, cells in rows
        if place < len(cells)
    ]
    whole = next((h for h, name in columns.items() if name == WHOLE_NAME), "")
    return ColumnMapping(
        headings=headings,
        columns=tuple(columns.items()),
        heading_rows=heading_rows,
        name_order=guess_name_order(_values(headings, rows, whole)) if whole else FAMILY_FIRST,
        date_order=guess_date_order(days, str(feed.date_order)),
        left_out_rows=guess_foot(rows),
        told_by=BY_NUMBER if number or not feed.own_headings else BY_CHILD,
    )


def _values(headings: Sequence[str], rows: Rows, heading: str) -> list[Cell]:
    place = headings.index(heading)
    return [cells[place] for _, cells in rows if place < len(cells) and cells[place] != ""]


def _counts_rows(values: Sequence[Cell]) -> bool:
    """Tell numbers that only count the rows, and change whenever somebody leaves the list."""
    texts = [clean(as_text(value)) for value in values]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 5]
    return len(numbers) > 1 and numbers[0] == 1 and numbers == list(range(1, len(numbers) + 1))


def guess_name_order(values: Iterable[Cell]) -> str:
    """“Jane Smith” or “Smith Jane”: nothing tells where there is no comma and no capitals."""
    texts = [clean(as_text(value)) for value in values]
    return FAMILY_FIRST if any("," in text for text in texts) else GIVEN_FIRST


def guess_date_order(cells: Iterable[Cell], usual: str) -> str:
    """Return the order in which most dates can be read; the usual one where nothing tells."""
    counted: Counter[str] = Counter()
    for cell in cells:
        if isinstance(cell, str) and _SLASHED.search(cell):
            for order in ("day-month-year", "month-day-year"):
                counted[order] += bool(read_date(clean(cell), order).day)
    other = "month-day-year" if usual == "day-month-year" else "day-month-year"
    return other if counted[other] > counted[usual] else usual


def guess_foot(rows: Rows) -> tuple[str, ...]:
    """Return the beginnings of the last rows that are totals, as they are written."""
    found: dict[str, None] = {}
    for _, cells in rows[-10:]:
        first = next((text for cell in cells if (text := clean(as_text(cell)))), "")
        said = first.casefold().strip(" :")
        if said.startswith(_TOTALS):
            found[first.partition(":")[0].strip()] = None
    return tuple(found)


def carried_over(before: ColumnMapping, guess: ColumnMapping) -> ColumnMapping:
    """Return what is guessed of changed headings, with the answers that were given before."""
    known = {key_of(heading) for heading in before.headings}
    columns = dict(before.under(guess.headings).columns)
    for heading, name in guess.columns:
        if key_of(heading) not in known and name not in columns.values():
            columns[heading] = name
    return replace(
        before,
        headings=guess.headings,
        columns=tuple(columns.items()),
        heading_rows=guess.heading_rows,
        left_out_rows=tuple(dict.fromkeys((*before.left_out_rows, *guess.left_out_rows))),
    )


def choices(column: Column) -> dict[str, str]:
    """Return the values that a word may stand for, each with a word that people read."""
    if column.type == "sex":
        return {"F": "Female", "M": "Male", "X": "Another"}
    return {code: words[0] for code, words in column.codes.items()}


_UNKNOWN = (Reason.CODE_UNKNOWN, Reason.CODE_SET_ASIDE)


def unknown_words(column: Column, values: Iterable[Cell], most: int = 40) -> list[str]:
    """Return the words in a column of codes that the feed does not know, each once."""
    if not choices(column):
        return []
    read = reader_of(column, column.heading, source_key=False)
    found: dict[str, str] = {}
    for value in values:
        word = clean(as_text(value))
        told: Told = []
        if not word or word_key(word) in found or read(word, told):
            continue
        if any(each.reason in _UNKNOWN for each in told):
            found[word_key(word)] = word
            if len(found) == most:
                break
    return list(found.values())


def likely_code(column: Column, word: str) -> str:
    """Return the code that a word most likely stands for; nothing where it may be two."""
    wanted = word_key(word)
    likely = {
        code
        for code, words in column.codes.items()
        for known in map(word_key, (code, *words))
        if len(known) > 2
        and (known in wanted or SequenceMatcher(None, wanted, known).ratio() >= _LIKE)
    }
    return likely.pop() if len(likely) == 1 else ""

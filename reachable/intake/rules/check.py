"""Is a row taken? Accepted with its canonical content, or refused with every reason at once.

`check_row` depends on nothing but what it is given: the same row always gives the same content and
the same hash, whatever the day; the day only decides what lies in the future.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from reachable.intake.rules.dates import date_reader
from reachable.intake.rules.headings import Mapping
from reachable.intake.rules.problems import Problem, Reason, problem
from reachable.intake.rules.readers import Reader, Told, date_problem, read_clock, reader_of
from reachable.intake.rules.words import (
    Cell,
    as_text,
    clean,
    heading_key,
    is_no_result,
    is_not_known,
)
from reachable.practice.time import LONDON

if TYPE_CHECKING:
    from reachable.intake.specification import Feed, Happening, Order

Content = dict[str, str]
"""Our name of a column to its canonical value; what is not known is not there."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that is taken. `questions` are for a person to look at, and hold nothing up."""

    content: Content
    source_key: str
    content_hash: str
    questions: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken, with every reason; the hash tells the same bad row sent again."""

    problems: tuple[Problem, ...]
    source_key: str
    content_hash: str
    questions: tuple[Problem, ...] = ()


def check_row(
    feed: Feed, mapping: Mapping, cells: Sequence[Cell], today: date
) -> Checked | Refused:
    """Read one row of a file whose headings were matched by `match_headings`."""
    return _checker(feed, mapping, today).check(cells)


def refuse_unreadable(sentence: str, next: str, cells: Sequence[str]) -> Refused:
    """Refuse a row that could not even be told into cells."""
    told = problem(Reason.UNREADABLE, sentence=sentence, next=next)
    return Refused((told,), "", _hash_cells(cells))


def content_hash(content: Content) -> str:
    """Return the SHA-256 of the canonical JSON of a row's content, in hexadecimal."""
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


_REMEMBERED = 20_000
"""Different cells of one column that are remembered."""


def _hash_cells(cells: Sequence[Cell]) -> str:
    plain = [as_text(cell) for cell in cells]
    return sha256(json.dumps(plain).encode()).hexdigest()


@lru_cache(maxsize=8)
def _checker(feed: Feed, mapping: Mapping, today: date) -> _Checker:
    return _Checker(feed, mapping, today)


@dataclass(frozen=True, slots=True)
class _At:
    """Where a happening stands in this file; a place of -1 is nowhere."""

    happening: Happening
    date_place: int
    time_place: int
    clocks: dict[str, str]
    """Times of day as written to what they are."""


def _read(text: str, read: Reader, remembered: dict[str, str], told: Told) -> str:
    """Clean and read a cell; what gave nothing to say is remembered, as files repeat themselves."""
    before = len(told)
    cleaned = clean(text)
    value = read(cleaned, told) if cleaned else ""
    if len(told) == before and len(remembered) < _REMEMBERED:
        remembered[text] = value
    return value


class _Checker:
    """A feed's rules, made ready for the headings of one file."""

    def __init__(self, feed: Feed, mapping: Mapping, today: date) -> None:
        self.feed = feed
        self.mapping = mapping
        self.today = today.isoformat()
        self.order = str(feed.date_order)
        self.read_date = date_reader(self.order)
        self.width = len(mapping.headings)
        places = dict(mapping.places)
        self.plain = [
            (
                place,
                name,
                reader_of(
                    feed.column(name),
                    mapping.heading_of(name),
                    source_key=name == feed.source_key,
                ),
                dict[str, str](),
            )
            for name, place in mapping.places
            if feed.column(name).type not in ("date", "time")
        ]
        self.at = [
            _At(each, places.get(each.date, -1), places.get(each.time, -1), {})
            for each in feed.happenings
        ]
        of_happenings = {each.date for each in feed.happenings}
        self.dates = [
            (place, name)
            for name, place in mapping.places
            if feed.column(name).type == "date" and name not in of_happenings
        ]
        self.happened = feed.happening(feed.happened).date if feed.happened else ""
        self.orders = [
            (order, feed.happening(order.first), feed.happening(order.then))
            for order in feed.orders
        ]
        headings = [heading_key(heading) for heading in mapping.headings]
        self.joins = [
            (join.table, headings.index(heading_key(join.heading)), heading_key(join.column))
            for join in feed.joins
            if join.needed and heading_key(join.heading) in headings
        ]
        self.headings = headings
        self.required = [column.name for column in feed.columns if column.need == "value"]

    def check(self, cells: Sequence[Cell]) -> Checked | Refused:
        told: Told = []
        content: Content = {}
        row = self._fitted(cells, told)
        for place, name, read, remembered in self.plain:
            cell = row[place]
            if cell == "":
                continue
            text = cell if isinstance(cell, str) else as_text(cell)
            value = remembered.get(text)
            if value is None:
                value = _read(text, read, remembered, told)
            if value:
                content[name] = value
        for at in self.at:
            self._read_happening(at, row, content, told)
        for place, name in self.dates:
            self._read_date(place, name, row, content, told)
        if not self._refers_to_nothing(row, told):
            self._judge(content, told)
        key = content.get(self.feed.source_key, "")
        if not told:
            return Checked(content, key, content_hash(content))
        problems = tuple(each for each in told if not each.question)
        questions = tuple(each for each in told if each.question)
        if problems:
            return Refused(problems, key, _hash_cells(cells), questions)
        return Checked(content, key, content_hash(content), questions)

    def _fitted(self, cells: Sequence[Cell], told: Told) -> Sequence[Cell]:
        """Fill a short row up; programs leave out the empty cells at its end."""
        width = self.width
        if len(cells) == width:
            return cells
        if len(cells) < width:
            return (*cells, *("",) * (width - len(cells)))
        if any(as_text(cell).strip() for cell in cells[width:]):
            told.append(problem(Reason.TOO_MANY_CELLS))
        return cells

    def _read_date(
        self, place: int, name: str, row: Sequence[Cell], content: Content, told: Told
    ) -> str:
        """Put a date into the content; return the time of day that stood behind it."""
        cell = row[place]
        if cell == "" or cell is None:
            return ""
        found = self.read_date(cell)
        if found.day:
            if found.day > self.today and not self.feed.column(name).ahead:
                self._tell(told, Reason.DATE_FUTURE, name, found.day)
            content[name] = found.day
            return found.clock
        if found.reason is None:
            return ""
        text = clean(as_text(cell))
        if is_not_known(text) and not is_no_result(text):
            return ""
        again = self.read_date(text)
        if again.day and text != cell:
            return self._read_date(0, name, (text,), content, told)
        column = self.feed.column(name)
        heading = self.mapping.heading_of(name)
        told.append(date_problem(found, column, heading, text, self.order))
        return ""

    def _read_happening(self, at: _At, row: Sequence[Cell], content: Content, told: Told) -> None:
        happening = at.happening
        behind = ""
        if at.date_place >= 0:
            behind = self._read_date(at.date_place, happening.date, row, content, told)
        clock = self._clock(at, row[at.time_place], told) if at.time_place >= 0 else ""
        clock = clock or behind
        if not clock or not happening.time:
            return
        if happening.date in content:
            content[happening.time] = clock
        elif not any(each.column == happening.date for each in told):
            self._tell(told, Reason.TIME_WITHOUT_DATE, happening.time, clock)

    def _clock(self, at: _At, cell: Cell, told: Told) -> str:
        if cell == "" or cell is None:
            return ""
        if isinstance(cell, str) and cell in at.clocks:
            return at.clocks[cell]
        column = self.feed.column(at.happening.time)
        clock = read_clock(cell, column, self.mapping.heading_of(column.name), told)
        if clock and isinstance(cell, str) and len(at.clocks) < _REMEMBERED:
            at.clocks[cell] = clock
        return clock

    def _refers_to_nothing(self, row: Sequence[Cell], told: Told) -> bool:
        """Tell of the first table in which there is nothing to which the row refers."""
        for table, found, column in self.joins:
            if row[found] == "":
                place = self.headings.index(column) if column in self.headings else found
                heading, value = self.mapping.headings[place], as_text(row[place])
                told.append(problem(Reason.NOT_FOUND, "", value, heading=heading, table=table))
                return True
        return False

    def _judge(self, content: Content, told: Told) -> None:
        """What can only be said of the row as a whole."""
        for name in self.required:
            if name not in content and not any(each.column == name for each in told):
                self._tell(told, Reason.NO_VALUE, name, "")
        for name in self.feed.one_of:
            if name in content:
                break
        else:
            if not any(each.column in self.feed.one_of for each in told):
                told.append(problem(Reason.NO_NAME, self.feed.one_of[0]))
        key = self.feed.source_key
        if key not in content and not any(each.column == key for each in told):
            self._tell(told, Reason.NO_REFERENCE, key, "")
        born = content.get("birth_date")
        happened = content.get(self.happened)
        if born and happened:
            self._judge_age(born, happened, told)
        for order, first, then in self.orders:
            self._judge_order(order, first, then, content, told)

    def _judge_age(self, born: str, happened: str, told: Told) -> None:
        if born > self.today:
            return
        if born > happened:
            self._tell(told, Reason.BORN_AFTER, "birth_date", born, other=happened)
            return
        age = int(happened[:4]) - int(born[:4]) - (happened[5:] < born[5:])
        if age > self.feed.question_over_age:
            self._tell(told, Reason.AGE, "birth_date", born, age=age)

    def _judge_order(
        self, order: Order, first: Happening, then: Happening, content: Content, told: Told
    ) -> None:
        one, two = content.get(first.date), content.get(then.date)
        if not one or not two or one < two:
            return
        clock_one, clock_two = content.get(first.time), content.get(then.time)
        if one == two and (not clock_one or not clock_two or clock_one <= clock_two):
            return
        if one == two and clock_one and clock_two and _can_follow(one, clock_one, clock_two):
            self._tell(told, Reason.CLOCKS_WENT_BACK, then.time, clock_two)
            return
        self._tell(told, Reason.WRONG_ORDER, then.date, two, sentence=order.otherwise)

    def _tell(self, told: Told, reason: Reason, name: str, value: str, **words: object) -> None:
        told.append(problem(reason, name, value, heading=self.mapping.heading_of(name), **words))


def _can_follow(day: str, first: str, then: str) -> bool:
    """Tell whether a later clock that shows less can be right: an hour of autumn comes twice."""
    on = date.fromisoformat(day)
    early = datetime.combine(on, time.fromisoformat(first), LONDON)
    late = datetime.combine(on, time.fromisoformat(then), LONDON).replace(fold=1)
    return late.timestamp() >= early.timestamp()

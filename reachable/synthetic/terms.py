"""The school terms of the invented area, entered as its supervisor would, before clocks run.

They are ours, near what councils set: three terms a school year, with a week off in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from reachable.foundation.time import now
from reachable.moments import school_terms
from reachable.moments.school_terms import CLOSED, TERM
from reachable.practice.time import LONDON
from reachable.synthetic.arrival import actors
from reachable.synthetic.partnership import Partnership

AHEAD = timedelta(days=240)
_WEEK = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class TermDates:
    """A term, with the days of the week in it on which the schools are closed."""

    name: str
    first: date
    last: date
    closed_first: date
    closed_last: date


def school_year(year: int) -> Iterator[TermDates]:
    """Yield the three terms of the school year that begins in September of a year."""
    yield _term(f"Autumn term {year}", date(year, 9, 3), date(year, 12, 19), date(year, 10, 27))
    after = year + 1
    yield _term(f"Spring term {after}", date(after, 1, 5), date(after, 4, 1), date(after, 2, 16))
    yield _term(f"Summer term {after}", date(after, 4, 15), date(after, 7, 21), date(after, 5, 28))


def _term(name: str, first: date, last: date, off: date) -> TermDates:
    """Terms begin and end on a working day; off is the week in which a day lies."""
    while first.weekday() > 4:
        first += timedelta(days=1)
    while last.weekday() > 4:
        last -= timedelta(days=1)
    monday = off - timedelta(days=off.weekday())
    return TermDates(name, first, last, monday, monday + _WEEK)


def between(first: date, last: date) -> list[TermDates]:
    """Return the terms of every school year that has a day from the first to the last."""
    begins = first.year if first.month >= 9 else first.year - 1
    years = range(begins, last.year + 1)
    return [term for year in years for term in school_year(year) if term.first <= last]


def enter_terms(made: Partnership) -> int:
    """Enter what is not entered yet, from the year's first day to months ahead of today."""
    by = actors(made)[made.rota.supervisor]
    stands = {each.name for each in school_terms.calendar(by=by).terms}
    wanted = between(made.starts, now().astimezone(LONDON).date() + AHEAD)
    fresh = [term for term in wanted if term.name not in stands]
    for term in fresh:
        school_terms.enter(by=by, kind=TERM, name=term.name, first=term.first, last=term.last)
        school_terms.enter(
            by=by,
            kind=CLOSED,
            name=f"Week off in the {term.name[:1].lower()}{term.name[1:]}",
            first=term.closed_first,
            last=term.closed_last,
        )
    return len(fresh)

"""On which day somebody turns 16, 17, 17½ or 18, by kind of event."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

AGES = {
    "turned_16": (16, 0),
    "turned_17": (17, 0),
    "turned_17_and_a_half": (17, 6),
    "turned_18": (18, 0),
}
"""Kind of event → years and months."""
_SLACK = timedelta(days=4)


def turns(born: date, kind: str) -> date:
    """Return the day on which somebody is that old.

    Born on 29 February, one is a year older on 1 March in a year without one. Half a year later
    is the same day six months on, or the last of the month where it has no such day.
    """
    years, months = AGES[kind]
    year = born.year + years
    if months:
        return _months_after(year, born.month, born.day, months)
    if (born.month, born.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return date(year, born.month, born.day)


def born_between(kind: str, first: date, last: date) -> tuple[date, date]:
    """Return between which days everybody was born who is that old from one day to another.

    Some who were born at its ends are that old a few days before or after: ask `turns` of each.
    """
    years, months = AGES[kind]
    earliest, latest = (
        _months_after(day.year - years, day.month, day.day, -months) for day in (first, last)
    )
    return earliest - _SLACK, latest + _SLACK


def _months_after(year: int, month: int, day: int, months: int) -> date:
    at = year * 12 + month - 1 + months
    year, month = at // 12, at % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))

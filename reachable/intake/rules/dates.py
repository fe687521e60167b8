"""Dates and times of day as people and systems write them, read without guessing.

A date in ISO form is read anywhere. Three numbers are read in the order that the feed declares;
where it declares none, a date that can be read in two ways is not read at all. Midnight behind a
date is how databases print a date, so it is no time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from reachable.intake.rules.problems import Reason
from reachable.intake.rules.words import Cell
from reachable.practice.time import LONDON

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_EIGHT = re.compile(r"(\d{4})(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})[-/., ]*(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4})")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ]+")
_TIME_BEHIND = re.compile(
    r"(.*?\d)(?:t|[, ]+(?:at )?)(\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)? *(?:[ap]m)?)"
    r" *(z|[+-]\d{2}:?\d{2})?"
)
_SERIAL = re.compile(r"\d{4,6}(?:\.\d+)?")
_TIME = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)? *([ap])?\.?m?\.? *(?:hrs?|hours)?"
)
_FOUR = re.compile(r"(\d{1,2})(\d{2}) *(?:hrs?|hours|h)?")
_HOUR = re.compile(r"(\d{1,2}) *([ap])\.?m\.?")

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
YEAR_FIRST = "year-month-day"
"""An order in which no feed declares its dates; somebody may say it of the column of one file."""
PLACEHOLDERS = frozenset(
    (
        date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1),
        date(1900, 1, 2), date(1901, 1, 1), date(1911, 11, 11), date(9999, 12, 31),
    )
)  # fmt: skip
"""Dates that systems put where nothing is known."""
_EXCEL_BEGINS = date(1899, 12, 30)
_EARLIEST, _LATEST = 1900, 2100
_CENTURY_TURNS = 50
"""Two figures of a year from here on are of the 1900s. Fixed: a row never changes its meaning."""


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as read: `day` in ISO form, or empty with a reason, or empty for not known.

    `clock` is a time of day that stood behind it. `readings` are what an unread date can be.
    """

    day: str = ""
    clock: str = ""
    reason: Reason | None = None
    readings: tuple[date, ...] = ()


_NOT_KNOWN = ReadDate()
_NO_DATE = ReadDate(reason=Reason.DATE_UNREADABLE)


def date_reader(order: str) -> Callable[[Cell], ReadDate]:
    """Return what reads the dates of a feed; texts are remembered, as files repeat them."""
    remembered: dict[str, ReadDate] = {}

    def read(cell: Cell) -> ReadDate:
        if isinstance(cell, str):
            found = remembered.get(cell)
            if found is None:
                if len(remembered) > 100_000:
                    remembered.clear()
                found = remembered[cell] = read_date(cell, order)
            return found
        return _from_cell(cell)

    return read


def _from_cell(cell: Cell) -> ReadDate:
    """Read a cell that a workbook says is a date, or a number."""
    if isinstance(cell, datetime):
        clock = "" if cell.time() == time() else cell.strftime("%H:%M")
        return _settled(cell.date(), clock)
    if isinstance(cell, date):
        return _settled(cell, "")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(float(cell))
    return _NO_DATE


def _from_number(number: float) -> ReadDate:
    if 10_000 <= number < 100_000:
        meant = _EXCEL_BEGINS + timedelta(days=int(number))
        return ReadDate(reason=Reason.DATE_NUMBER, readings=(meant,))
    if number.is_integer() and _EARLIEST * 10_000 < number < _LATEST * 10_000:
        return read_date(str(int(number)), "")
    return _NO_DATE


def read_date(text: str, order: str) -> ReadDate:
    """Read a date that is written in any usual way; see the head of this module."""
    said = text.casefold().strip()
    weekday = _WEEKDAY.match(said)
    if weekday and any(each.isdigit() for each in said):
        said = said[weekday.end() :]
    behind = _TIME_BEHIND.fullmatch(said)
    clock, offset = "", ""
    if behind:
        said, clock, offset = behind[1], read_time(behind[2]), behind[3] or ""
        if not clock:
            return _NO_DATE
    found = _read_day(said, order)
    if not found.readings or found.reason is not None:
        return found
    day = found.readings[0]
    if offset and day not in PLACEHOLDERS:
        return _at_offset(day, clock, offset)
    return _settled(day, "" if clock == "00:00" else clock)


def _at_offset(day: date, clock: str, offset: str) -> ReadDate:
    """An instant with an offset from UTC: what clocks in London showed then."""
    signed = "+00:00" if offset == "z" else offset
    try:
        instant = datetime.fromisoformat(f"{day.isoformat()}T{clock}:00{signed}")
        local = instant.astimezone(LONDON)
    except (ValueError, OverflowError):
        return _NO_DATE
    return _settled(local.date(), local.strftime("%H:%M"))


def _settled(day: date, clock: str) -> ReadDate:
    if day in PLACEHOLDERS:
        return _NOT_KNOWN
    if not _EARLIEST <= day.year <= _LATEST:
        return ReadDate(reason=Reason.DATE_YEAR, readings=(day,))
    return ReadDate(day.isoformat(), clock)


def _read_day(said: str, order: str) -> ReadDate:
    """Return the one reading of a date, or the reason why there is none."""
    if match := _NUMBERS.fullmatch(said):
        if order == YEAR_FIRST:
            return _one(_day(_year(match[1]), int(match[3]), int(match[4])))
        return _three_numbers(int(match[1]), int(match[3]), _year(match[4]), order)
    if match := _ISO.fullmatch(said):
        return _one(_day(int(match[1]), int(match[3]), int(match[4])))
    if match := _EIGHT.fullmatch(said):
        return _eight_figures(said, order)
    if match := _DAY_FIRST.fullmatch(said):
        return _one(_day(_year(match[3]), _MONTHS.get(match[2], 0), int(match[1])))
    if match := _MONTH_FIRST.fullmatch(said):
        return _one(_day(int(match[3]), _MONTHS.get(match[1], 0), int(match[2])))
    if _SERIAL.fullmatch(said):
        return _from_number(float(said))
    return _NO_DATE


def _three_numbers(one: int, two: int, year: int, order: str) -> ReadDate:
    day_first, month_first = _day(year, two, one), _day(year, one, two)
    if day_first is None and month_first is None:
        return _NO_DATE
    if order == "day-month-year":
        wanted, other = day_first, month_first
    elif order == "month-day-year":
        wanted, other = month_first, day_first
    elif day_first and month_first and day_first != month_first:
        return ReadDate(reason=Reason.DATE_AMBIGUOUS, readings=(day_first, month_first))
    else:
        wanted, other = day_first or month_first, None
    if wanted is None and other is not None:
        return ReadDate(reason=Reason.DATE_ORDER, readings=(other,))
    return _one(wanted)


def _eight_figures(said: str, order: str) -> ReadDate:
    """Eight figures: a plausible year stands either at the start or at the end, never at both."""
    if _EARLIEST <= int(said[:4]) <= _LATEST:
        day = _day(int(said[:4]), int(said[4:6]), int(said[6:]))
        if day is not None:
            return _one(day)
    if not _EARLIEST <= int(said[4:]) <= _LATEST:
        return _NO_DATE
    return _three_numbers(int(said[:2]), int(said[2:4]), int(said[4:]), order)


def _one(day: date | None) -> ReadDate:
    return _NO_DATE if day is None else ReadDate(readings=(day,))


def _year(figures: str) -> int:
    year = int(figures)
    if len(figures) > 2:
        return year
    return year + (1900 if year >= _CENTURY_TURNS else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(cell: Cell) -> str:
    """Return a time of day as "HH:MM", or nothing where it is none; seconds are left out."""
    if isinstance(cell, str):
        return _time_in_words(cell.casefold().strip())
    if isinstance(cell, datetime | time):
        return cell.strftime("%H:%M")
    if isinstance(cell, timedelta):
        return _clock(*divmod(int(cell.total_seconds()) // 60, 60))
    if isinstance(cell, float) and 0 <= cell < 1:
        return _clock(*divmod(round(cell * 24 * 60) % (24 * 60), 60))
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1:
        return _time_in_words(f"{int(cell):04d}") if 0 <= cell < 2400 else ""
    return ""


def _time_in_words(said: str) -> str:
    if match := _TIME.fullmatch(said):
        return _twelve(int(match[1]), int(match[2]), match[4], int(match[3] or 0))
    if match := _FOUR.fullmatch(said):
        return _clock(int(match[1]), int(match[2]))
    if match := _HOUR.fullmatch(said):
        return _twelve(int(match[1]), 0, match[2], 0)
    return ""


def _twelve(hour: int, minute: int, half: str | None, second: int) -> str:
    """Turn an hour with "am" or "pm" into one of 24."""
    if second > 59:
        return ""
    if half:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if half == "p" else 0)
    return _clock(hour, minute)


def _clock(hour: int, minute: int) -> str:
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < 24 and 0 <= minute < 60 else ""

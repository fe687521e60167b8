"""Clocks: when something is due, how much time is left, and whether it was missed.

An hour is 3,600 seconds, also when the clocks change. A working day is Monday to Friday without the
bank holidays of England and Wales. A school day is a working day within the terms that a
partnership keeps. Where a calendar ends, a clock goes on by the wider one, says so, and never gives
more time by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from reachable.practice.errors import PracticeError
from reachable.practice.time import LONDON, When, say_day, say_when

_MINUTE = timedelta(minutes=1)


class Unit(StrEnum):
    """What a clock counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    SCHOOL_DAYS = "school_days"


IN_DAYS = frozenset({Unit.WORKING_DAYS, Unit.SCHOOL_DAYS})
"""What counts days, and runs to the end of the last of them."""


class CalendarEnds(PracticeError):
    """A date lies outside the years for which bank holidays are known."""


class Start(StrEnum):
    """What a clock counts from: the child's clock runs from what happened, ours from being told."""

    OCCURRED = "occurred"
    RECEIVED = "received"


@dataclass(frozen=True)
class Calendar:
    """Working days between two dates, both included."""

    name: str
    first: date
    last: date
    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Say whether people are at work; `CalendarEnds` where that is not known."""
        if not self.first <= day <= self.last:
            raise CalendarEnds(
                f"{self.name} are known from {say_day(self.first)} to {say_day(self.last)}, so a "
                f"clock in working days cannot be counted on {say_day(day)}. Install a newer "
                "version of Reachable, which brings newer bank holidays."
            )
        return day.weekday() < 5 and day not in self.holidays


@dataclass(frozen=True)
class Dates:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class TermCalendar:
    """School terms, and the days within them on which the schools are closed to children."""

    terms: tuple[Dates, ...] = ()
    closed: tuple[Dates, ...] = ()

    @property
    def first(self) -> date | None:
        return min((term.first for term in self.terms), default=None)

    @property
    def last(self) -> date | None:
        return max((term.last for term in self.terms), default=None)

    def knows(self, day: date) -> bool:
        """Say whether the day lies between the first day of all terms and the last."""
        return bool(self.first and self.last and self.first <= day <= self.last)

    def is_in_term(self, day: date) -> bool:
        """Say whether children come to school, where it is a working day that `knows`."""
        held = any(day in term for term in self.terms)
        return held and not any(day in closed for closed in self.closed)


NO_TERMS = TermCalendar()


@dataclass(frozen=True)
class Due:
    """When something has to be done by. `by_day` is set when the day counts, not the hour."""

    instant: datetime
    by_day: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Span:
    """How long, in what unit and from when."""

    amount: int
    unit: Unit
    start: Start

    def due(
        self,
        *,
        occurred: When,
        received: datetime,
        calendar: Calendar | None = None,
        terms: TermCalendar = NO_TERMS,
    ) -> Due:
        """Return when it runs out for what happened then and was received then."""
        start = occurred if self.start is Start.OCCURRED else When.at(received)
        return due_after(start, self.amount, self.unit, calendar, terms)

    @property
    def at_most(self) -> timedelta:
        """How long it is, where every day counts: what a share of it is taken from."""
        if self.unit in IN_DAYS:
            return timedelta(days=self.amount)
        return _length(self.amount, self.unit)

    def __str__(self) -> str:
        start = "it happened" if self.start is Start.OCCURRED else "we were told"
        return f"{say_length(self.amount, self.unit)} from when {start}"


@cache
def england_and_wales() -> Calendar:
    """Return the working days of England and Wales, from the dates in the installed package."""
    # Importing it loads an HTTP client that is never used here, so only those who count pay.
    from govuk_bank_holidays.bank_holidays import BankHolidays

    source = BankHolidays(use_cached_holidays=True)
    days = [day["date"] for day in source.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)]
    # A year is whole once its last holidays are listed; a year begun is not relied upon.
    whole_years = [day.year for day in days if day.month == 12]
    return Calendar(
        name="Bank holidays of England and Wales",
        first=date(min(whole_years), 1, 1),
        last=date(max(whole_years), 12, 31),
        holidays=frozenset(days),
    )


def due_after(
    start: When,
    amount: int,
    unit: Unit,
    calendar: Calendar | None = None,
    terms: TermCalendar = NO_TERMS,
) -> Due:
    """Return when a clock of that length runs out; wherever a calendar ends, the note says so.

    A clock in days runs to the last minute of its day in London. A clock in hours whose start is
    known only by its day counts from the first instant of that day, so that it never gives more
    time than there is; the note says so.
    """
    if unit in IN_DAYS:
        return _due_after_days(start.day, amount, unit, calendar or england_and_wales(), terms)
    note = "" if start.instant else "the time is not known, so the clock runs from the day’s start"
    return Due(start.earliest.astimezone(UTC) + _length(amount, unit), note=note)


def _length(amount: int, unit: Unit) -> timedelta:
    return timedelta(hours=amount) if unit is Unit.HOURS else timedelta(minutes=amount)


def _due_after_days(
    day: date, amount: int, unit: Unit, calendar: Calendar, terms: TermCalendar
) -> Due:
    if amount < 1:
        raise ValueError("a clock in days counts at least one")
    notes: dict[str, None] = {}
    while amount:
        day += timedelta(days=1)
        amount -= _counts(day, unit, calendar, terms, notes)
    end = datetime.combine(day, time(23, 59), LONDON).astimezone(UTC)
    return Due(end, by_day=day, note="; ".join(notes))


def _counts(
    day: date, unit: Unit, calendar: Calendar, terms: TermCalendar, notes: dict[str, None]
) -> bool:
    """Say whether a clock counts a day; in `notes`, which calendar did not reach so far."""
    counts = day.weekday() < 5
    if counts and calendar.first <= day <= calendar.last:
        counts = day not in calendar.holidays
    elif counts:
        notes["bank holidays are not known then, so every Monday to Friday counts"] = None
    if not counts or unit is Unit.WORKING_DAYS:
        return counts
    if terms.knows(day):
        return terms.is_in_term(day)
    notes[_why_not_in_terms(day, terms)] = None
    return True


def _why_not_in_terms(day: date, terms: TermCalendar) -> str:
    if terms.last is None or terms.first is None:
        return "no school terms are entered, so working days count"
    if day > terms.last:
        return f"the school terms entered end on {say_day(terms.last)}; working days count after"
    return f"the school terms entered begin on {say_day(terms.first)}; working days count before"


def say_due(due: Due) -> str:
    """Return "by Tuesday 3 March 2026, 14:05", or "by the end of" a day."""
    said = f"by {say_when(When.at(due.instant))}"
    if due.by_day:
        said = f"by the end of {say_day(due.by_day)}"
    return f"{said} ({due.note})" if due.note else said


def is_missed(now: datetime, due: datetime) -> bool:
    """Say whether the time has passed; the due instant itself is still in time."""
    return now > due


def time_left(now: datetime, due: datetime) -> str:
    """Return "2 hours 10 minutes left", "due now" or "missed by 3 days 4 hours"."""
    if now == due:
        return "due now"
    return f"missed by {how_long(now - due)}" if now > due else f"{how_long(due - now)} left"


def how_long(length: timedelta) -> str:
    """Return a length in its two largest units, rounded down; a day is 24 hours."""
    minutes = abs(length) // _MINUTE
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        parts = (days, "day"), (hours, "hour")
    else:
        parts = (hours, "hour"), (minutes, "minute")
    said = " ".join(_count(number, word) for number, word in parts if number)
    return said or "less than a minute"


def say_length(amount: int, unit: Unit) -> str:
    """Return "72 clock hours" or "1 working day"."""
    words = {
        Unit.MINUTES: "minute",
        Unit.HOURS: "clock hour",
        Unit.WORKING_DAYS: "working day",
        Unit.SCHOOL_DAYS: "school day",
    }
    return _count(amount, words[unit])


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

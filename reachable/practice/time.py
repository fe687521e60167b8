"""When something happened, with how exactly that is known.

Records say "Sunday at 01:30", or only "Sunday". Both are kept as they are: a date never becomes
midnight, and a local time that is ambiguous or does not exist is read in one way and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Precision(StrEnum):
    """How exactly a time is known."""

    MINUTE = "minute"
    DAY = "day"
    APPROXIMATE = "approximate"


@dataclass(frozen=True, slots=True)
class When:
    """A time with its precision.

    `instant` is UTC, always there at MINUTE, never at DAY, and at APPROXIMATE where somebody said
    "about ten at night". `day` is the date in London. `note` says how a doubtful time was read.
    """

    instant: datetime | None
    day: date
    precision: Precision
    note: str = ""

    def __post_init__(self) -> None:
        if self.instant is None:
            if self.precision is Precision.MINUTE:
                raise ValueError("a time known to the minute needs its instant")
            return
        if self.precision is Precision.DAY:
            raise ValueError("a time known only by its day has no instant")
        if self.instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        if self.instant.astimezone(LONDON).date() != self.day:
            raise ValueError("the day is the date in London at that instant")

    @classmethod
    def at(cls, instant: datetime, precision: Precision = Precision.MINUTE, note: str = "") -> When:
        """Return the time of an aware instant."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return cls(instant.astimezone(UTC), instant.astimezone(LONDON).date(), precision, note)

    @classmethod
    def on(cls, day: date, precision: Precision = Precision.DAY, note: str = "") -> When:
        """Return a time of which only the day is known."""
        return cls(None, day, precision, note)

    @property
    def earliest(self) -> datetime:
        """The first instant it can have been, in UTC: what a clock counts from."""
        return self.instant if self.instant is not None else start_of_day(self.day)

    @property
    def latest(self) -> datetime:
        """The last instant it can have been, in UTC."""
        if self.instant is not None:
            return self.instant
        return start_of_day(self.day + timedelta(days=1)) - timedelta(microseconds=1)


@lru_cache(maxsize=10_000)
def start_of_day(day: date) -> datetime:
    """Return, in UTC, the instant at which a day begins in London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def read_local(day: date, clock_time: time | None) -> When:
    """Read a date and a time of day as written in London.

    Without a time the day is all that is known. In the hour that comes twice in autumn the earlier
    reading is taken; in the hour that is missing in spring, the time an hour later. The note says
    which.
    """
    if clock_time is None:
        return When.on(day)
    if clock_time.tzinfo is not None:
        raise ValueError("a local time comes without a time zone")
    wall = datetime.combine(day, clock_time.replace(fold=0))
    instant = wall.replace(tzinfo=LONDON).astimezone(UTC)
    read = instant.astimezone(LONDON)
    if read.replace(tzinfo=None) != wall:
        note = f"the clocks went forward and {wall:%H:%M} did not exist; {read:%H:%M} was taken"
        return When(instant, read.date(), Precision.MINUTE, note)
    note = "the clocks went back; the earlier reading was taken" if _comes_twice(read) else ""
    return When(instant, day, Precision.MINUTE, note)


def say_day(day: date) -> str:
    """Return "Sunday 25 October 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def say_when(when: When) -> str:
    """Return the time in words, with how it was read where that is in doubt."""
    about = "about " if when.precision is Precision.APPROXIMATE else ""
    if when.instant is None:
        said = f"{about}{say_day(when.day)}" if about else f"{say_day(when.day)}, time not known"
        return f"{said} ({when.note})" if when.note else said
    local = when.instant.astimezone(LONDON)
    note = when.note
    if not note and _comes_twice(local):
        note = "after the clocks went back" if local.fold else "before the clocks went back"
    said = f"{say_day(when.day)}, {about}{local:%H:%M}"
    return f"{said} ({note})" if note else said


def _comes_twice(local: datetime) -> bool:
    """An hour comes twice when the other fold is another instant that reads the same."""
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() == local.utcoffset():
        return False
    return other.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == local.replace(
        tzinfo=None
    )

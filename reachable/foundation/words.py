"""How pages say times, counts and identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from reachable.foundation.time import now, today
from reachable.practice.clocks import Due, how_long, is_missed, say_due, time_left
from reachable.practice.time import LONDON, Precision, When, say_when

SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Clock:
    """A clock as a page shows it: the words carry it, the state only chooses a shape and colour."""

    state: str
    words: str
    due: Due


def clock(due: datetime | Due, ended: datetime | None = None) -> Clock:
    """Say how much time is left, or how it ended: running, soon, missed, met or late."""
    due = due if isinstance(due, Due) else Due(due)
    if ended is not None:
        if is_missed(ended, due.instant):
            return Clock("late", f"done {how_long(ended - due.instant)} late", due)
        return Clock("met", "done in time", due)
    instant = now()
    if is_missed(instant, due.instant):
        return Clock("missed", time_left(instant, due.instant), due)
    state = "soon" if due.instant - instant <= SOON else "running"
    return Clock(state, time_left(instant, due.instant), due)


def when(value: When | datetime) -> str:
    """Return "Sunday 25 October 2026, 01:30", with how it was read where that is in doubt."""
    return say_when(value if isinstance(value, When) else When.at(value))


def short_when(value: When | datetime) -> str:
    """Return "today 14:05", "yesterday", "Sun 25 Oct 01:30" or, in another year, with the year."""
    value = value if isinstance(value, When) else When.at(value)
    about = "about " if value.precision is Precision.APPROXIMATE else ""
    said = _short_day(value.day)
    if value.instant is None:
        return f"{about}{said}"
    return f"{said} {about}{value.instant.astimezone(LONDON):%H:%M}"


def _short_day(value: date) -> str:
    here = today()
    if value == here:
        return "today"
    if value == here - timedelta(days=1):
        return "yesterday"
    if value == here + timedelta(days=1):
        return "tomorrow"
    year = "" if value.year == here.year else f" {value.year}"
    return f"{value:%a} {value.day} {value:%b}{year}"


def iso(value: When | datetime | date) -> str:
    """Return what a `<time>` element's `datetime` attribute takes."""
    if isinstance(value, When):
        return iso(value.instant) if value.instant else value.day.isoformat()
    if isinstance(value, datetime):
        return value.astimezone(LONDON).isoformat(timespec="minutes")
    return value.isoformat()


def day(value: date | None) -> str:
    """Return "3 March 2011", or that it is not known."""
    return f"{value.day} {value:%B %Y}" if value else "not known"


def same_day(one: datetime, other: datetime) -> bool:
    """Say whether two instants fall on one date in London."""
    return one.astimezone(LONDON).date() == other.astimezone(LONDON).date()


def due(value: datetime | Due) -> str:
    """Return "by Tuesday 3 March 2026, 14:05", or "by the end of" a day."""
    return say_due(value if isinstance(value, Due) else Due(value))


def left(value: datetime | Due) -> str:
    """Return "2 hours 10 minutes left", or by how long it was missed."""
    return time_left(now(), value.instant if isinstance(value, Due) else value)


def plural(count: int, one: str, many: str) -> str:
    """Return "1 child" or "1,204 children"; the field's words are not always made with an s."""
    return f"{count:,} {one if count == 1 else many}"


def short_id(value: UUID | str) -> str:
    """Return the last eight signs: the first are the time, and alike for all made together."""
    return str(value).replace("-", "")[-8:]


def number(value: int) -> str:
    return f"{value:,}"


def plain(value: str) -> str:
    """Return a name from code as words: "intake_worker" as "intake worker"."""
    return value.replace("_", " ")


def readable_name(name: str) -> str:
    """Return a name that was sent in capitals as names are written; the record keeps it as sent.

    Lists write the family name alone in capitals, "Jane SMITH-JONES"; two or three may be initials.
    """
    if name.isupper():
        return name.title()
    return " ".join(
        word.title() if len(word) > 3 and word.isupper() else word for word in name.split(" ")
    )

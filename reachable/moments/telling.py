"""Who has a moment, as far as the sender of a signal may know: pure, from what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from reachable.moments.rules import TAKING, Done
from reachable.practice.clocks import Calendar, CalendarEnds
from reachable.practice.time import LONDON

MORNING = time(9)
LEAVING = frozenset({"passed_on", "handed_over", "to_team"})


@dataclass(frozen=True)
class Change:
    """Somebody took a moment, or, where `who` is None, it left whoever had it."""

    at: datetime
    who: UUID | None


Links = Sequence[tuple[UUID, datetime]]
"""Moments that became one after the other, in order: in each since when."""


@dataclass(frozen=True)
class Came:
    """A signal in the moment it opened or joined and in all that this was joined into since, each
    with the instant from which the signal stood there, and whether a correction has ended it."""

    links: Links
    ended: bool = False

    @property
    def began(self) -> datetime:
        return self.links[0][1]


def came(began: datetime, own: UUID, joins: Links, *, ended: bool) -> Came:
    """Return where a signal stood that came into a moment after this, or before, was joined."""
    return Came(((own, began), *((moment, max(began, at)) for moment, at in joins)), ended)


def place(own: UUID, joins: Links, at: datetime) -> UUID:
    """Return in which moment something took place: where its own stood at that instant."""
    return next((moment for moment, since in reversed(joins) if since <= at), own)


def hears(came: Came, moment: UUID, about_at: datetime) -> bool:
    """Say whether a sender is told of a conversation that began then in that moment.

    What began before the signal came would tell that the child was known; what began in another
    moment before the two became one is not theirs; and a signal that was taken out of the moment,
    or turned out to be another child's, hears nothing more of this one.
    """
    since = dict(came.links).get(moment)
    return not came.ended and since is not None and since <= about_at


def changes(acts: Iterable[Done]) -> list[Change]:
    """Return in whose hands a moment was after which act.

    Whoever is asked again because more happened still has it, until they give no answer.
    """
    return [
        Change(done.at, done.by if done.kind in TAKING else None)
        for done in acts
        if done.kind in TAKING or done.kind in LEAVING
    ]


def has_it(found: Sequence[Change], *, now: datetime, calendar: Calendar) -> Change | None:
    """Return who has it, as its sender is told; None while nobody has taken it yet.

    Whoever takes it first is told at once. Any change after that is told from the next working
    morning, whatever caused it: its hour would tell that more had happened to the child. `who` is
    None where it was with nobody on that morning.
    """
    first = next((each for each in found if each.who is not None), None)
    if first is None:
        return None
    until = max(first.at, last_morning(now, calendar))
    told = [each for each in found if first.at <= each.at <= until]
    return told[-1]


def last_morning(now: datetime, calendar: Calendar) -> datetime:
    """Return the latest nine o'clock in the morning of a working day that is not to come."""
    day = now.astimezone(LONDON).date()
    while True:
        morning = datetime.combine(day, MORNING, LONDON)
        if morning <= now and _is_working(day, calendar):
            return morning
        day -= timedelta(days=1)


def _is_working(day: date, calendar: Calendar) -> bool:
    try:
        return calendar.is_working_day(day)
    except CalendarEnds:
        return day.weekday() < 5

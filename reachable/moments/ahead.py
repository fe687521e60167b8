"""How much falls due when, beside who is on duty: counted without the database or the clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar
from uuid import UUID

from reachable.practice.time import LONDON, start_of_day

HOURS = 24
ON_THE_WALL = 8
DAYS = 7
Shift = tuple[UUID, datetime, datetime]


@dataclass(frozen=True)
class Slot:
    """A stretch of time: how much is due in it, and how many people are on duty.

    `on_duty` is the fewest at the beginning of any of its hours; `most_on_duty` the most.
    """

    starts: datetime
    ends: datetime
    due: int
    on_duty: int
    most_on_duty: int


class Due(Protocol):
    """Something with a time by which it is due."""

    @property
    def due_at(self) -> datetime: ...


D = TypeVar("D", bound=Due)


def on_the_wall(running: Sequence[D], at: datetime) -> list[D]:
    """Return what fits on a wall, of what is ordered by its time.

    What has run out takes half of it at most where something can still be met: old misses would
    hide what can be done now. Of what has run out, the newest stand there.
    """
    late = [each for each in running if each.due_at < at]
    ahead = running[len(late) :]
    room = max(ON_THE_WALL // 2, ON_THE_WALL - len(ahead))
    shown = late[-room:]
    return [*shown, *ahead[: ON_THE_WALL - len(shown)]]


def by_hour(due: Iterable[datetime], shifts: Sequence[Shift], at: datetime) -> list[Slot]:
    """Return the next hours, the first being the one that runs at `at`.

    An hour is 3,600 seconds, also when the clocks change.
    """
    first = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    bounds = [first + timedelta(hours=hour) for hour in range(HOURS + 1)]
    return _slots(bounds, due, shifts, at)


def by_day(due: Iterable[datetime], shifts: Sequence[Shift], at: datetime) -> list[Slot]:
    """Return the next days as they are in London, from today on."""
    today = at.astimezone(LONDON).date()
    bounds = [start_of_day(today + timedelta(days=day)).astimezone(UTC) for day in range(DAYS + 1)]
    return _slots(bounds, due, shifts, at)


def last_day_ends(today: date) -> datetime:
    """Return until when the days ahead go."""
    return start_of_day(today + timedelta(days=DAYS))


def _slots(
    bounds: Sequence[datetime], due: Iterable[datetime], shifts: Sequence[Shift], at: datetime
) -> list[Slot]:
    ahead = [each for each in due if each >= at]
    slots = []
    for starts, ends in pairwise(bounds):
        staffed = [_on_duty(shifts, hour) for hour in _hours(max(starts, at.astimezone(UTC)), ends)]
        count = sum(starts <= each < ends for each in ahead)
        slots.append(Slot(starts, ends, count, min(staffed), max(staffed)))
    return slots


def _hours(first: datetime, last: datetime) -> list[datetime]:
    found = [first]
    while (following := found[-1] + timedelta(hours=1)) < last:
        found.append(following)
    return found


def _on_duty(shifts: Sequence[Shift], at: datetime) -> int:
    """Who answers for two teams at once is one person."""
    return len({who for who, begins, ends in shifts if begins <= at < ends})

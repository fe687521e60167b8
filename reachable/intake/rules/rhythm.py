"""How often a feed comes, when it is due, and by how much it is late: in days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median, median_high

LEARNT_FROM = 12
"""The last gaps that count."""
AT_LEAST = 3
"""Gaps from which something can be learnt."""

IsWorkingDay = Callable[[date], bool]


def usual_gap(days: Sequence[date]) -> int | None:
    """Return how many days lie between two files, usually; None where too few came.

    Files of one day are one: a corrected file that is sent an hour later says nothing of how often.
    """
    each = sorted(set(days))[-LEARNT_FROM - 1 :]
    gaps = [(later - earlier).days for earlier, later in pairwise(each)]
    return median_high(gaps) if len(gaps) >= AT_LEAST else None


def usual_rows(rows: Sequence[int]) -> int | None:
    """Return how many rows a file has, usually."""
    return round(median(rows)) if rows else None


@dataclass(frozen=True)
class Due:
    """The last day on which a file is in time, and by how many days it is late now."""

    day: date
    late_days: int

    @property
    def late_since(self) -> date:
        return self.day + timedelta(days=1)


def due(last: date, every: int, today: date, is_working_day: IsWorkingDay) -> Due:
    """Say when the next file is due after one that came on `last`.

    A week has a day of grace, a month four: months are not of one length. What falls on a day on
    which nobody works is due on the next on which somebody does.
    """
    day = last + timedelta(days=every + every // 7)
    while not is_working_day(day):
        day += timedelta(days=1)
    return Due(day, max((today - day).days, 0))

"""When a partnership is at work, and what it calls many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from reachable.practice.time import LONDON

LONGEST = 92
"""Days that may be watched at once."""


@dataclass(frozen=True)
class WatchRules:
    """What the partnership set: its hours in London, and from where something counts as a fact."""

    opens: time = time(8)
    closes: time = time(18)
    weekends: bool = False
    many_records: int = 20
    days_after: int = 7
    staff_names: bool = False

    @property
    def in_words(self) -> str:
        """Say the hours as people do."""
        days = "every day" if self.weekends else "Monday to Friday"
        return f"{days}, {self.opens:%H:%M} to {self.closes:%H:%M}"


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield each day from the first to the last."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def hours_between(rules: WatchRules, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return, in UTC, from when until when the partnership is at work on these days in London.

    Days of which one begins as the other ends are one span.
    """
    spans: list[tuple[datetime, datetime]] = []
    for day in days_of(first, last):
        if day.weekday() > 4 and not rules.weekends:
            continue
        begins, ends = (
            datetime.combine(day, at, LONDON).astimezone(UTC) for at in (rules.opens, rules.closes)
        )
        if spans and spans[-1][1] == begins:
            spans[-1] = (spans[-1][0], ends)
        else:
            spans.append((begins, ends))
    return spans

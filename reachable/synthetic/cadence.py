"""When an agency's files are cut off and sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from reachable.practice.time import LONDON
from reachable.synthetic.formats import DAY, HALF_WEEK, MONTH, WEEK, Export, exports

# Days of the week on which a file is cut off, at midnight: Monday is 0.
_CUT_OFF_ON = {DAY: frozenset(range(7)), HALF_WEEK: frozenset({0, 3}), WEEK: frozenset({0})}
# How many exports a late row misses at most, and a correction takes at most.
LATEST = {DAY: 4, HALF_WEEK: 2, WEEK: 1, MONTH: 1}
CORRECTED_WITHIN = {DAY: 3, HALF_WEEK: 2, WEEK: 2, MONTH: 1}


def cut_offs(export: Export, starts: date, until: date) -> list[datetime]:
    """Return the local midnights up to which the exports reach: the last is that of `until`."""
    return [datetime.combine(day, time()) for day in _days(export.every, starts, until)]


def _days(every: str, starts: date, until: date) -> Iterator[date]:
    """Yield the days after `starts` that end a day, a half week, a week or a month."""
    for ahead in range(1, (until - starts).days + 1):
        day = starts + timedelta(days=ahead)
        if day.day == 1 if every == MONTH else day.weekday() in _CUT_OFF_ON[every]:
            yield day


def sent_at(export: Export, cut_off: datetime) -> datetime:
    """Return the instant, in UTC, at which the file with this cut-off leaves."""
    return datetime.combine(cut_off.date(), export.sent_at, LONDON).astimezone(UTC)


def last_sending(instant: datetime) -> date:
    """Return the last day whose files have all been sent by an instant."""
    local = instant.astimezone(LONDON)
    daily = [export.sent_at for export in exports().values() if export.every == DAY]
    return local.date() - timedelta(days=local.time() < max(daily))

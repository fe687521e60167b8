"""Rules that look back, against their definition read word for word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reachable.practice import guidance
from reachable.practice.calling import Happened, History, fires
from reachable.practice.items import Rule
from reachable.practice.time import When

LOOKING_BACK = [rule for rule in guidance.rules() if not rule.alone]
FIRST = date(2026, 2, 1)


def _when(days: int, hour: int | None) -> When:
    day = FIRST + timedelta(days=days)
    return (
        When.on(day) if hour is None else When.at(datetime(*day.timetuple()[:3], hour, tzinfo=UTC))
    )


def _by_the_word(rule: Rule, this: Happened, others: Sequence[Happened]) -> bool:
    """So many different days with such events within so many days; and such an event before."""
    ago = [
        (other, (this.occurred.day - other.occurred.day).days)
        for other in others
        if other is not this
    ]
    days = {days for other, days in ago if other.kind in rule.on and 0 <= days < rule.within_days}
    before = [
        other
        for other, days in ago
        if other.kind in rule.after
        and 0 <= days <= rule.after_days
        and not _happened_later(other, this)
    ]
    enough = len(days | {0}) >= rule.times
    return this.kind in rule.on and enough and (not rule.after or bool(before))


def _happened_later(other: Happened, this: Happened) -> bool:
    there, here = other.occurred.instant, this.occurred.instant
    return bool(there and here and there > here)


@given(data=st.data(), rule=st.sampled_from(LOOKING_BACK))
def test_what_fires_is_what_the_rule_says(data: st.DataObject, rule: Rule) -> None:
    asked = sorted(rule.on | rule.after)
    times = st.builds(_when, st.integers(0, 100), st.none() | st.sampled_from([9, 10, 20]))
    happened = data.draw(st.lists(st.builds(Happened, st.sampled_from(asked), times), max_size=12))
    history = History(happened)
    for this in happened:
        assert fires(rule, this, history) == _by_the_word(rule, this, happened)

"""Rules that look back, against their definition read word for word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reachable.practice import guidance
from reachable.practice.calling import Happened, History, fires
from reachable.practice.items import Rule
from reachable.practice.time import When
from tests.support import by_the_word

LOOKING_BACK = [rule for rule in guidance.rules() if not rule.alone]
FIRST = date(2026, 2, 1)


def _when(days: int, hour: int | None) -> When:
    day = FIRST + timedelta(days=days)
    return (
        When.on(day) if hour is None else When.at(datetime(*day.timetuple()[:3], hour, tzinfo=UTC))
    )


@given(data=st.data(), rule=st.sampled_from(LOOKING_BACK))
def test_what_fires_is_what_the_rule_says(data: st.DataObject, rule: Rule) -> None:
    asked = sorted(rule.on | rule.after)
    times = st.builds(_when, st.integers(0, 100), st.none() | st.sampled_from([9, 10, 20]))
    happened = data.draw(st.lists(st.builds(Happened, st.sampled_from(asked), times), max_size=12))
    history = History(happened)
    for this in happened:
        assert fires(rule, this, history) == by_the_word.fires(rule, this, happened)

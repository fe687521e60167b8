"""On which day somebody turns an age: by example, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.people.rules import age_on
from reachable.practice import guidance
from reachable.practice.birthdays import AGES, born_between, turns
from reachable.practice.examples import example_table

births = st.dates(date(1990, 1, 1), date(2030, 12, 31))
kinds = st.sampled_from(sorted(AGES))


@pytest.mark.parametrize("row", example_table("birthdays").rows, ids=lambda row: row["case"])
def test_birthdays_by_example(row: Mapping[str, Any]) -> None:
    assert {kind: turns(row["born"], kind) for kind in AGES} == {kind: row[kind] for kind in AGES}


@given(births, kinds)
def test_one_is_that_old_from_that_day_on(born: date, kind: str) -> None:
    years, months = AGES[kind]
    day = turns(born, kind)
    assert age_on(born, day) == years
    if not months:
        assert age_on(born, day - timedelta(days=1)) == years - 1


@given(births, kinds, st.integers(0, 40), st.integers(0, 40))
def test_whoever_turns_an_age_in_a_time_was_born_in_the_time_that_is_asked_for(
    born: date, kind: str, before: int, after: int
) -> None:
    day = turns(born, kind)
    earliest, latest = born_between(kind, day - timedelta(days=before), day + timedelta(days=after))
    assert earliest <= born <= latest


def test_birthdays_open_only_with_a_sign_of_exploitation() -> None:
    """Every birthday in the register would be noise: a rule on one asks what happened before."""
    asked = [rule for rule in guidance.rules() if rule.on & AGES.keys()]
    assert asked
    for rule in asked:
        assert rule.on <= AGES.keys()
        assert "exploitation_found" in rule.after
        assert not rule.alone
        assert rule.under > 18

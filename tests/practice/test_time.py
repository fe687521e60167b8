"""How dates and times are read, kept and said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.practice.examples import example_table
from reachable.practice.time import LONDON, Precision, When, read_local, say_when, start_of_day

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
instants = st.datetimes(datetime(2000, 1, 1), datetime(2060, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize("row", example_table("local_times").rows, ids=lambda row: row["case"])
def test_local_times_by_example(row: Mapping[str, Any]) -> None:
    when = read_local(row["day"], row["time"] or None)
    assert (f"{when.instant:%Y-%m-%d %H:%M}" if when.instant else "") == row["instant"]
    assert say_when(when) == row["said"]


@given(days, minutes)
def test_a_local_time_comes_back_as_it_was_or_says_why(day: date, clock_time: time) -> None:
    when = read_local(day, clock_time)
    assert when.instant is not None
    read = when.instant.astimezone(LONDON)
    if (read.date(), read.time()) != (day, clock_time):
        assert "did not exist" in when.note
        forward = read.replace(tzinfo=None) - datetime.combine(day, clock_time)
        assert forward == timedelta(hours=1)


@given(instants)
def test_an_instant_comes_back_unchanged(instant: datetime) -> None:
    when = When.at(instant)
    assert when.instant == instant
    assert start_of_day(when.day) <= instant < start_of_day(when.day + timedelta(days=1))


@given(instants)
def test_reading_what_was_written_never_gives_a_later_time(instant: datetime) -> None:
    """In the hour that comes twice the earlier reading is taken; everywhere else it is exact."""
    local = instant.astimezone(LONDON)
    when = read_local(local.date(), local.time().replace(tzinfo=None))
    assert when.instant is not None
    assert instant - when.instant == (timedelta(hours=1) if local.fold else timedelta())


@given(days)
def test_a_date_never_becomes_midnight(day: date) -> None:
    when = read_local(day, None)
    assert when.instant is None
    assert when.precision is Precision.DAY
    assert "00:00" not in say_when(when)
    assert when.earliest == start_of_day(day)
    assert when.latest < start_of_day(day + timedelta(days=1))


def test_the_two_hours_of_an_autumn_night_are_told_apart() -> None:
    first = When.at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    second = When.at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert say_when(first) == "Sunday 25 October 2026, 01:30 (before the clocks went back)"
    assert say_when(second) == "Sunday 25 October 2026, 01:30 (after the clocks went back)"


def test_approximate_times_say_about() -> None:
    night = When.at(datetime(2026, 1, 15, 22, tzinfo=UTC), Precision.APPROXIMATE)
    assert say_when(night) == "Thursday 15 January 2026, about 22:00"
    week = When.on(date(2026, 1, 15), Precision.APPROXIMATE, "the mother remembers a school day")
    assert say_when(week) == "about Thursday 15 January 2026 (the mother remembers a school day)"


@pytest.mark.parametrize(
    ("instant", "day", "precision"),
    [
        (None, date(2026, 1, 15), Precision.MINUTE),
        (datetime(2026, 1, 15, tzinfo=UTC), date(2026, 1, 15), Precision.DAY),
        (datetime(2026, 1, 15), date(2026, 1, 15), Precision.MINUTE),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), date(2026, 7, 1), Precision.MINUTE),
    ],
    ids=["minute without instant", "day with instant", "no time zone", "not the day in London"],
)
def test_a_time_that_contradicts_itself_is_refused(
    instant: datetime | None, day: date, precision: Precision
) -> None:
    with pytest.raises(ValueError):
        When(instant, day, precision)


def test_times_with_and_without_a_zone_are_not_mixed_up() -> None:
    with pytest.raises(ValueError, match="time zone"):
        When.at(datetime(2026, 1, 15))
    with pytest.raises(ValueError, match="time zone"):
        read_local(date(2026, 1, 15), time(10, tzinfo=UTC))

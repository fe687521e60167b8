"""When something is due, how that is said, and where the calendar ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.practice.clocks import (
    NO_TERMS,
    Calendar,
    CalendarEnds,
    Span,
    Start,
    Unit,
    due_after,
    england_and_wales,
    how_long,
    is_missed,
    say_due,
    time_left,
)
from reachable.practice.examples import example_table, example_terms
from reachable.practice.time import LONDON, When, read_local

instants = st.datetimes(datetime(2012, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC))
days = st.dates(date(2012, 1, 1), date(2028, 6, 30))
few = st.integers(1, 60)


@pytest.mark.parametrize("row", example_table("due").rows, ids=lambda row: row["case"])
def test_due_by_example(row: Mapping[str, Any]) -> None:
    start = read_local(row["day"], row["time"] or None)
    assert say_due(due_after(start, row["amount"], Unit(row["unit"]))) == row["said"]


@pytest.mark.parametrize("row", example_table("school_days").rows, ids=lambda row: row["case"])
def test_school_days_by_example(row: Mapping[str, Any]) -> None:
    terms = example_terms() if row["entered"] else NO_TERMS
    due = due_after(When.on(row["day"]), row["amount"], Unit.SCHOOL_DAYS, terms=terms)
    assert say_due(due) == row["said"]


@pytest.mark.parametrize("row", example_table("time_left").rows, ids=lambda row: row["case"])
def test_time_left_by_example(row: Mapping[str, Any]) -> None:
    assert time_left(row["now"], row["due"]) == row["said"]
    assert is_missed(row["now"], row["due"]) == row["said"].startswith("missed")


@given(instants)
def test_72_clock_hours_are_always_as_long(instant: datetime) -> None:
    local = instant.astimezone(LONDON)
    due = due_after(When.at(local), 72, Unit.HOURS).instant
    assert (due - instant).total_seconds() == 72 * 3600


@given(st.lists(instants, min_size=2, max_size=2), st.integers(1, 200), st.sampled_from(Unit))
def test_a_later_start_is_never_due_earlier(
    starts: list[datetime], amount: int, unit: Unit
) -> None:
    calendar = Calendar("Days", date(2000, 1, 1), date(2060, 1, 1), england_and_wales().holidays)
    first, second = (due_after(When.at(each), amount, unit, calendar) for each in sorted(starts))
    assert first.instant <= second.instant


@given(days, few)
def test_a_day_without_a_time_never_gives_more_time(day: date, hours: int) -> None:
    unknown = due_after(When.on(day), hours, Unit.HOURS)
    assert unknown.note
    for clock_time in (time(0, 0), time(12, 0), time(23, 59)):
        assert unknown.instant <= due_after(read_local(day, clock_time), hours, Unit.HOURS).instant


def _after(day: date, n: int, unit: Unit = Unit.WORKING_DAYS) -> date:
    found = due_after(When.on(day), n, unit, terms=example_terms()).by_day
    assert found is not None
    return found


@given(days, few)
def test_working_days_count_back(day: date, n: int) -> None:
    calendar = england_and_wales()
    last = _after(day, n)
    assert calendar.is_working_day(last)
    passed = [day + timedelta(days=after) for after in range(1, (last - day).days + 1)]
    assert sum(map(calendar.is_working_day, passed)) == n


@given(days, few)
def test_one_working_day_more_is_the_next_one(day: date, n: int) -> None:
    assert _after(day, n + 1) == _after(_after(day, n), 1)


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2026, 12, 28), date(2026, 5, 4)])
def test_bank_holidays_are_no_working_days(day: date) -> None:
    assert not england_and_wales().is_working_day(day)


def test_scottish_holidays_are_working_days_here() -> None:
    assert england_and_wales().is_working_day(date(2026, 11, 30))


def test_a_calendar_that_ends_says_so() -> None:
    calendar = england_and_wales()
    with pytest.raises(CalendarEnds) as caught:
        calendar.is_working_day(calendar.last + timedelta(days=1))
    assert "Bank holidays of England and Wales are known from" in caught.value.sentence
    assert "Install a newer version" in caught.value.sentence
    with pytest.raises(CalendarEnds):
        calendar.is_working_day(calendar.first - timedelta(days=1))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), few, st.sampled_from(Unit))
def test_a_clock_never_stops_for_want_of_a_calendar(day: date, n: int, unit: Unit) -> None:
    due = due_after(When.on(day), n, unit, terms=example_terms())
    assert due.instant > When.on(day).earliest
    calendar = england_and_wales()
    if unit is Unit.WORKING_DAYS and due.by_day:
        known = calendar.first <= day and due.by_day <= calendar.last
        assert known <= (due.note == "")


@pytest.mark.parametrize("day", [date(2035, 3, 5), date(1990, 3, 5)])
def test_beyond_the_bank_holidays_it_goes_on_by_weekdays_and_says_so(day: date) -> None:
    due = due_after(When.on(day), 5, Unit.WORKING_DAYS)
    assert due.by_day == day + timedelta(days=7)
    assert "bank holidays are not known then" in say_due(due)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), few)
def test_school_days_are_never_sooner_than_working_days(day: date, n: int) -> None:
    assert _after(day, n, Unit.SCHOOL_DAYS) >= _after(day, n, Unit.WORKING_DAYS)


@given(st.dates(date(2026, 8, 1), date(2027, 8, 31)), few)
def test_a_school_day_is_counted_once_and_only_in_term(day: date, n: int) -> None:
    last, terms, working = _after(day, n, Unit.SCHOOL_DAYS), example_terms(), england_and_wales()
    passed = [day + timedelta(days=after) for after in range(1, (last - day).days + 1)]
    counted = [
        each
        for each in passed
        if working.is_working_day(each) and (terms.is_in_term(each) or not terms.knows(each))
    ]
    assert len(counted) == n
    assert counted[-1] == last


def test_the_calendar_covers_whole_years() -> None:
    calendar = england_and_wales()
    assert (calendar.first.month, calendar.first.day) == (1, 1)
    assert (calendar.last.month, calendar.last.day) == (12, 31)
    assert calendar.last.year >= 2028


def test_a_working_day_ends_at_its_last_minute_in_london() -> None:
    due = due_after(When.on(date(2026, 7, 1)), 1, Unit.WORKING_DAYS)
    assert due.by_day == date(2026, 7, 2)
    assert due.instant == datetime(2026, 7, 2, 22, 59, tzinfo=UTC)


def test_the_childs_clock_and_ours_start_at_different_times() -> None:
    occurred = read_local(date(2026, 3, 3), time(1, 0))
    received = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    childs = Span(72, Unit.HOURS, Start.OCCURRED)
    ours = Span(15, Unit.MINUTES, Start.RECEIVED)
    assert childs.due(occurred=occurred, received=received).instant == datetime(
        2026, 3, 6, 1, 0, tzinfo=UTC
    )
    assert ours.due(occurred=occurred, received=received).instant == datetime(
        2026, 3, 4, 9, 15, tzinfo=UTC
    )
    assert str(childs) == "72 clock hours from when it happened"
    assert str(ours) == "15 minutes from when we were told"


@given(st.timedeltas(timedelta(), timedelta(days=400)), st.timedeltas(timedelta(), timedelta(1)))
def test_time_left_never_promises_more_than_there_is(left: timedelta, more: timedelta) -> None:
    assert _read(how_long(left)) <= left
    assert _read(how_long(left)) <= _read(how_long(left + more))


def _read(said: str) -> timedelta:
    """The words as a length again."""
    if said == "less than a minute":
        return timedelta()
    words = said.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return sum(
        (timedelta(**{unit.rstrip("s") + "s": int(number)}) for number, unit in pairs), timedelta()
    )


@pytest.mark.parametrize("n", [0, -1])
def test_a_clock_of_no_days_is_refused(n: int) -> None:
    with pytest.raises(ValueError):
        due_after(When.on(date(2026, 3, 3)), n, Unit.WORKING_DAYS)


def test_a_clock_does_not_start_without_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        When.at(datetime(2026, 3, 3, 12))

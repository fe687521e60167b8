"""What a dry run counts: by example, on a past that is written here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from reachable.moments.trying import Past, Tried, on_duty_by_hour, try_rule
from reachable.practice import guidance
from reachable.practice.calling import Rulebook
from reachable.practice.time import read_local

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ANNA, BEN = UUID(int=1), UUID(int=2)
ALONE = Rulebook(tuple(rule for rule in guidance.rules() if rule.key == "arrest"))


def happened(
    child: UUID, kind: str, day: str, hour: int | None = 10, born: date | None = None
) -> Past:
    when = date.fromisoformat(day)
    at = datetime(when.year, when.month, when.day, hour or 0).time() if hour is not None else None
    return Past(child, kind, read_local(when, at), born)


def tried(*past: Past, rule: str = "suspended_or_excluded", in_force: Rulebook = ALONE) -> Tried:
    return try_rule(guidance.rule(rule), in_force, past, first=FIRST, last=LAST)


def test_what_joins_an_open_moment_opens_none() -> None:
    found = tried(
        happened(ANNA, "suspended", "2026-03-02"),
        happened(ANNA, "suspended", "2026-03-20"),
        happened(ANNA, "suspended", "2026-04-17"),
        happened(ANNA, "suspended", "2026-05-16"),
        happened(BEN, "arrest", "2026-03-01"),
        happened(BEN, "suspended", "2026-03-03"),
    )
    assert (found.calls, found.opens, found.children) == (5, 2, 2)
    assert found.weeks == {date(2026, 3, 2): 1, date(2026, 5, 11): 1}
    assert found.beside == {"arrest": 1}


def test_an_arrest_afterwards_does_not_count_as_before() -> None:
    found = tried(happened(ANNA, "suspended", "2026-03-02"), happened(ANNA, "arrest", "2026-03-12"))
    assert (found.opens, dict(found.beside)) == (1, {})


@pytest.mark.parametrize(
    ("day", "born", "calls"),
    [
        ("2025-12-31", None, 0),
        ("2026-01-01", None, 1),
        ("2026-12-31", None, 1),
        ("2027-01-01", None, 0),
        ("2026-06-01", date(2008, 6, 2), 1),
        ("2026-06-01", date(2008, 6, 1), 0),
    ],
)
def test_only_those_days_and_only_children_count(day: str, born: date | None, calls: int) -> None:
    assert tried(happened(ANNA, "suspended", day, born=born)).calls == calls


def test_what_was_before_the_first_day_counts_for_what_looks_back() -> None:
    stops = [happened(ANNA, "stopped_and_searched", day) for day in ("2025-12-01", "2025-12-20")]
    found = tried(
        *stops, happened(ANNA, "stopped_and_searched", "2026-01-02"), rule="stopped_again"
    )
    assert (found.calls, found.opens) == (1, 1)


def test_hours_are_those_of_london_and_a_day_alone_is_in_none() -> None:
    found = tried(
        happened(ANNA, "suspended", "2026-07-01", 23),
        happened(BEN, "suspended", "2026-07-01", None),
    )
    assert found.hours == {23: 1}
    assert found.opens == 2


def test_an_example_says_what_happened_and_of_nobody() -> None:
    found = tried(
        happened(ANNA, "returned_from_missing", "2026-02-01"),
        happened(ANNA, "returned_from_missing", "2026-04-20"),
        happened(ANNA, "suspended", "2026-05-02"),
    )
    assert found.examples == [[(12, "returned_from_missing"), (0, "suspended")]]
    assert str(ANNA) not in str(found.as_dict())


def test_how_many_are_on_duty_by_hour() -> None:
    begins = datetime(2026, 1, 5, 8, tzinfo=UTC)
    shifts = [
        (ANNA, begins, begins + timedelta(hours=12)),
        (ANNA, begins, begins + timedelta(hours=2)),
        (BEN, begins + timedelta(hours=10), begins + timedelta(hours=24)),
    ]
    by_hour = on_duty_by_hour(shifts, begins, begins + timedelta(days=2))
    assert (by_hour[8], by_hour[18], by_hour[22], by_hour[7]) == (0.5, 1.0, 0.5, 0.5)

"""Who is asked when, as pure functions: weekly patterns, clock changes, gaps and refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reachable.access.rules.rota import (
    Away,
    Gap,
    Pattern,
    Planned,
    Unrested,
    asked_at,
    between,
    gaps,
    hours,
    is_night,
    lay_out,
    stretches,
    told_day,
    unrested,
    wrong_with,
)
from reachable.practice.clocks import england_and_wales
from reachable.practice.time import LONDON

FERN, SOL, MOR = (UUID(int=each) for each in (1, 2, 3))
NAMES = {FERN: "Fern", SOL: "Sol", MOR: "Mor"}
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WEEK = frozenset(range(7))


def london(day: str, clock: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON).astimezone(UTC)


def holiday(day: date) -> bool:
    return day in england_and_wales().holidays


def laid(weekdays: frozenset[int], hours: str, first: str, last: str, **more: bool) -> list[str]:
    begins, ends = hours.split("-")
    pattern = Pattern(
        weekdays,
        time.fromisoformat(begins),
        time.fromisoformat(ends),
        date.fromisoformat(first),
        date.fromisoformat(last),
        **more,
    )
    return [
        f"{begins.astimezone(LONDON):%a %d %H:%M}-{ends.astimezone(LONDON):%a %d %H:%M} "
        f"{(ends - begins) // timedelta(minutes=1)}"
        for begins, ends in lay_out(pattern, holiday)
    ]


def test_a_pattern_is_laid_out_on_its_days_until_its_last() -> None:
    workdays = frozenset(range(5))
    found = laid(workdays, "09:00-17:00", "2026-11-27", "2026-12-01")
    assert found == [f"{day} 09:00-{day} 17:00 480" for day in ("Fri 27", "Mon 30", "Tue 01")]


def test_a_night_ends_on_the_next_morning_also_after_the_last_day() -> None:
    assert laid(WEEK, "20:00-08:00", "2026-12-01", "2026-12-01") == [
        "Tue 01 20:00-Wed 02 08:00 720"
    ]


@pytest.mark.parametrize(
    ("night", "minutes"), [("2026-10-24", 780), ("2027-03-27", 660)], ids=["autumn", "spring"]
)
def test_a_night_keeps_the_clock_on_the_wall_when_the_clocks_change(
    night: str, minutes: int
) -> None:
    (found,) = laid(WEEK, "20:00-08:00", night, night)
    assert found.endswith(f"08:00 {minutes}")


def test_hour_by_hour_there_is_no_gap_in_the_nights_in_which_the_clocks_change() -> None:
    """Nor two at once: each shift begins where the one before ends."""
    for first, last in (("2026-10-24", "2026-10-26"), ("2027-03-27", "2027-03-29")):
        pieces = [
            each
            for hour in range(24)
            for each in lay_out(
                Pattern(
                    WEEK,
                    time(hour),
                    time((hour + 1) % 24),
                    date.fromisoformat(first),
                    date.fromisoformat(last),
                ),
                holiday,
            )
        ]
        pieces.sort()
        for before, after in zip(pieces, pieces[1:], strict=False):
            assert before[1] == after[0]


def test_bank_holidays_are_in_a_pattern_unless_they_are_left_out() -> None:
    christmas = ("2026-12-24", "2026-12-29")
    assert len(laid(WEEK, "09:00-17:00", *christmas)) == 6
    assert laid(WEEK, "09:00-17:00", *christmas, on_bank_holidays=False) == [
        f"{day} 09:00-{day} 17:00 480" for day in ("Thu 24", "Sat 26", "Sun 27", "Tue 29")
    ]


def test_whoever_is_away_is_passed_over_at_once_and_comes_back_at_the_end() -> None:
    shifts = [
        Planned(FERN, NOW, NOW + timedelta(hours=8), 1),
        Planned(SOL, NOW, NOW + timedelta(hours=8), 2),
    ]
    away = [Away(FERN, NOW + timedelta(hours=2), NOW + timedelta(hours=4))]
    found = stretches(shifts, away, NOW, NOW + timedelta(hours=10))
    assert [(each.asked, each.away) for each in found] == [
        ((FERN, SOL), ()),
        ((SOL,), (FERN,)),
        ((FERN, SOL), ()),
        ((), ()),
    ]
    assert gaps(found) == [Gap(NOW + timedelta(hours=8), NOW + timedelta(hours=10))]


def test_hours_with_nobody_are_one_gap_across_midnight_and_across_who_is_away() -> None:
    midnight = london("2026-11-28")
    shifts = [Planned(FERN, NOW, midnight)]
    away = [Away(FERN, NOW + timedelta(hours=4))]
    found = stretches(shifts, away, NOW, NOW + timedelta(days=1), cut_at=[midnight])
    assert len(found) == 3
    assert gaps(found) == [Gap(NOW + timedelta(hours=4), NOW + timedelta(days=1))]


@pytest.mark.parametrize(
    ("shifts", "expected"),
    [
        pytest.param([(0, 24)], [], id="a day and a night"),
        pytest.param([(0, 25)], [(0, 25)], id="an hour more"),
        pytest.param([(0, 12), (23, 35), (46, 58)], [], id="eleven hours off each night"),
        pytest.param([(0, 12), (22, 36)], [(0, 36)], id="ten hours off are no rest"),
        pytest.param([(0, 20), (31, 60)], [(31, 60)], id="rested once, then not"),
    ],
)
def test_whoever_is_asked_first_without_rest_is_named(
    shifts: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    def at(hours: int) -> datetime:
        return NOW + timedelta(hours=hours)

    planned = [Planned(FERN, at(begins), at(ends)) for begins, ends in shifts]
    found = unrested(stretches(planned, [], NOW, at(72), cut_at=[at(12), at(36)]))
    assert found == [Unrested(FERN, at(begins), at(ends)) for begins, ends in expected]


def test_whoever_is_second_rests_until_the_first_is_away() -> None:
    ends = NOW + timedelta(hours=48)
    planned = [Planned(FERN, NOW, ends, 1), Planned(SOL, NOW, ends, 2)]
    assert unrested(stretches(planned, [], NOW, ends)) == [Unrested(FERN, NOW, ends)]
    gone = [Away(FERN, NOW)]
    assert unrested(stretches(planned, gone, NOW, ends)) == [Unrested(SOL, NOW, ends)]


steps = some.integers(0, 96)
people = some.sampled_from([FERN, SOL, MOR])


@some.composite
def shifts_of(draw: some.DrawFn) -> Planned:
    begins = NOW + timedelta(minutes=30 * draw(steps))
    length = timedelta(minutes=30 * draw(some.integers(1, 40)))
    return Planned(draw(people), begins, begins + length, draw(some.integers(1, 3)))


@some.composite
def aways_of(draw: some.DrawFn) -> Away:
    begins = NOW + timedelta(minutes=30 * draw(steps))
    length = draw(some.none() | some.integers(1, 40))
    return Away(draw(people), begins, begins + timedelta(minutes=30 * length) if length else None)


@given(some.lists(shifts_of(), max_size=8), some.lists(aways_of(), max_size=4), steps)
def test_what_is_divided_says_of_every_instant_what_is_so_then(
    planned: list[Planned], aways: list[Away], step: int
) -> None:
    last = NOW + timedelta(hours=60)
    found = stretches(planned, aways, NOW, last, cut_at=[NOW + timedelta(hours=24)])
    assert found[0].starts_at == NOW
    assert found[-1].ends_at == last
    at = NOW + timedelta(minutes=30 * step, seconds=7)
    (inside,) = [each for each in found if each.starts_at <= at < each.ends_at]
    truly = asked_at(planned, aways, at)
    assert (inside.asked, inside.away) == (truly.asked, truly.away)
    gone = {away.user_id for away in aways if away.at(at)}
    assert not gone.intersection(inside.asked)
    assert (not inside.asked) == any(gap.starts_at <= at < gap.ends_at for gap in gaps(found))


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (
            Planned(FERN, NOW, NOW),
            "has to end after it starts: from Friday 27 November 2026, 12:00",
        ),
        (Planned(FERN, NOW, NOW + timedelta(days=370)), "a year ahead at most"),
        (Planned(FERN, NOW, NOW + HOUR, 4), "first, second or third"),
        (Planned(FERN, NOW - HOUR, NOW + HOUR), "Fern would be first twice at once: from Friday"),
        (Planned(FERN, NOW - HOUR, NOW + HOUR, 2), ""),
        (Planned(SOL, NOW - HOUR, NOW + HOUR), ""),
        (Planned(FERN, NOW - HOUR, NOW), ""),
        (Planned(FERN, NOW + 3 * HOUR, NOW + 4 * HOUR), ""),
    ],
)
def test_what_is_wrong_with_a_shift_is_said_in_a_sentence(new: Planned, said: str) -> None:
    standing = [Planned(FERN, NOW, NOW + 3 * HOUR)]
    found = wrong_with([new], standing, NAMES, NOW)
    assert said in found
    assert bool(said) == bool(found)


def test_two_new_shifts_are_held_against_each_other_and_old_ones_are_not() -> None:
    twice = [Planned(SOL, NOW, NOW + HOUR), Planned(SOL, NOW, NOW + 2 * HOUR)]
    assert "Sol would be first twice" in wrong_with(twice, [], NAMES, NOW)
    later = [Planned(SOL, NOW + 5 * HOUR, NOW + 6 * HOUR)]
    assert not wrong_with(later, twice, NAMES, NOW)


def test_times_are_said_as_people_read_them() -> None:
    evening, morning = london("2026-12-01", "20:00"), london("2026-12-02", "08:00")
    assert between(evening, morning) == (
        "from Tuesday 1 December 2026, 20:00 to Wednesday 2 December 2026, 08:00"
    )
    assert between(evening, evening + HOUR) == "from Tuesday 1 December 2026, 20:00 to 21:00"
    midnight = london("2026-12-03")
    assert between(evening, midnight) == (
        "from Tuesday 1 December 2026, 20:00 to Wednesday 2 December 2026, 24:00"
    )
    assert between(london("2026-12-02"), midnight).endswith("00:00 to 24:00")
    assert between(evening, None).endswith("until the day of return is known")
    assert hours(evening, london("2026-12-02")) == "20:00 to 24:00"


@pytest.mark.parametrize(
    ("begins", "ends", "night"),
    [
        ("20:00", "24:00", True),
        ("00:00", "08:00", True),
        ("00:00", "09:00", False),
        ("08:00", "20:00", False),
        ("19:00", "23:00", False),
        ("00:00", "24:00", False),
    ],
)
def test_what_counts_as_night(begins: str, ends: str, night: bool) -> None:
    until = london("2026-12-02") if ends == "24:00" else london("2026-12-01", ends)
    assert is_night(london("2026-12-01", begins), until) == night


def test_the_day_on_which_something_is_told_turns_at_eight() -> None:
    assert told_day(london("2026-12-02", "07:59")) == date(2026, 12, 1)
    assert told_day(london("2026-12-02", "08:00")) == date(2026, 12, 2)

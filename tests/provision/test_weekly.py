"""Hours and areas as people type them, and what becomes of the document."""

from __future__ import annotations

from datetime import time
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.provision.hours import NoHours, hours_in
from reachable.provision.rules.standard import kept_of
from reachable.provision.rules.weekly import (
    Week,
    areas_in,
    in_words,
    weeks_in,
    with_areas,
    with_weeks,
)
from tests.support.directory import offer

TEN, SIX = time(10), time(18)
WEEKDAYS = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("typed", "days", "opens", "closes"),
    [
        ("Mon to Fri 10:00 to 18:00", WEEKDAYS, TEN, SIX),
        ("monday-friday 10.00-18.00", WEEKDAYS, TEN, SIX),
        ("Weekdays: 10am – 6pm", WEEKDAYS, TEN, SIX),
        ("Tues, Thurs and Sat 10:00 until 18:00.", (1, 3, 5), TEN, SIX),
        ("Weds 10:00-18:00", (2,), TEN, SIX),
        ("Mondays & Wednesdays 10:00 to 18:00", (0, 2), TEN, SIX),
        ("Fri to Mon 10:00 to 18:00", (0, 4, 5, 6), TEN, SIX),
        ("Mon-Wed, Sun 10:00-18:00", (0, 1, 2, 6), TEN, SIX),
        ("every day 20:00 to 04:00", tuple(range(7)), time(20), time(4)),
        ("Sa noon to midnight", (5,), time(12), time()),
        ("daily 00:00 to 24:00", tuple(range(7)), time(), time()),
    ],
)
def test_hours_are_read_as_people_type_them(
    typed: str, days: tuple[int, ...], opens: time, closes: time
) -> None:
    assert hours_in(f"\n {typed} \n") == (Week(days, opens, closes),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Mon to Fri", "does not say from when to when"),
        ("10:00 to 18:00", "does not begin with days"),
        ("Someday 10:00 to 18:00", "does not begin with days"),
        ("every other Monday 10:00 to 18:00", "does not begin with days"),
        ("Mon to 10:00 to 18:00", "does not begin with days"),
        ("T 10:00 to 18:00", "does not begin with days"),
        ("Mon 10:00", "does not say from when to when"),
        ("Mon 9 to 5", "does not say from when to when"),
        ("Mon 10:00 to 12:00, 14:00 to 18:00", "does not say from when to when"),
        ("Mon 25:00 to 26:00", "does not say from when to when"),
        ("Mon 10:00 to 10:00", "opens and closes at the same time"),
        ("Mon 10:00 to 18:00\n" * 41, "These are 41 lines"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(typed: str, said: str) -> None:
    with pytest.raises(NoHours, match=said):
        hours_in(typed)


weeks = st.builds(
    Week,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
).filter(lambda week: week.opens != week.closes or week.opens == time())


@given(st.lists(weeks, max_size=5, unique=True))
def test_whatever_hours_are_shown_can_be_written_back(held: list[Week]) -> None:
    shown = "\n".join(in_words(week) for week in held)
    assert hours_in(shown) == tuple(held)
    numbers = count(1)
    document = with_weeks({"id": "x"}, held, lambda: f"00000000-0000-0000-0000-{next(numbers):012}")
    assert weeks_in(document) == held
    assert with_weeks(document, held, lambda: pytest.fail("nothing is new")) == document


def test_hours_that_are_not_weekly_and_those_that_still_hold_stay() -> None:
    monthly: dict[str, Any] = {"id": "m", "freq": "MONTHLY", "description": "First Monday"}
    held = offer(1)["schedules"][0] | {"description": "Ring first", "service_at_location_id": "a"}
    document = offer(1) | {"schedules": [monthly, held, held | {"id": "o", "byday": "SU"}]}
    shown = weeks_in(document)
    assert [in_words(week) for week in shown] == [
        "Monday, Friday 10:00 to 18:00",
        "Sunday 10:00 to 18:00",
    ]
    written = with_weeks(document, [shown[0], Week((5,), TEN, SIX)], lambda: "new")
    assert written["schedules"] == [
        monthly,
        held,
        {
            "id": "new",
            "freq": "WEEKLY",
            "byday": "SA",
            "opens_at": "10:00:00",
            "closes_at": "18:00:00",
        },
    ]
    assert with_weeks(offer(1), [], lambda: "new")["schedules"] is None


def test_areas_are_written_and_one_without_a_name_stays() -> None:
    drawn = {"id": "d", "extent": "{}", "extent_type": "geojson"}
    named = offer(1)["service_areas"][0] | {"uri": "https://lantern.example"}
    document = offer(1) | {"service_areas": [drawn, named, {"id": "o", "service_area": "Osier"}]}
    assert areas_in(document) == ["Fenmarch", "Osier"]
    written = with_areas(document, ["Withyholm", "Fenmarch"], lambda: "new")
    assert written["service_areas"] == [drawn, named, {"id": "new", "name": "Withyholm"}]
    assert with_areas(offer(1), [], lambda: "new")["service_areas"] is None
    assert kept_of(offer(1) | {"service_areas": None})[1] == []

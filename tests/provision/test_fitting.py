"""Which services fit, by example, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.practice.clocks import how_long
from reachable.provision.examples import all_examples, example_table
from reachable.provision.reference import render
from reachable.provision.rules.fitting import Fit, Needed, Offered, fitting, opens_in
from reachable.provision.rules.reading import Hours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONDAY = datetime(2026, 3, 2, 12)
OPEN_TODAY = (Hours(0, time(10), time(18)),)


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", example_table(name).rows, ids=lambda row: row["case"])


def offered(said: Mapping[str, Any], **more: Any) -> Offered:
    youngest, oldest = said.get("ages", (None, None))
    sets: dict[str, Any] = {
        name: frozenset(said.get(name, ())) for name in ("areas", "forms", "moments", "helps")
    }
    return Offered(
        key=more.pop("key", "a"),
        name=more.pop("name", "Lanterns"),
        active=said.get("active", True),
        full=said.get("full", False),
        minimum_age=youngest,
        maximum_age=oldest,
        needs=frozenset(said.get("needs", ())),
        hours=more.pop("hours", OPEN_TODAY),
        **sets,
        **more,
    )


def needed(said: Mapping[str, Any]) -> Needed:
    return Needed(at=MONDAY, **{**said, "needs": frozenset(said.get("needs", ()))})


@rows("fitting")
def test_fitting_by_example(row: Mapping[str, Any]) -> None:
    found = fitting([offered(row["service"])], needed(row["child"]))
    assert bool(found) == row["fits"]
    assert [list(each.unsaid) for each in found] == [row["unsaid"]] * len(found)


@rows("hours")
def test_hours_by_example(row: Mapping[str, Any]) -> None:
    hours = []
    for said in row["hours"]:
        day, _, span = said.partition(" ")
        opens, closes = (time.fromisoformat(each) for each in span.split("-"))
        hours.append(Hours(DAYS.index(day), opens, closes))
    found = opens_in(hours, datetime.fromisoformat(row["at"]))
    said = "not known" if found is None else how_long(found) if found else "now"
    assert said == row["opens"]


def order(*offers: Offered) -> list[str]:
    return [fit.offered.name for fit in fitting(offers, Needed(at=MONDAY))]


def test_open_first_then_soonest_then_unknown_and_full_ones_last() -> None:
    later, tomorrow = (Hours(0, time(15), time(18)),), (Hours(1, time(9), time(18)),)
    assert order(
        offered({"full": True}, name="Full"),
        offered({}, name="Unknown", hours=()),
        offered({}, name="Tomorrow", hours=tomorrow),
        offered({}, name="Later", hours=later),
        offered({}, name="Waits", waiting_days=21),
        offered({}, name="Open"),
    ) == ["Open", "Waits", "Later", "Tomorrow", "Unknown", "Full"]


_HOURS = st.builds(Hours, st.integers(0, 6), st.times(), st.times())
_AT = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))
_WORDS = st.frozensets(st.sampled_from(["a", "b", "c"]))
_AGES = st.none() | st.integers(0, 25)
_OFFERS = st.builds(
    Offered,
    key=st.text("abc", max_size=3),
    name=st.text("abc", max_size=2),
    minimum_age=_AGES,
    maximum_age=_AGES,
    areas=_WORDS,
    forms=_WORDS,
    helps=_WORDS,
    needs=_WORDS,
    hours=st.lists(_HOURS, max_size=2).map(tuple),
    full=st.booleans(),
)
_ONE = st.sampled_from(["", "a", "b", "d"])
_NEEDS = st.builds(Needed, at=_AT, age=_AGES, area=_ONE, form=_ONE, help=_ONE, needs=_WORDS)


@given(hours=st.lists(_HOURS), at=_AT)
def test_it_opens_within_a_week_and_then_it_is_open(hours: list[Hours], at: datetime) -> None:
    found = opens_in(hours, at)
    if found is None:
        assert not hours
        return
    assert timedelta() <= found <= timedelta(days=7)
    assert opens_in(hours, at + found) == timedelta()
    if found:
        assert opens_in(hours, at + found / 2) == found - found / 2


@given(offers=st.lists(_OFFERS, max_size=6), need=_NEEDS, known=st.randoms())
def test_to_know_less_of_a_child_never_shows_less(
    offers: list[Offered], need: Needed, known: Any
) -> None:
    less = Needed(at=need.at, help=need.help)

    def keys(found: list[Fit]) -> list[Offered]:
        return [fit.offered for fit in found]

    fits = keys(fitting(offers, need))
    assert all(fit in keys(fitting(offers, less)) for fit in fits)
    mixed = list(offers)
    known.shuffle(mixed)
    again = fitting(mixed, need)
    assert [(fit.offered.name, fit.offered.key) for fit in again] == [
        (fit.name, fit.key) for fit in fits
    ]


def test_the_reference_prints_every_example() -> None:
    page = render()
    for table in all_examples():
        for row in table.rows:
            assert f"| {row['case']} |" in page

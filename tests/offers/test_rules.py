"""Where an offer stands, what is asked and what comes first: by example, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.moments.measuring import CHECKS
from reachable.offers import words
from reachable.offers.examples import all_examples, example_table
from reachable.offers.reference import render
from reachable.offers.rules.near import Spot, Travel, nearest_first, straight, travel
from reachable.offers.rules.needs import MEANT, age_band, named
from reachable.offers.rules.standing import (
    ALLOWED,
    ANSWERS,
    ASKED,
    ATTENDED,
    ATTENDING,
    ENDED,
    OPEN,
    REFUSED,
    STILL,
    STOPPED,
    Standing,
    Step,
    after,
    asked_now,
    checks_due,
    may_follow,
    standing,
)
from reachable.practice.time import LONDON
from reachable.provision import taxonomy
from reachable.provision.rules.fitting import Fit, Offered

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", example_table(name).rows, ids=lambda row: row["case"])


def steps(said: list[str]) -> list[Step]:
    found = []
    for number, each in enumerate(said):
        kind, _, how = each.partition(" ")
        after_ = "28_days" if kind == STILL else ""
        found.append(Step(kind, AT + timedelta(days=number), how, after_))
    return found


@rows("standing")
def test_standing_by_example(row: Mapping[str, Any]) -> None:
    stands = standing(steps(row["steps"]))
    assert stands.state == row["stands"]
    assert list(ALLOWED[stands.state]) == row["next"]


def test_the_examples_only_record_what_may_be_recorded() -> None:
    for row in example_table("standing").rows:
        recorded = steps(row["steps"])
        for number, step in enumerate(recorded[1:], 1):
            before = standing(recorded[:number]).state
            assert step.kind == ASKED or may_follow(before, step.kind), row["case"]


@rows("still")
def test_asking_by_example(row: Mapping[str, Any]) -> None:
    attended = datetime.combine(row["attended"], time(15), LONDON)
    today = datetime.combine(row["today"], time(9), LONDON)
    stands = Standing(
        ENDED if row["ended"] else ATTENDING, attended, attended, answered=frozenset(row["said"])
    )
    assert asked_now(stands, row["asked_before"], today) == row["asks"]


def position(said: list[float]) -> tuple[float, float] | None:
    return (said[0], said[1]) if said else None


@rows("near")
def test_near_by_example(row: Mapping[str, Any]) -> None:
    home = Spot("Fenmarch", position(row["home"]))
    places = [Spot(each["area"], position(each["at"])) for each in row["places"]]
    found = travel(home, places, kept_back=row["kept_back"])
    assert found.metres == (None if row["metres"] == -1 else row["metres"])
    assert found.where == row["where"]


@rows("needs")
def test_needs_by_example(row: Mapping[str, Any]) -> None:
    assert sorted(named(row["said"])) == row["named"]


def test_every_need_of_the_directory_is_recognised_by_some_words() -> None:
    assert set(MEANT) == {term.key for term in taxonomy.taxonomies()["need"].terms}


@st.composite
def stories(draw: st.DrawFn) -> list[Step]:
    """Whatever may be recorded one after the other."""
    recorded = [Step(draw(st.sampled_from(sorted(ANSWERS))), AT)]
    for number in range(draw(st.integers(0, 12))):
        allowed = ALLOWED[standing(recorded).state]
        if not allowed:
            break
        kind = draw(st.sampled_from(allowed))
        how = draw(st.sampled_from(sorted(dict(words.HOW[kind])))) if kind in words.HOW else ""
        check = draw(st.sampled_from(sorted(CHECKS))) if kind == STILL else ""
        recorded.append(Step(kind, AT + timedelta(days=number + 1), how, check))
    return recorded


@given(story=stories())
def test_what_ended_stays_so_and_a_refusal_is_never_a_dead_end(story: list[Step]) -> None:
    for number in range(1, len(story) + 1):
        stands = standing(story[:number])
        assert stands.state in ALLOWED
        assert (stands.ended_at is not None) == (stands.state == ENDED)
        if stands.state == ATTENDING:
            assert stands.attended_at is not None
        assert bool(ALLOWED[stands.state]) == (stands.state != ENDED)
        if stands.state == REFUSED:
            assert stands.state not in OPEN
            assert may_follow(REFUSED, "sent")


@given(story=stories(), places=st.lists(st.integers(0, 20), max_size=4))
def test_to_be_asked_changes_nothing(story: list[Step], places: list[int]) -> None:
    asked = list(story)
    for place in places:
        asked.insert(min(len(asked), place + 1), Step(ASKED, AT, after="28_days"))
    assert standing(asked) == standing(story)


@given(story=stories(), step=st.sampled_from([ATTENDED, STILL, ENDED]))
def test_it_stands_alike_whether_all_steps_are_read_or_one_after_the_other(
    story: list[Step], step: str
) -> None:
    one = standing(story[:1])
    for each in story[1:]:
        one = after(one, each)
    assert one == standing(story)
    stopped = Step(step, AT + timedelta(days=99), STOPPED, "28_days")
    assert after(one, stopped) == standing([*story, stopped])


@given(story=stories(), days=st.integers(0, 200))
def test_nobody_is_asked_of_a_child_who_does_not_go_there(story: list[Step], days: int) -> None:
    stands, at = standing(story), AT + timedelta(days=days)
    check = asked_now(stands, (), at)
    if check:
        assert stands.state == ATTENDING
        assert check in checks_due(stands, at)
        assert asked_now(stands, {check}, at) != check


_POSITIONS = st.tuples(st.floats(49, 61), st.floats(-8, 2))
_SPOTS = st.builds(Spot, st.sampled_from(["", "A", "B"]), st.none() | _POSITIONS)


@given(one=_POSITIONS, other=_POSITIONS, third=_POSITIONS)
def test_a_straight_line_is_the_shortest(
    one: tuple[float, float], other: tuple[float, float], third: tuple[float, float]
) -> None:
    assert straight(one, one) == 0
    assert abs(straight(one, other) - straight(other, one)) < 1
    assert straight(one, third) <= straight(one, other) + straight(other, third) + 1


@given(home=_SPOTS, places=st.lists(_SPOTS, min_size=1, max_size=4))
def test_one_more_place_is_never_further_away(home: Spot, places: list[Spot]) -> None:
    assert travel(home, places).counts_as <= travel(home, places[:1]).counts_as


_FITS = st.builds(
    Fit,
    st.builds(Offered, key=st.uuids().map(str), name=st.just("x"), full=st.booleans()),
    st.none() | st.timedeltas(timedelta(), timedelta(days=7)),
    st.just(()),
)


@given(fits=st.lists(_FITS, max_size=8), far=st.integers(0, 50_000))
def test_full_ones_are_last_open_ones_first_and_none_is_lost(fits: list[Fit], far: int) -> None:
    def how_far(fit: Fit) -> Travel:
        return Travel(hash((fit.offered.key, far)) % 50_000, "same")

    ordered = nearest_first(fits, how_far)
    assert sorted(fit.offered.key for fit, _ in ordered) == sorted(f.offered.key for f in fits)
    for (one, near), (next_one, next_near) in zip(ordered, ordered[1:], strict=False):
        assert one.offered.full <= next_one.offered.full
        if one.offered.full == next_one.offered.full:
            assert one.is_open >= next_one.is_open
            if one.is_open == next_one.is_open:
                assert near.counts_as <= next_near.counts_as


def test_an_age_is_said_by_its_band() -> None:
    said = [age_band(age) for age in (None, 9, 10, 12, 13, 15, 16, 17, 18)]
    assert said == [
        *("", "under_10", "10_to_12", "10_to_12", "13_to_15", "13_to_15"),
        *("16_to_17", "16_to_17", "18_and_over"),
    ]


def test_every_state_and_step_has_words() -> None:
    assert words.STATES.keys() == words.STANDS.keys() == ALLOWED.keys()
    every = {kind for kinds in ALLOWED.values() for kind in kinds} | ANSWERS | {ASKED}
    assert words.STEPS.keys() == every


def test_the_reference_prints_every_example() -> None:
    page = render()
    for table in all_examples():
        for row in table.rows:
            assert f"| {row['case']} |" in page

"""What each measure says of a moment: by example, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.moments import measuring, rules
from reachable.moments.examples import example_table
from reachable.moments.measuring import BY_KEY, CHECKS, Followed, State, measured, tallied
from reachable.moments.rules import Done

TOLD = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = {name: UUID(int=number) for number, name in enumerate("ABC", 1)}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _done(line: str) -> Done:
    """Read a line of the table, such as "2026-03-02 11:00 declined, again 2026-03-16"."""
    words, *more = line[17:].split(", ")
    kind, *rest = words.split()
    times = dict(each.split(" ", 1) for each in more)
    given: dict[str, Any] = {"kind": kind, "at": _time(line[:16])}
    if kind == "in_touch":
        given |= {"how": rest[0], "step": rest[1]}
    elif rest[:1] == ["by"]:
        given["by"] = PEOPLE[rest[1]]
    elif rest[:1] == ["to"]:
        given["about"] = PEOPLE[rest[1]]
    elif rest:
        given["how"] = rest[0]
    if "said" in times:
        given["said_at"] = _time(times["said"])
    if "again" in times:
        given["again_at"] = _time(times["again"])
    return Done(**given)


@pytest.mark.parametrize("row", example_table("measures").rows, ids=lambda row: row["case"])
def test_measuring_by_example(row: Mapping[str, Any]) -> None:
    lines = [line for line in row["done"] if line != "taken back"]
    followed = Followed(
        "custody",
        TOLD,
        row["due"],
        [_done(line) for line in lines],
        taken_back=len(lines) < len(row["done"]),
    )
    found = measured(followed, row["as_of"]).states
    for state in ("yes", "no", "open"):
        assert {key for key, said in found.items() if said == state} == set(row[state]), state


def test_every_measure_has_an_example_of_each_of_its_answers() -> None:
    rows = example_table("measures").rows
    for state in ("yes", "no", "open"):
        shown = {key for row in rows for key in row[state]}
        # A clock that was missed is explained or not; that is never still open.
        missing = BY_KEY.keys() - shown
        assert missing <= ({"explained"} if state == "open" else set()), state


offsets = st.timedeltas(timedelta(minutes=-60), timedelta(days=130))
workers = st.sampled_from(list(PEOPLE.values()))


@st.composite
def actions(draw: st.DrawFn) -> Done:
    at = TOLD + draw(st.timedeltas(timedelta(), timedelta(days=130)))
    kind = draw(st.sampled_from(sorted(measuring.COUNTED - {"closed"})))
    step, how, again_at, said_at = "", "", None, None
    if kind == "in_touch":
        step, how = draw(st.sampled_from(list(CHECKS))), draw(st.sampled_from(["kept", "lost"]))
    if kind == "declined":
        again_at = draw(st.none() | offsets.map(lambda offset: TOLD + offset))
    if kind in rules.ANSWERED:
        said_at = draw(
            st.none() | st.timedeltas(timedelta(), timedelta(days=9)).map(lambda ago: at - ago)
        )
    return Done(kind, at, draw(workers), draw(workers), how, said_at, again_at, step)


@st.composite
def stories(draw: st.DrawFn) -> Followed:
    done = draw(st.lists(actions(), max_size=9))
    if draw(st.booleans()):
        ends = max((each.at for each in done if each.kind != "in_touch"), default=TOLD)
        how = draw(st.sampled_from(["reached", "declined", "held_elsewhere", "opened_in_error"]))
        done.append(Done("closed", ends, PEOPLE["A"], how=how))
    due = TOLD + draw(st.timedeltas(timedelta(hours=-2), timedelta(days=3)))
    return Followed("custody", TOLD, due, done, draw(st.booleans()))


looks = offsets.map(lambda offset: TOLD + offset)


@given(st.lists(stories(), max_size=6), looks)
def test_no_measure_exceeds_its_denominator_and_every_moment_is_somewhere(
    held: list[Followed], as_of: datetime
) -> None:
    found = tallied(measured(each, as_of) for each in held)
    assert found.moments == len(held)
    for key, tally in found.tallies.items():
        assert 0 <= tally.yes <= tally.of, key
        assert tally.of + tally.open + tally.out == len(held), key
    of = {key: tally.of for key, tally in found.tallies.items()}
    yes = {key: tally.yes for key, tally in found.tallies.items()}
    assert max(of["accepted"], of["declined"]) <= yes["offered"]
    assert of["asked_again"] <= yes["declined"]
    assert of["explained"] == yes["missed"]
    assert sum(found.why_missed.values()) <= yes["missed"]
    assert max(of["kept_28_days"], of["kept_3_months"]) <= yes["reached"]
    assert of["taken_over"] <= yes["handed_over"]
    assert yes["in_time"] <= yes["in_time_said"]
    assert yes["in_time"] + yes["missed"] <= len(held)


@given(stories(), looks)
def test_saying_no_or_being_offered_something_is_never_being_reached(
    held: Followed, as_of: datetime
) -> None:
    without = Followed(
        held.kind,
        held.received_at,
        held.due_at,
        [done for done in held.actions if done.kind != "reached"],
        held.taken_back,
    )
    states = measured(without, as_of).states
    for key in ("reached", "in_time", "in_time_said", "kept_28_days", "kept_3_months"):
        assert states[key] is not State.YES, key
    assert measured(without, as_of).to_reach is None


@given(stories(), looks, st.integers())
def test_the_order_in_which_things_were_written_down_does_not_matter(
    held: Followed, as_of: datetime, seed: int
) -> None:
    shuffled = list(held.actions)
    Random(seed).shuffle(shuffled)
    other = Followed(held.kind, held.received_at, held.due_at, shuffled, held.taken_back)
    assert measured(other, as_of) == measured(held, as_of)


@given(stories(), looks, looks)
def test_a_missed_clock_never_becomes_one_that_was_met(
    held: Followed, one: datetime, other: datetime
) -> None:
    before, after = (measured(held, at).states for at in sorted((one, other)))
    if before["missed"] is State.YES and after["missed"] is not State.OUT:
        assert after["missed"] is State.YES
        assert after["in_time"] is State.NO


def test_days_of_the_checks_are_days_in_london() -> None:
    reached = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert measuring.check_due(reached, "28_days") == datetime(2026, 12, 28, tzinfo=UTC)
    assert measuring.check_due(reached, "3_months") == datetime(2027, 2, 28, tzinfo=UTC)
    evening = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert measuring.check_due(evening, "28_days") == datetime(2026, 6, 29, 23, tzinfo=UTC)


def test_median_and_ninetieth_are_hours_that_something_took() -> None:
    assert measuring.spread([]) == measuring.Spread(0)
    assert measuring.spread([None, 3.0]) == measuring.Spread(1, 3.0, 3.0)
    assert measuring.spread(map(float, range(1, 11))) == measuring.Spread(10, 5.0, 9.0)
    assert measuring.spread([2.0, 1.0]) == measuring.Spread(2, 1.0, 2.0)

"""Which event opens what, who is asked, what was missed: by example, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.access.rules import TeamFacts
from reachable.moments import rules
from reachable.moments.examples import all_examples, example_table
from reachable.moments.reference import render
from reachable.moments.rules import Done, Standing
from reachable.practice import guidance
from reachable.practice.calling import Happened, History
from reachable.practice.time import When, read_local, say_when

A, B = UUID(int=1), UUID(int=2)


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", example_table(name).rows, ids=lambda row: row["case"])


@rows("opening")
def test_opening_by_example(row: Mapping[str, Any]) -> None:
    found = rules.opening(
        called_by=guidance.usual_rules().alone(row["event"]),
        occurred=read_local(row["day"], row["time"] or None),
        received_at=row["received"],
        birth_date=row["born"] or None,
    )
    assert (found.kind if found else "") == row["opens"]
    assert (say_when(When.at(found.child_due_at)) if found else "") == row["due"]


def _happened(said: Mapping[str, Any]) -> Happened:
    return Happened(said["event"], read_local(said["day"], said["time"] or None))


@rows("looking_back")
def test_looking_back_by_example(row: Mapping[str, Any]) -> None:
    this, before = _happened(row), [_happened(each) for each in row["before"]]
    for order in (before, before[::-1], [*before, this]):
        fired = guidance.usual_rules().fired(this, History(order))
        assert [rule.key for rule in fired] == row["calls"]


def test_every_rule_that_looks_back_and_is_usual_has_an_example() -> None:
    shown = {key for row in example_table("looking_back").rows for key in row["calls"]}
    assert shown == {rule.key for rule in guidance.usual_rules().rules if not rule.alone}


@rows("asking")
def test_asking_by_example(row: Mapping[str, Any]) -> None:
    names = {name: uuid4() for name in [*row["duty"], *row["asked"]]}
    found = rules.next_asked([names[n] for n in row["duty"]], [names[n] for n in row["asked"]])
    assert found == names.get(row["next"])


@rows("teams")
def test_which_team_answers_by_example(row: Mapping[str, Any]) -> None:
    teams = []
    for said in row["teams"]:
        name, _, area = said.partition(", for ")
        teams.append(_team(name, {area} - {""}))
    holding = {team.id for team in teams if team.name not in row["nobody"]}
    found = rules.team_for(teams, {row["area"]} - {""}, holding=holding)
    assert (found.name if found else "") == row["answers"]


def _team(name: str, areas: set[str]) -> TeamFacts:
    return TeamFacts(
        id=uuid4(),
        key=name.lower(),
        name=name,
        phone="",
        acknowledge_minutes=30,
        areas=frozenset(areas),
        ended=False,
    )


@rows("missed")
def test_missed_by_example(row: Mapping[str, Any]) -> None:
    found = rules.missed(due_at=row["due"], recorded_at=row["recorded"] or None, now=row["now"])
    assert found == row["missed"]


def test_a_clock_that_ended_before_we_were_told_could_not_be_met() -> None:
    due = datetime(2026, 3, 3, 8, 5, tzinfo=UTC)
    assert rules.told_too_late(due_at=due, received_at=due)
    assert not rules.told_too_late(due_at=due, received_at=due - timedelta(seconds=1))


@rows("worklist")
def test_worklist_by_example(row: Mapping[str, Any]) -> None:
    due = rules.next_due(
        state=row["state"],
        answer_by=row["answer_by"] or None,
        child_due_at=row["child_due"],
        reached_at=row["reached"] or None,
    )
    assert due == (row["next_due"] or None)
    day_ends = rules.today_ends(row["now"])
    bucket = rules.bucket(due_at=due, state=row["state"], now=row["now"], day_ends=day_ends)
    assert bucket == row["bucket"]


def test_every_event_that_opens_something_has_an_example() -> None:
    shown = {row["event"] for row in example_table("opening").rows if row["opens"]}
    opened = {row["opens"] for row in example_table("opening").rows if row["opens"]}
    assert opened == {rule.opens for rule in guidance.rules() if rule.alone and rule.usual}
    assert {"arrest", "voluntary_attendance", "returned_from_missing"} <= shown


def test_the_page_shows_every_example() -> None:
    page = render()
    for table in all_examples():
        assert f"## {table.title}" in page
        for row in table.rows:
            assert f"| {row['case']} |" in page


instants = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
births = st.dates(date(1990, 1, 1), date(2026, 12, 31)) | st.none()
kinds = st.sampled_from([kind.key for kind in guidance.event_kinds()])


@given(kinds, instants, st.timedeltas(timedelta(), timedelta(days=60)), births)
def test_the_childs_clock_never_depends_on_when_it_reached_us(
    kind: str, occurred: datetime, later: timedelta, born: date | None
) -> None:
    at = When.at(occurred)
    called_by = guidance.every_rule().alone(kind)
    soon = rules.opening(called_by=called_by, occurred=at, received_at=occurred, birth_date=born)
    late = rules.opening(
        called_by=called_by, occurred=at, received_at=occurred + later, birth_date=born
    )
    assert late == (soon if later <= rules.STALE_AFTER else None)
    if soon is not None:
        assert soon.child_due_at > occurred
        assert guidance.rule(soon.rule).opens == soon.kind


@given(instants, st.integers(0, 300), st.integers(0, 300))
def test_once_missed_always_missed(due: datetime, late: int, later: int) -> None:
    missed_at = due + timedelta(minutes=late + 1)
    recorded = missed_at + timedelta(minutes=later)
    assert rules.missed(due_at=due, recorded_at=None, now=missed_at)
    for now in (recorded, recorded + timedelta(days=400)):
        assert rules.missed(due_at=due, recorded_at=None, now=now)
        assert rules.missed(due_at=due, recorded_at=recorded, now=now)


def at(minutes: int) -> datetime:
    return datetime(2026, 3, 3, 12, tzinfo=UTC) + timedelta(minutes=minutes)


def test_a_moment_stands_where_its_actions_have_brought_it() -> None:
    done = [
        Done("opened", at(0)),
        Done("asked", at(0), about=A),
        Done("joined", at(1)),
        Done("passed_on", at(15), about=B),
        Done("acknowledged", at(20), by=B),
        Done("attempted", at(30), by=B, how="rang"),
        Done("reached", at(60), by=B, said_at=at(50)),
        Done("reached", at(90), by=B, said_at=at(10)),
        Done("closed", at(99), by=B, how="reached"),
    ]
    assert rules.standing("custody", done[:3]) == Standing(asked=A, answer_by=at(15))
    assert rules.standing("custody", done[:4]) == Standing(asked=B, answer_by=at(30))
    assert rules.standing("custody", done) == Standing(
        state="closed",
        holder=B,
        held_at=at(20),
        attempted_at=at(30),
        reached_at=at(50),
        reach_recorded_at=at(60),
        closed_at=at(99),
        outcome="reached",
    )


def test_what_joined_comes_back_as_it_was() -> None:
    done = [Done("opened", at(0)), Done("to_team", at(0)), Done("joined_older", at(5))]
    assert rules.standing("custody", done) == Standing(state="joined", state_before="with_team")
    back = [*done, Done("separated", at(9))]
    assert rules.standing("custody", back) == Standing(state="with_team")


@given(
    st.lists(st.tuples(st.sampled_from(["asked", "passed_on", "claimed"]), st.integers(1, 6))),
    st.lists(st.integers(1, 6), unique=True),
)
def test_a_round_asks_everybody_on_duty_once_and_ends(
    before: list[tuple[str, int]], duty: list[int]
) -> None:
    at = datetime(2026, 3, 3, tzinfo=UTC)
    done = [Done(kind, at, UUID(int=who), UUID(int=who)) for kind, who in before]
    done.append(Done("to_team", at))
    had = rules.asked_in_round(done)
    on_duty = [UUID(int=who) for who in duty]
    asked: list[UUID] = []
    while rules.waits_in_vain(done, on_duty=on_duty, held_since=at, elsewhere=True):
        following = rules.next_asked(on_duty, rules.asked_in_round(done))
        assert following
        asked.append(following)
        done += [Done("passed_on", at, None, following), Done("to_team", at)]
    assert asked == [who for who in on_duty if who not in had]


def test_a_team_that_nobody_was_in_when_it_was_told_is_told_again() -> None:
    at = datetime(2026, 3, 3, tzinfo=UTC)
    told, since = [Done("to_team", at)], at + timedelta(hours=1)
    assert rules.waits_in_vain(told, on_duty=[], held_since=since, elsewhere=True)
    told.append(Done("to_team", since))
    assert not rules.waits_in_vain(told, on_duty=[], held_since=since, elsewhere=True)
    for elsewhere in (True, False):
        found = rules.waits_in_vain(told, on_duty=[], held_since=None, elsewhere=elsewhere)
        assert found is elsewhere

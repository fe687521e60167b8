"""Whom a child knows is asked first, if they are at work; nobody else waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from reachable.access import services as access
from reachable.access.absences import say_away
from reachable.access.models import Absence, Involvement, Shift, TeamMembership
from reachable.access.selectors import everybody_on_duty
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments import rules, selectors, services, wording
from reachable.moments.examples import example_table
from reachable.moments.models import Action, Moment
from reachable.moments.noticing import Batch, Noticeable
from reachable.moments.rebuilding import rebuild_moments
from reachable.moments.registries import whom_a_child_knows
from reachable.moments.rules import Known
from reachable.people.identification import Identified
from reachable.practice import guidance
from reachable.practice.time import When
from tests.support.moments import fresh, kinds, told
from tests.support.people import (
    SYSTEM,
    Partnership,
    child_with_moment,
    claim,
    happen,
    identify_one,
    make_hub,
    moment_of,
)

db = pytest.mark.db
CLOCK = system("pass on")
LATER = timedelta(days=5)
ORDER = {"allocated": 10, "meets": 15, "reached": 20, "talked": 25, "list": 30}


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


@pytest.mark.parametrize("row", example_table("first").rows, ids=lambda row: row["case"])
def test_first_by_example(row: Mapping[str, Any]) -> None:
    names = {name: uuid4() for name in ("Ada", "Fern", "Sol")}
    known = [
        Known(
            names[each["who"]],
            each["how"],
            ORDER[each["how"]],
            datetime.combine(each["day"], time(12), UTC),
        )
        for each in row["known"]
    ]
    at_work = {names[each] for each in row["at_work"]}
    on_duty = [names[each] for each in row["duty"]]
    for said in (known, known[::-1]):
        first = rules.first_asked(said, at_work=at_work, on_duty=on_duty)
        asked = first.user if isinstance(first, Known) else first
        assert asked == names.get(row["first"])


def test_what_the_examples_say_of_the_order_is_what_is_registered() -> None:
    assert {each.key: each.item.order for each in whom_a_child_knows.listed()} == ORDER


PEOPLE = [UUID(int=each) for each in range(1, 6)]
known_people = st.lists(
    st.builds(
        Known,
        st.sampled_from(PEOPLE),
        st.sampled_from(sorted(ORDER)),
        st.sampled_from(sorted(ORDER.values())),
        st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    )
)


TWICE = [Known(PEOPLE[0], how, 10, datetime(2020, 1, 1, tzinfo=UTC)) for how in sorted(ORDER)]


@example(known=TWICE, shift={PEOPLE[0]}, away=set(), duty=[])
@given(
    known=known_people,
    shift=st.sets(st.sampled_from(PEOPLE)),
    away=st.sets(st.sampled_from(PEOPLE)),
    duty=st.lists(st.sampled_from(PEOPLE), unique=True),
)
def test_promise_45_somebody_away_is_never_asked_first(
    known: list[Known], shift: set[UUID], away: set[UUID], duty: list[UUID]
) -> None:
    at_work, on_duty = shift - away, [each for each in duty if each not in away]
    first = rules.first_asked(known, at_work=at_work, on_duty=on_duty)
    asked = first.user if isinstance(first, Known) else first
    assert asked not in away
    knows = {each.user for each in known} & at_work
    if knows:
        assert asked in knows
    else:
        assert asked == next(iter(on_duty), None)
    if isinstance(first, Known):
        nearer = [each for each in known if each.user in at_work and each.order < first.order]
        assert not nearer
    assert first == rules.first_asked(reversed(known), at_work=at_work, on_duty=on_duty)


def reached_before(hub: Partnership, name: str = "sol", given: str = "Tamsin") -> Identified:
    """A child whom this worker reached in a moment that is closed."""
    who, moment = child_with_moment(hub, given, kind="returned_from_missing")
    by = hub.actor(name)
    services.take(by=by, moment_id=moment.id)
    services.reach(by=by, moment_id=moment.id, how="seen", note="")
    services.close(by=by, moment_id=moment.id, outcome="reached", reason="Meets weekly")
    return who


def page_of(hub: Partnership, name: str, moment: Moment) -> selectors.MomentFacts:
    return selectors.moment(by=hub.actor(name), moment_id=moment.id)


@db
def test_promise_45_a_new_moment_goes_first_to_whoever_reached_the_child_before(
    hub: Partnership,
) -> None:
    with travel(datetime(2026, 9, 3, 12, tzinfo=UTC), ticking=True):
        hub.duty("fern", "sol", days=60)
        who = reached_before(hub)
    with travel(datetime(2026, 9, 20, 12, tzinfo=UTC), ticking=True):
        moment = moment_of(happen(who, hub.police, "arrest"))
        assert (moment.state, moment.asked_id) == ("waiting", hub.workers["sol"])
        assert moment.team_id == hub.teams["hub"]
        assert told(hub, "fern") == ["moment.assigned"]
        assert kinds(moment) == ["opened", "known", "asked"]
        shown = page_of(hub, "sol", moment)
        assert shown.asked_first_because == "you reached them in September 2026"
        others = page_of(hub, "lead", moment)
        assert others.asked_first_because == "Sol reached them in September 2026"
        history = [wording.said(each, others, {}) for each in others.actions]
        assert history[1:] == [
            "Sol comes first: Sol reached them in September 2026",
            "Sol was asked",
        ]
        assert rebuild_moments(by=SYSTEM) == 0
        assert moment.answer_by
    with travel(moment.answer_by + timedelta(seconds=1), ticking=True):
        assert services.pass_on_unanswered(by=CLOCK) == 1
        assert fresh(moment).asked_id == hub.workers["fern"]
        assert page_of(hub, "fern", moment).asked_first_because == ""
        assert rebuild_moments(by=SYSTEM) == 0


@db
def test_promise_45_whom_the_child_knows_is_not_asked_while_away_or_off_duty(
    hub: Partnership,
) -> None:
    who = reached_before(hub)
    _away(hub, "sol")
    moment = moment_of(happen(who, hub.police, "arrest"))
    assert moment.asked_id == hub.workers["fern"]
    assert kinds(moment) == ["opened", "asked"]


@db
def test_whoever_is_not_on_the_rota_now_is_not_asked_first(hub: Partnership) -> None:
    who = reached_before(hub)
    Shift.objects.filter(user_id=hub.workers["sol"]).delete()
    assert moment_of(happen(who, hub.police, "arrest")).asked_id == hub.workers["fern"]


@db
def test_whom_the_child_knows_may_be_at_work_for_another_team(hub: Partnership) -> None:
    hub.team("north", areas=("North",))
    hub.worker("ada", team="north")
    hub.duty("ada", team="north")
    who = identify_one(claim(hub.police, "P-Ivo", given="Ivo", postcode=""))
    _involve(hub, "ada", who, "allocated")
    moment = moment_of(happen(who, hub.police, "arrest"))
    assert (moment.team_id, moment.asked_id) == (hub.teams["hub"], hub.workers["ada"])
    shown = page_of(hub, "ada", moment)
    assert shown.asked_first_because == "you are the worker who is allocated to them"
    assert services.pass_on_unanswered(by=CLOCK) == 0
    services.take(by=hub.actor("ada"), moment_id=moment.id)
    assert fresh(moment).holder_id == hub.workers["ada"]


def _away(hub: Partnership, name: str) -> None:
    say_away(
        by=hub.actor("lead"),
        user_id=hub.workers[name],
        starts_at=now(),
        ends_at=None,
        reason="sickness",
    )


def _involve(hub: Partnership, name: str, who: Identified, basis: str) -> None:
    row = (hub.workers[name], None, who.person_id, basis, uuid4())
    access.involve(by=SYSTEM, rows=[row], kind="person")


@db
def test_whoever_left_the_team_is_not_asked_for_it(hub: Partnership) -> None:
    who = reached_before(hub)
    north = hub.team("north", areas=("North",))
    access.end_membership(by=SYSTEM, user_id=hub.workers["sol"], team_id=hub.teams["hub"])
    TeamMembership.objects.create(team_id=north, user_id=hub.workers["sol"], started_at=now())
    hub.duty("sol", team="north")
    moment = moment_of(happen(who, hub.police, "arrest"))
    assert moment.asked_id == hub.workers["fern"]


@db
def test_an_involvement_that_ended_counts_no_more(hub: Partnership) -> None:
    who = identify_one(claim(hub.police, "P-Ivo", given="Ivo", postcode=""))
    _involve(hub, "sol", who, "panel")
    Involvement.objects.filter(basis="panel").update(ended_at=now())
    assert moment_of(happen(who, hub.police, "arrest")).asked_id == hub.workers["fern"]
    assert whom_a_child_knows.get("list").said(now(), True) == "keep the list that they are on"


@db
def test_promise_45_what_joins_what_nobody_has_goes_to_whom_the_child_knows(
    hub: Partnership,
) -> None:
    who = reached_before(hub)
    Shift.objects.all().delete()
    moment = moment_of(happen(who, hub.police, "arrest"))
    assert moment.state == "with_team"
    with travel(now() + timedelta(hours=1), ticking=True):
        hub.duty("fern", "sol")
        happen(who, hub.police, "returned_from_missing")
        asked = fresh(moment)
        assert (asked.state, asked.asked_id) == ("waiting", hub.workers["sol"])
        assert kinds(moment)[-3:] == ["joined", "known", "asked"]
        assert page_of(hub, "sol", moment).asked_first_because.startswith("you reached them in ")
        assert rebuild_moments(by=SYSTEM) == 0


@db
def test_whoever_comes_on_duty_first_is_the_one_whom_the_child_knows(hub: Partnership) -> None:
    who = reached_before(hub)
    Shift.objects.all().delete()
    moment = moment_of(happen(who, hub.police, "arrest"))
    with travel(now() + timedelta(hours=1), ticking=True):
        hub.duty("fern", "sol")
        assert services.pass_on_unanswered(by=CLOCK) == 1
        assert fresh(moment).asked_id == hub.workers["sol"]
        assert kinds(moment)[-2:] == ["known", "passed_on"]
        assert page_of(hub, "sol", moment).asked_first_because
        assert rebuild_moments(by=SYSTEM) == 0
        services.pass_on(by=hub.actor("sol"), moment_id=moment.id, reason="In court")
        assert fresh(moment).asked_id == hub.workers["fern"]


@db
@pytest.mark.parametrize("seed", range(12))
def test_promise_45_never_more_than_one_is_asked_and_nobody_who_is_away(
    hub: Partnership, seed: int
) -> None:
    rng = Random(seed)
    names = ["fern", "sol", "ada", "kit", "ines"]
    for name in names[2:]:
        hub.worker(name, team="hub")
    Shift.objects.all().delete()
    children = [reached_before(hub, rng.choice(names), given) for given in ("Ivo", "Noa", "Ty")]
    for name in rng.sample(names, rng.randrange(len(names))):
        hub.duty(name)
    for name in rng.sample(names, rng.randrange(len(names))):
        _away(hub, name)
    there = set(everybody_on_duty(at=now()).get(hub.teams["hub"], []))
    away = set(Absence.objects.values_list("user_id", flat=True))
    for who in children:
        moment = moment_of(happen(who, hub.police, "arrest"))
        happen(who, hub.police, "returned_from_missing")
        involved = Involvement.objects.filter(because_of=moment.id, basis="asked", ended_at=None)
        asked = set(involved.values_list("user_id", flat=True))
        assert asked == ({moment.asked_id} if moment.asked_id else set())
        assert not asked & away
        knew = Action.objects.get(moment__person=moment.person_id, kind="reached").by_id
        assert moment.asked_id == knew if knew in there else moment.asked_id in {None, *there}
        assert Action.objects.filter(moment=moment, kind="asked").count() == len(asked)


@db
def test_more_children_take_no_more_questions(hub: Partnership) -> None:
    children = [reached_before(hub, "sol", given) for given in ("Ivo", "Noa", "Ty", "Ula", "Wim")]
    few = _questions(hub, children[:1])
    assert _questions(hub, children[1:]) == few
    assert Moment.objects.filter(state="waiting", asked=hub.workers["sol"]).count() == 5


def _questions(hub: Partnership, children: list[Identified]) -> int:
    """Count what one batch asks of the database that opens a moment for each of these children."""
    opening = rules.opening(
        called_by=guidance.usual_rules().alone("arrest"),
        occurred=When.at(now()),
        received_at=now(),
        birth_date=None,
    )
    events = [
        Noticeable(
            event_id=uuid4(),
            signal_id=uuid4(),
            kind="arrest",
            person_id=who.person_id,
            current_id=who.current_id,
            opening=opening,
            received_at=now(),
            postcode="",
        )
        for who in children
    ]
    with CaptureQueriesContext(connection) as asked:
        assert Batch(SYSTEM).run(events, ()) == len(children)
    return len(asked)

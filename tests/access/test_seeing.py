"""Who sees a child: the rule by its examples, and every selector beside the rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reachable.access import closing, services
from reachable.access.examples import example_table
from reachable.access.models import (
    ConflictOfInterest,
    Involvement,
    Restriction,
    RestrictionReader,
    Team,
    User,
)
from reachable.access.reference import render
from reachable.access.rules.seeing import (
    Conflicted,
    Involved,
    Restricted,
    Worker,
    last_end,
    sees,
)
from reachable.chronology import selectors as chronology
from reachable.chronology.models import Event
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.moments import selectors as moments
from reachable.moments.models import Moment
from reachable.offers import seeing as offers
from reachable.people import selectors as people
from reachable.people.identification import Identified
from reachable.people.models import CurrentPerson
from tests.support.people import (
    SYSTEM,
    Partnership,
    claim,
    happen,
    identify_one,
    make_partnership,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROWS = example_table("seeing").rows


def said_of(row: Mapping[str, Any]) -> bool:
    asks, _, rest = row["asks"].partition(" of ")
    team, _, opens = rest.partition(", ")
    return sees(
        Worker(asks, frozenset({team} if team else ()), reads_children=opens == ""),
        same=row["one_child"],
        involved=[_involved(said) for said in row["works_with"]],
        restricted=[
            Restricted(subject, frozenset(readers))
            for subject, readers in row["restricted"].items()
        ],
        conflicted=[Conflicted(*said.split()) for said in row["conflicts"]],
        at=NOON,
    )


def _involved(said: str) -> Involved:
    said, _, ended = said.partition(", ")
    said, _, until = said.partition(" until ")
    who, subject = said.split()
    at = datetime.combine(NOON, time.fromisoformat(until), UTC) if until else None
    return Involved(who, subject, at, ended == "ended")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_the_rule_says_what_its_examples_say(row: Mapping[str, Any]) -> None:
    assert said_of(row) is row["sees"]


def test_whoever_works_with_somebody_does_so_until_it_is_said_otherwise() -> None:
    assert Involved("Ada", "R1") == Involved("Ada", "R1", until=None, ended=False)


@pytest.mark.parametrize(
    ("untils", "ends"),
    [
        ([], None),
        ([None], None),
        ([NOON], NOON),
        ([NOON, NOON - timedelta(hours=1)], NOON),
        ([NOON, None], None),
        ([None, NOON, None], None),
    ],
)
def test_the_last_of_several_involvements_ends_never_where_one_has_no_end(
    untils: list[datetime | None], ends: datetime | None
) -> None:
    assert last_end(iter(untils)) == ends


def test_the_reference_prints_every_example() -> None:
    page = render()
    assert all(f"| {row['case']} |" in page for row in ROWS)


WORKERS = ("ada", "ben", "steward", "lead")
TEAMS = ("hub", "east")
CHILDREN = range(4)
SOON = st.sampled_from([None, timedelta(hours=-1), timedelta(seconds=-1), timedelta(hours=1)])
WHO = st.sampled_from([*WORKERS, *TEAMS])
WHOM = st.sampled_from(list(CHILDREN))


@dataclass(frozen=True)
class Drawn:
    """A partnership as it may stand at some moment, however it came there."""

    members: frozenset[tuple[str, str]]
    merged: tuple[int, ...]
    involved: tuple[tuple[str, int, timedelta | None, bool], ...]
    restricted: Mapping[int, tuple[bool, Mapping[str, bool]]]
    conflicted: tuple[tuple[str, int, bool], ...]


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    return Drawn(
        members=draw(st.frozensets(st.tuples(st.sampled_from(WORKERS), st.sampled_from(TEAMS)))),
        # Each child stands for itself, or is one with a child before it.
        merged=tuple(draw(st.integers(0, child)) for child in CHILDREN),
        involved=tuple(draw(st.lists(st.tuples(WHO, WHOM, SOON, st.booleans()), max_size=8))),
        restricted=draw(
            st.dictionaries(
                WHOM,
                st.tuples(
                    st.booleans(),
                    st.dictionaries(st.sampled_from(WORKERS), st.booleans(), max_size=3),
                ),
                max_size=3,
            )
        ),
        conflicted=tuple(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(WORKERS), WHOM, st.booleans()),
                    max_size=4,
                    unique_by=lambda each: each[:2],
                )
            )
        ),
    )


@dataclass(frozen=True)
class Place:
    """Four children with a moment each, and workers of whom nobody works with any of them yet."""

    hub: Partnership
    children: list[Identified]
    moments: list[Moment]

    def id_of(self, who: str) -> UUID:
        return self.hub.workers.get(who) or self.hub.teams[who]


@pytest.fixture
def place(db: None) -> Place:
    del db
    return make_children()


def make_children() -> Place:
    hub = make_partnership()
    for team in TEAMS:
        hub.team(team)
    for name in WORKERS:
        role = {"steward": "linkage_steward", "lead": "supervisor"}.get(name, "practitioner")
        hub.worker(name, role)
    hub.team("third")
    hub.worker("third", team="third")
    hub.duty("third", team="third")
    children = [
        identify_one(claim(hub.police, f"P{number}", given=given, born=f"2012-03-0{number + 1}"))
        for number, given in enumerate(("Ada", "Ben", "Cai", "Dee"))
    ]
    for child in children:
        happen(child, hub.police)
    Involvement.objects.all().delete()
    by_person = {moment.person_id: moment for moment in Moment.objects.all()}
    return Place(hub, children, [by_person[child.person_id] for child in children])


def put(place: Place, what: Drawn, at: datetime) -> None:
    """Write what was drawn as rows, past every service: the selectors may rely on nothing else."""
    for name, team in what.members:
        user = User.objects.get(id=place.id_of(name))
        user.team_memberships.create(team=Team.objects.get(key=team), started_at=at)
    ids = [child.person_id for child in place.children]
    stands_for = _stands_for(what)
    for child, current in enumerate(stands_for):
        CurrentPerson.objects.filter(person_id=ids[child]).update(current_id=ids[current])
    began = at - timedelta(days=2)
    for who, child, until, ended in what.involved:
        Involvement.objects.create(
            **{"team_id" if who in TEAMS else "user_id": place.id_of(who)},
            subject_kind="person",
            subject_id=ids[child],
            basis="invited",
            started_at=began,
            until=None if until is None else at + until,
            ended_at=at if ended else None,
        )
    lead = place.id_of("lead")
    for child, (ended, readers) in what.restricted.items():
        restriction = Restriction.objects.create(
            subject_kind="person",
            subject_id=ids[child],
            kind="other",
            reason="Drawn",
            set_by_id=lead,
            set_at=began,
            review_on=at.date(),
            ended_at=at if ended else None,
        )
        for name, reader_ended in readers.items():
            RestrictionReader.objects.create(
                restriction=restriction,
                user_id=place.id_of(name),
                added_at=began,
                ended_at=at if reader_ended else None,
            )
    for name, child, ended in what.conflicted:
        ConflictOfInterest.objects.create(
            user_id=place.id_of(name),
            subject_kind="person",
            subject_id=ids[child],
            reason="Drawn",
            declared_by_id=lead,
            declared_at=began,
            ended_at=at if ended else None,
        )


def _stands_for(what: Drawn) -> list[int]:
    found: list[int] = []
    for child, other in enumerate(what.merged):
        found.append(child if other == child else found[other])
    return found


def by_the_rule(what: Drawn, name: str, child: int, at: datetime) -> bool:
    stands_for = _stands_for(what)
    teams = frozenset(team for member, team in what.members if member == name)
    return sees(
        Worker(name, teams, reads_children=name != "steward"),
        same=[str(each) for each in CHILDREN if stands_for[each] == stands_for[child]],
        involved=[
            Involved(who, str(whom), None if until is None else at + until, ended)
            for who, whom, until, ended in what.involved
        ],
        restricted=[
            Restricted(str(whom), frozenset(name for name, gone in readers.items() if not gone))
            for whom, (ended, readers) in what.restricted.items()
            if not ended
        ],
        conflicted=[
            Conflicted(who, str(whom)) for who, whom, ended in what.conflicted if not ended
        ],
        at=at,
    )


def by_every_selector(by: Actor, child: Identified, moment: Moment) -> dict[str, bool]:
    """Ask every selector from which a page starts whether it opens this child."""
    current = CurrentPerson.objects.get(person_id=child.person_id).current_id
    event = Event.objects.values_list("id", flat=True).get(record_id=child.record_id)
    visible = people.visible_people(by=by)
    holds = by.can("moments.hold")
    found = {
        "visible_people": visible.filter(current_id=current).exists(),
        "visible_now": CurrentPerson.objects.filter(
            current_id__in=people.visible_now(by=by), current_id=current
        ).exists(),
        "visible_persons": CurrentPerson.objects.filter(
            person_id__in=people.visible_persons(by=by), person_id=child.person_id
        ).exists(),
        "visible_current": people.visible_current(by=by, person_id=child.person_id) == current,
        "is_visible": people.is_visible(by=by, person_id=child.person_id),
        "names": current in people.names(by=by, current_ids=[current]),
        "works with, for offers": offers.works_with(by, child.person_id),
    }
    if by.can("people.read"):
        found["child"] = _found(lambda: people.child(by=by, person_id=child.person_id))
        found["events"] = bool(chronology.events(by=by, event_ids=[event]))
        found["time line"] = chronology.time_line(by=by, person_id=current).total > 0
        found["child of an offer"] = _found(
            lambda: offers.current_child(by=by, person_id=child.person_id)
        )
    if holds:
        found["moments"] = moments.visible_moments(by=by).filter(id=moment.id).exists()
        found["a moment"] = moments.is_visible(by=by, moment=moment)
        found["page of a moment"] = _found(lambda: moments.moment(by=by, moment_id=moment.id))
        found["moments of a child"] = bool(moments.moments_of_child(by=by, person_id=current))
    return found


def _found(ask: Any) -> bool:
    try:
        ask()
    except NotFound:
        return False
    return True


@pytest.mark.db
@settings(
    max_examples=30,
    deadline=None,
    # A smaller example is made of rows again, which takes minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn())
def test_promise_12_every_selector_opens_what_the_rule_opens(place: Place, what: Drawn) -> None:
    with transaction.atomic():
        at = now()
        put(place, what, at)
        for name, number in product(WORKERS, CHILDREN):
            by = place.hub.actor(name)
            rule = by_the_rule(what, name, number, at)
            said = by_every_selector(by, place.children[number], place.moments[number])
            assert said == dict.fromkeys(said, rule), (name, number)
        _whom_to_ask_agrees(place, what)
        transaction.set_rollback(True)


def _whom_to_ask_agrees(place: Place, what: Drawn) -> None:
    """To whom a record is closed is also said of a child, for those whom the system may ask."""
    same = people.same_people(
        by=SYSTEM, current_ids=CurrentPerson.objects.values_list("current_id", flat=True)
    )
    shut = closing.closed(by=SYSTEM, kind="person", same=same)
    for name, child in product(("ada", "ben", "lead"), place.children):
        by = place.hub.actor(name)
        together = [each for each in same if same[each] == same[child.person_id]]
        closed = closing.closed_among(by=by, kind="person", subject_ids=together)
        assert shut.opens(same[child.person_id], by.own_id) is not bool(closed), name


@pytest.mark.db
def test_the_number_of_questions_does_not_grow_with_children_and_closures(place: Place) -> None:
    ada = place.id_of("ada")
    at = now()

    def questions(count: int) -> int:
        ids = [child.person_id for child in place.children[:count]]
        for child in ids:
            row = (ada, None, child, "invited", new_id())
            if not Involvement.objects.filter(subject_id=child).exists():
                services.involve(by=SYSTEM, rows=[row], kind="person")
                restriction = Restriction.objects.create(
                    subject_kind="person",
                    subject_id=child,
                    kind="other",
                    reason="High risk",
                    set_by_id=ada,
                    set_at=at,
                    review_on=at.date(),
                )
                restriction.readers.create(user_id=ada, added_at=at)
        by = place.hub.actor("ada")
        with CaptureQueriesContext(connection) as asked:
            assert len(people.names(by=by, current_ids=ids)) == count
            assert moments.visible_moments(by=by).count() == count
        return len(asked)

    assert questions(1) == questions(4)


def test_why_i_can_see_this_says_until_when(place: Place) -> None:
    ada, child = place.id_of("ada"), place.children[0].person_id
    Involvement.objects.create(
        user_id=ada,
        subject_kind="person",
        subject_id=child,
        basis="invited",
        started_at=NOON,
        until=now() + timedelta(days=3),
    )
    (said,) = people.why_seen(by=place.hub.actor("ada"), current_id=child)
    assert said.startswith("You were invited to see this child by somebody who works with them")
    assert ", until " in said


def test_the_system_sees_a_child_who_is_restricted_and_in_conflict(place: Place) -> None:
    what = Drawn(frozenset(), (0, 1, 2, 3), (), {0: (False, {})}, (("ada", 0, False),))
    put(place, what, now())
    child, moment = place.children[0], place.moments[0]
    assert people.is_visible(by=SYSTEM, person_id=child.person_id)
    assert moments.is_visible(by=SYSTEM, moment=moment)
    assert people.names(by=SYSTEM, current_ids=[child.person_id])

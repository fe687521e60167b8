"""The examples of who sees a child, put into the database as rows: every question says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from django.db.models import OuterRef

from reachable.access import closing, involved
from reachable.access.examples import example_table
from reachable.access.models import (
    ConflictOfInterest,
    Involvement,
    Restriction,
    RestrictionReader,
    Team,
    User,
)
from reachable.access.services import involve
from reachable.foundation.ids import new_id
from reachable.foundation.time import travel
from reachable.people import selectors as people
from reachable.people.models import CurrentPerson
from tests.support.people import SYSTEM, Partnership, claim, identify_one, make_partnership

pytestmark = pytest.mark.db

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEGAN = NOON - timedelta(days=2)
ROWS = example_table("seeing").rows
KIND = "person"


class Place:
    """Three records, and workers of whom nobody works with any of them yet."""

    def __init__(self) -> None:
        self.hub: Partnership = make_partnership()
        self.hub.team("hub")
        self.hub.team("east")
        for name, role in (
            ("ada", "practitioner"),
            ("ben", "practitioner"),
            ("dee", "practitioner"),
            ("cal", "linkage_steward"),
            ("gil", "information_governance"),
        ):
            self.hub.worker(name, role)
        self.hub.worker("eva", "practitioner", "linkage_steward")
        self.records = {
            f"R{number}": identify_one(
                claim(self.hub.police, f"P{number}", given=given, born=f"2012-03-0{number}")
            ).person_id
            for number, given in ((1, "Ada"), (2, "Ben"), (3, "Cai"))
        }

    def user(self, name: str) -> UUID:
        return self.hub.workers[name.lower()]

    def joins(self, name: str, team: str) -> None:
        user = User.objects.get(id=self.user(name))
        held = Team.objects.get(key=team.lower())
        user.team_memberships.create(team=held, started_at=BEGAN)

    def merge(self, records: list[str]) -> None:
        current = self.records[records[0]]
        held = CurrentPerson.objects.filter(person_id__in=[self.records[each] for each in records])
        held.update(current_id=current)

    def works(self, who: str, record: str, until: datetime | None = None, *, over: bool) -> None:
        team = self.hub.teams.get(who.lower())
        Involvement.objects.create(
            team_id=team,
            user_id=None if team else self.user(who),
            subject_kind=KIND,
            subject_id=self.records[record],
            basis="invited",
            started_at=BEGAN,
            until=until,
            ended_at=BEGAN if over else None,
        )

    def restrict(self, record: str, *readers: str, over: bool = False) -> Restriction:
        held = Restriction.objects.create(
            subject_kind=KIND,
            subject_id=self.records[record],
            kind="other",
            reason="Of an example",
            set_by_id=self.user("dee"),
            set_at=BEGAN,
            review_on=NOON.date(),
            ended_at=BEGAN if over else None,
        )
        for name in readers:
            if name.lower() not in self.hub.teams:
                held.readers.create(user_id=self.user(name), added_at=BEGAN)
        return held

    def conflict(self, name: str, record: str, *, over: bool = False) -> None:
        ConflictOfInterest.objects.create(
            user_id=self.user(name),
            subject_kind=KIND,
            subject_id=self.records[record],
            reason="Of an example",
            declared_by_id=self.user("dee"),
            declared_at=BEGAN,
            ended_at=BEGAN if over else None,
        )

    def closed_to(self, name: str, record: str) -> set[bool]:
        """Return what each way to ask says of whether this record is closed to somebody."""
        by, person = self.hub.actor(name), self.records[record]
        current = CurrentPerson.objects.get(person_id=person).current_id
        same = people.same_people(by=SYSTEM, current_ids=[current])
        rows = CurrentPerson.objects.filter(
            closing.closes(by=by, kind=KIND, subject=OuterRef("person_id")), person_id__in=same
        )
        return {
            rows.exists(),
            current in people.closed_people(by=by).values_list("current_id", flat=True),
            bool(closing.closed_among(by=by, kind=KIND, subject_ids=list(same))),
            not closing.closed(by=SYSTEM, kind=KIND, same=same).opens(current, by.own_id),
        }

    def sees(self, name: str, record: str) -> set[bool]:
        by, person = self.hub.actor(name), self.records[record]
        current = CurrentPerson.objects.get(person_id=person).current_id
        return {
            people.visible_people(by=by).filter(current_id=current).exists(),
            CurrentPerson.objects.filter(
                current_id__in=people.visible_now(by=by), current_id=current
            ).exists(),
            CurrentPerson.objects.filter(
                person_id__in=people.visible_persons(by=by), person_id=person
            ).exists(),
            people.visible_current(by=by, person_id=person) == current,
            people.is_visible(by=by, person_id=person),
            set(people.names(by=by, current_ids=[current])) == {current},
        }


@pytest.fixture
def place(db: None) -> Place:
    del db
    return Place()


def put(place: Place, row: Mapping[str, Any]) -> str:
    asks, _, rest = row["asks"].partition(" of ")
    team = rest.partition(", ")[0]
    if team:
        place.joins(asks, team)
    place.merge(row["one_child"])
    for said in row["works_with"]:
        said, _, ended = said.partition(", ")
        said, _, until = said.partition(" until ")
        at = datetime.combine(NOON, time.fromisoformat(until), UTC) if until else None
        who, record = said.split()
        place.works(who, record, at, over=bool(ended))
    for record, readers in row["restricted"].items():
        place.restrict(record, *readers)
    for said in row["conflicts"]:
        place.conflict(*said.split())
    return str(asks).lower()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_promise_12_every_question_says_what_the_examples_say(
    place: Place, row: Mapping[str, Any]
) -> None:
    asks = put(place, row)
    with travel(NOON):
        for record in row["one_child"]:
            assert place.sees(asks, record) == {row["sees"]}, record
            assert len(place.closed_to(asks, record)) == 1, record


def test_what_is_over_closes_nothing_and_opens_nothing(place: Place) -> None:
    place.works("ada", "R1", over=False)
    place.works("ben", "R1", over=True)
    place.restrict("R1", over=True)
    place.conflict("ada", "R1", over=True)
    with travel(NOON):
        assert place.sees("ada", "R1") == {True}
        assert place.sees("ben", "R1") == {False}
        assert place.closed_to("ada", "R1") == place.closed_to("ben", "R1") == {False}
        RestrictionReader.objects.create(
            restriction=place.restrict("R1", "ada"),
            user_id=place.user("ben"),
            added_at=BEGAN,
            ended_at=NOON,
        )
        assert place.closed_to("ada", "R1") == {False}
        assert place.closed_to("ben", "R1") == {True}


def test_what_stands_on_something_else_of_the_same_number_closes_nothing(place: Place) -> None:
    """An identifier says nothing without its kind."""
    place.works("ada", "R1", over=False)
    place.restrict("R1")
    place.conflict("ada", "R1")
    Restriction.objects.update(subject_kind="place")
    ConflictOfInterest.objects.update(subject_kind="place")
    with travel(NOON):
        assert place.sees("ada", "R1") == {True}
        assert place.closed_to("ada", "R1") == {False}
        ids = [place.records["R1"]]
        by = place.hub.actor("ada")
        assert closing.kept_from_since(by=by, kind=KIND, subject_ids=ids) == []
        assert len(closing.kept_from_since(by=by, kind="place", subject_ids=ids)) == 1
        Involvement.objects.update(subject_kind="place")
        assert place.sees("ada", "R1") == {False}


def test_whoever_reads_one_of_two_restrictions_alone_does_not_read_the_child(place: Place) -> None:
    place.merge(["R1", "R2"])
    place.restrict("R1", "ada", "ben")
    place.restrict("R2", "ben", "dee")
    place.restrict("R3", "ada")
    place.conflict("dee", "R1")
    place.conflict("gil", "R2")
    current = place.records["R1"]
    same = people.same_people(by=SYSTEM, current_ids=[current, place.records["R3"]])
    assert same == {place.records[each]: current for each in ("R1", "R2")} | {
        place.records["R3"]: place.records["R3"]
    }
    shut = closing.closed(by=SYSTEM, kind=KIND, same=same)
    assert shut.conflicts == {current: {place.user("dee"), place.user("gil")}}
    assert shut.readers == {
        current: {place.user("ben")},
        place.records["R3"]: {place.user("ada")},
    }
    nothing = closing.Closed()
    assert nothing.opens(current, place.user("ada"))
    assert shut.opens(current, place.user("ben"))
    assert not shut.opens(current, place.user("ada"))
    assert not shut.opens(current, place.user("dee"))


def test_since_when_a_record_is_closed_to_somebody(place: Place) -> None:
    """Since it was restricted, or since they are no reader any more; never where they read it."""
    elsewhere = place.restrict("R1")
    Restriction.objects.filter(id=elsewhere.id).update(subject_kind="place", set_at=NOON)
    held = place.restrict("R1", "ada")
    place.restrict("R2", "ben")
    place.restrict("R3", "ben", over=True)
    place.restrict("R1", over=True)
    held.readers.create(user_id=place.user("ben"), added_at=BEGAN, ended_at=NOON)
    earlier = NOON - timedelta(hours=5)
    held.readers.create(user_id=place.user("ben"), added_at=BEGAN, ended_at=earlier)
    ids = list(place.records.values())

    def since(name: str, among: list[UUID]) -> dict[UUID, datetime]:
        by = place.hub.actor(name)
        return dict(closing.kept_from_since(by=by, kind=KIND, subject_ids=among))

    assert since("ada", ids) == {place.records["R2"]: BEGAN}
    assert since("ben", ids) == {place.records["R1"]: NOON}
    assert since("dee", ids) == {place.records["R1"]: BEGAN, place.records["R2"]: BEGAN}
    assert since("dee", ids[:1]) == {place.records["R1"]: BEGAN}


def test_whom_to_ring_is_said_of_who_is_restricted_and_not_of_ones_own_conflicts(
    place: Place,
) -> None:
    place.restrict("R1", "ben")
    place.restrict("R2", "ben")
    place.restrict("R3", "ada")
    place.conflict("ada", "R2")
    place.conflict("dee", "R1")

    def restricted(name: str) -> set[UUID]:
        whom = people.restricted_people(by=place.hub.actor(name))
        found = CurrentPerson.objects.filter(current_id__in=whom)
        return set(found.values_list("current_id", flat=True))

    assert restricted("ada") == {place.records["R1"]}
    assert restricted("ben") == {place.records["R3"]}
    place.merge(["R1", "R2"])
    assert restricted("ada") == set(), "one of them is in conflict, so all of the child is"


def test_only_whose_role_opens_children_sees_one_and_the_system_sees_all(place: Place) -> None:
    for name in ("ada", "cal", "eva", "gil"):
        place.works(name, "R1", over=False)
    place.restrict("R2")
    with travel(NOON):
        assert place.sees("ada", "R1") == place.sees("eva", "R1") == {True}
        assert place.sees("eva", "R3") == {False}, "whom one reviews is not whom one works with"
        assert place.sees("cal", "R1") == place.sees("gil", "R1") == {False}
        for by in (place.hub.actor("cal"), place.hub.actor("gil")):
            assert not people.visible_people(by=by).exists()
    assert people.visible_people(by=SYSTEM).count() == 3
    assert people.is_visible(by=SYSTEM, person_id=place.records["R2"])
    assert people.visible_current(by=SYSTEM, person_id=place.records["R2"]) == place.records["R2"]
    assert len(people.names(by=SYSTEM, current_ids=place.records.values())) == 3


def test_the_system_finds_who_stands_for_somebody_who_was_merged(place: Place) -> None:
    place.merge(["R1", "R2"])
    found = {
        people.visible_current(by=SYSTEM, person_id=place.records[each]) for each in ("R1", "R2")
    }
    assert len(found) == 1
    assert found < set(place.records.values())


def test_what_closes_one_child_is_not_said_of_another(place: Place) -> None:
    place.conflict("ada", "R1")
    place.restrict("R2")
    by, ids = place.hub.actor("ada"), place.records
    for record, closes in (("R1", True), ("R2", True), ("R3", False)):
        found = closing.closed_among(by=by, kind=KIND, subject_ids=[ids[record]])
        assert found == ({ids[record]} if closes else set())
    assert list(closing.in_conflict(by=by, kind=KIND)) == [ids["R1"]]
    assert list(closing.kept_from(by=by, kind=KIND)) == [ids["R2"]]
    assert closing.Closed().readers == {}
    same = {ids["R3"]: ids["R3"]}
    assert closing.closed(by=SYSTEM, kind=KIND, same=same) == closing.Closed()
    same = {ids["R1"]: ids["R1"], ids["R3"]: ids["R3"]}
    held = closing.closed(by=SYSTEM, kind=KIND, same=same)
    assert held == closing.Closed({ids["R1"]: frozenset({place.user("ada")})}, {})


def test_of_several_children_those_that_one_works_with_are_named(place: Place) -> None:
    place.works("ada", "R1", over=False)
    place.works("ada", "R2", over=False)
    place.works("ben", "R3", over=False)
    place.conflict("ada", "R2")
    by = place.hub.actor("ada")
    with travel(NOON):
        for several in combinations(place.records.values(), 2):
            named = set(people.names(by=by, current_ids=several))
            assert named == {place.records["R1"]} & set(several)


def test_what_a_team_works_with_is_open_to_its_members_alone(place: Place) -> None:
    place.joins("ada", "hub")
    involve(
        by=SYSTEM,
        rows=[(None, place.hub.teams["hub"], place.records["R1"], "team", new_id())],
        kind=KIND,
    )
    works = {
        name: set(involved.involved_subjects(by=place.hub.actor(name), kind=KIND))
        for name in ("ada", "ben")
    }
    assert works == {"ada": {place.records["R1"]}, "ben": set()}
    by = place.hub.actor("ada")
    assert not involved.involved_subjects(by=by, kind="place").exists()

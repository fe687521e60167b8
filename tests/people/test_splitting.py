"""Records are taken away from a child, and brought back: nothing is lost, and access follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.access import closing
from reachable.access.models import ConflictOfInterest, Involvement
from reachable.audit.models import Entry
from reachable.chronology import selectors as chronology
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.moments import services as moment_services
from reachable.moments.models import OPEN, Moment
from reachable.moments.rebuilding import rebuild_moments
from reachable.people import changed, selectors, splitting
from reachable.people.identification import Identified
from reachable.people.models import CurrentPerson, LinkDecision, Merge, Person, Record, Split
from reachable.people.rebuilding import rebuild_current_people, rebuild_keys
from reachable.people.registries import points_to_person
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.people import SYSTEM, Partnership, claim, happen, identify_one, moment_of

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


def linked(hub: Partnership, *, number: str = "P2") -> tuple[Identified, Identified]:
    """The computer itself links the second record to the first: they look the same, and are not."""
    one = identify_one(claim(hub.council, "C1", given="Ada"))
    two = identify_one(claim(hub.police, number, given="Ada"))
    assert two.current_id == one.current_id
    assert not Merge.objects.exists()
    return one, two


def split(hub: Partnership, *records: UUID, into: UUID | None = None) -> UUID:
    return splitting.split(
        by=hub.actor("steward"), record_ids=records, into=into, reason="Cousins, of one name"
    )


def bring_back(hub: Partnership, split_id: UUID) -> None:
    splitting.undo_split(by=hub.actor("steward"), split_id=split_id, reason="One child after all")


def whose(record_id: UUID) -> UUID:
    return Record.objects.values_list("person__now__current_id", flat=True).get(id=record_id)


def names_seen(hub: Partnership, worker: str, person_id: UUID) -> set[str]:
    try:
        seen = selectors.child(by=hub.actor(worker), person_id=person_id)
    except NotFound:
        return set()
    return {record.agency for record in seen.records}


def test_promise_33_what_the_computer_linked_wrongly_is_taken_apart(hub: Partnership) -> None:
    one, two = linked(hub)
    signal = happen(two, hub.police, "arrest")
    moment = moment_of(signal)
    split_id = split(hub, two.record_id)
    made = Split.objects.get(id=split_id)
    assert (made.from_person_id, made.made) == (one.current_id, True)
    assert whose(two.record_id) == made.to_person_id != one.current_id
    assert whose(one.record_id) == one.current_id
    assert Moment.objects.get(id=moment.id).person_id == made.to_person_id
    newest = LinkDecision.objects.filter(record=two.record_id).latest("decided_at")
    assert (newest.rule, newest.decided_by_id) == ("split", hub.workers["steward"])
    assert chronology.time_line(by=hub.actor("fern"), person_id=made.to_person_id).total == 1
    assert Entry.objects.filter(action="people.split", subject_id=split_id).exists()


def test_promise_33_whoever_worked_with_one_sees_the_other_no_more(hub: Partnership) -> None:
    one, two = linked(hub)
    happen(two, hub.police, "arrest")
    assert len(names_seen(hub, "fern", one.current_id)) == 2
    split_id = split(hub, two.record_id)
    to = Split.objects.get().to_person_id
    assert names_seen(hub, "fern", one.current_id) == set()
    assert names_seen(hub, "fern", to) == {"Fenmarch Police"}
    bring_back(hub, split_id)
    for person in (one.current_id, to):
        assert len(names_seen(hub, "fern", person)) == 2


def test_promise_33_since_when_they_stood_together_is_found(hub: Partnership) -> None:
    start = now()
    with travel(start):
        one = identify_one(claim(hub.council, "C1", given="Ada"))
    with travel(start + timedelta(days=3)):
        two = identify_one(claim(hub.police, "P2", given="Ada"))
    with travel(start + timedelta(days=5)):
        three = identify_one(claim(hub.police, "P3", given="Ada"))
    with travel(start + timedelta(days=9)):
        split(hub, one.record_id)
        assert Split.objects.get().since == start + timedelta(days=3)
        assert whose(two.record_id) == whose(three.record_id) == one.current_id


def test_into_somebody_who_is_known_and_back(hub: Partnership) -> None:
    one, two = linked(hub)
    ben = identify_one(claim(hub.council, "C9", given="Ben", born="2010-01-01"))
    moment = moment_of(happen(two, hub.police, "arrest"))
    theirs = moment_of(happen(ben, hub.council, "returned_from_missing"))
    moment_services.take(by=hub.actor("sol"), moment_id=moment.id)
    before = everything()
    split_id = split(hub, two.record_id, into=ben.record_id)
    assert whose(two.record_id) == ben.current_id
    held = {m.id: m for m in Moment.objects.all()}
    assert (held[moment.id].state, held[moment.id].person_id) == ("held", ben.current_id)
    assert held[theirs.id].state == "joined"
    bring_back(hub, split_id)
    assert everything() == before
    assert one.current_id == whose(two.record_id)


def test_a_moment_of_both_stays_and_what_goes_opens_its_own(hub: Partnership) -> None:
    one, two = linked(hub)
    moment = moment_of(happen(one, hub.council, "returned_from_missing"))
    signal = happen(two, hub.police, "arrest")
    assert moment_of(signal).id == moment.id
    due = moment_of(signal).child_due_at
    split_id = split(hub, two.record_id)
    to = Split.objects.get().to_person_id
    other = Moment.objects.get(person=to)
    assert Moment.objects.get(id=moment.id).person_id == one.current_id
    assert (other.state in OPEN, other.child_due_at >= due) == (True, True)
    bring_back(hub, split_id)
    assert Moment.objects.get(state__in=OPEN).id == moment.id
    assert Moment.objects.get(id=other.id).joined_into_id == moment.id


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_asked_for(hub: Partnership, reason: str) -> None:
    _, two = linked(hub)
    before = everything()
    with pytest.raises(BadInput, match="why"):
        splitting.split(
            by=hub.actor("steward"), record_ids=[two.record_id], into=None, reason=reason
        )
    assert everything() == before


def test_one_record_has_to_stay(hub: Partnership) -> None:
    one, two = linked(hub)
    with pytest.raises(BadInput, match="all records"):
        split(hub, one.record_id, two.record_id)
    with pytest.raises(BadInput, match="same child"):
        split(hub, two.record_id, into=one.record_id)
    with pytest.raises(NotFound):
        split(hub, uuid4())
    with pytest.raises(NotFound):
        split(hub, two.record_id, into=uuid4())
    assert not Split.objects.exists()
    assert Person.objects.count() == 1


@pytest.mark.parametrize("name", ["fern", "lead"])
def test_whoever_is_no_steward_takes_nothing_apart(hub: Partnership, name: str) -> None:
    _, two = linked(hub)
    with pytest.raises(Forbidden):
        splitting.split(by=hub.actor(name), record_ids=[two.record_id], into=None, reason="No")
    with pytest.raises(Forbidden):
        splitting.undo_split(by=hub.actor(name), split_id=uuid4(), reason="No")
    with pytest.raises(Forbidden):
        changed.joins(by=hub.actor(name))
    with pytest.raises(Forbidden):
        changed.what_changed(by=hub.actor(name), kind="split", join_id=uuid4())


def test_undone_once_and_not_below_a_later_merge(hub: Partnership) -> None:
    _, two = linked(hub)
    ben = identify_one(claim(hub.council, "C9", given="Ben", born="2010-01-01"))
    split_id = split(hub, two.record_id)
    merge_id = merge(hub, ben, two)
    with pytest.raises(Conflict, match="Undo that first"):
        bring_back(hub, split_id)
    undo(hub, merge_id)
    bring_back(hub, split_id)
    with pytest.raises(Conflict, match="undone already"):
        bring_back(hub, split_id)
    with pytest.raises(NotFound):
        bring_back(hub, uuid4())


def test_what_closed_the_child_closes_the_other_too(hub: Partnership) -> None:
    one, two = linked(hub)
    happen(two, hub.police, "arrest")
    ConflictOfInterest.objects.create(
        user_id=hub.workers["fern"],
        subject_kind="person",
        subject_id=one.current_id,
        reason="Kin",
        declared_by_id=hub.workers["fern"],
        declared_at=now(),
    )
    assert names_seen(hub, "fern", one.current_id) == set()
    split_id = split(hub, two.record_id)
    to = Split.objects.get().to_person_id
    assert names_seen(hub, "fern", to) == set()
    assert names_seen(hub, "sol", to) == {"Fenmarch Police"}
    bring_back(hub, split_id)
    kept = closing.in_conflict_with(user_id=hub.workers["fern"], kind="person")
    assert {row for (row,) in kept.values_list("subject_id")} == {one.current_id}


def test_what_changed_is_listed(hub: Partnership) -> None:
    one, two = linked(hub)
    happen(two, hub.police, "arrest")
    split_id = split(hub, two.record_id)
    found = changed.join_changed(by=hub.actor("steward"), kind="split", join_id=split_id)
    counted = {row.one: row.count for row in found.moved}
    assert counted["record of an agency"] == counted["moment"] == 1
    assert counted["involvement of a worker or team"] >= 1
    assert [record.id for record in found.records] == [two.record_id]
    merge_id = merge(hub, one, two)
    found = changed.join_changed(by=hub.actor("steward"), kind="merge", join_id=merge_id)
    assert {row.one: row.count for row in found.moved}["moment"] == 1
    assert not found.added
    identify_one(claim(hub.police, "P5", given="Ada"))
    found = changed.join_changed(by=hub.actor("steward"), kind="merge", join_id=merge_id)
    assert {row.one for row in found.added} == {"record of an agency"}


def _leads_to_a_person(field: models.Field[Any, Any]) -> bool:
    named = {each.name for each in field.model._meta.get_fields()}
    soft = field.name == "subject_id" and "subject_kind" in named
    return field.related_model is Person or soft


def test_every_column_that_leads_to_a_person_says_how_it_follows() -> None:
    """A new one fails here until its room has said it."""
    columns = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": (model, field.name)
        for model in apps.get_models()
        if model.__module__.startswith("reachable.")
        for field in model._meta.concrete_fields
        if _leads_to_a_person(field)
    }
    said = {
        each.key: (each.item.model, each.item.field)
        for each in points_to_person.listed()
        if each.key != "people.Enquiry.about"
    }
    assert said == columns
    for each in points_to_person.listed():
        assert each.item.why, each.key
        assert (each.item.called is None) == (not each.item.at), each.key


def everything() -> list[list[tuple[object, ...]]]:
    """Whose everything is, as the rows say, and where it stands."""
    return [
        list(Record.objects.order_by("id").values_list("id", "person__now__current_id")),
        list(
            Moment.objects.order_by("id").values_list(
                *("id", "person__now__current_id", "state", "asked", "holder", "answer_by"),
                *("held_at", "child_due_at", "next_due_at", "joined_into", "state_before"),
            )
        ),
        sorted(
            Involvement.objects.filter(ended_at=None)
            .values_list("user_id", "team_id", "basis", "because_of", "subject_id")
            .distinct(),
            key=str,
        ),
    ]


def seen_by_all(hub: Partnership, people: list[UUID]) -> list[tuple[str, UUID, tuple[str, ...]]]:
    return [
        (worker, person, tuple(sorted(names_seen(hub, worker, person))))
        for worker in ("fern", "sol", "lead")
        for person in people
    ]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("events", [(), (1,), (0,), (0, 1), (1, 0), (1, 1)])
def test_promise_33_a_split_and_its_undo_restore_everything(
    hub: Partnership, known: bool, events: tuple[int, ...]
) -> None:
    one, two = linked(hub)
    ben = identify_one(claim(hub.council, "C9", given="Ben", born="2010-01-01"))
    happen(ben, hub.council, "arrest")
    for of in events:
        happen((one, two)[of], hub.police, "arrest")
    people = [one.current_id, ben.current_id]
    before, seen = everything()[0], seen_by_all(hub, people)
    split_id = split(hub, two.record_id, into=ben.record_id if known else None)
    assert everything()[0] != before
    bring_back(hub, split_id)
    assert everything()[0] == before
    assert seen_by_all(hub, people) == seen
    assert rebuild_current_people(by=SYSTEM) == 0


steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "undo", "split", "give", "back", "event", "take"]),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=10,
)


class Model:
    """Which records are one child, as a small model says: by hand, with none of the product."""

    def __init__(self, records: list[UUID]) -> None:
        self.home = {record: index for index, record in enumerate(records)}
        self.up: dict[str, tuple[int, int]] = {}
        self.given: list[tuple[str, dict[UUID, int], int, int, bool]] = []
        self.undone: set[str] = set()
        self.next = len(records)

    def base(self, record: UUID) -> int:
        at = self.home[record]
        for key, of, _, to, _ in self.given:
            if record in of and key not in self.undone:
                at = to
        return at

    def top(self, person: int) -> int:
        into = {joined: kept for kept, joined in self.up.values()}
        while person in into:
            person = into[person]
        return person

    def of(self, record: UUID) -> int:
        return self.top(self.base(record))

    def partition(self) -> set[frozenset[UUID]]:
        groups: dict[int, set[UUID]] = {}
        for record in self.home:
            groups.setdefault(self.of(record), set()).add(record)
        return {frozenset(group) for group in groups.values()}


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_promise_33_after_any_merges_splits_and_undos_records_are_where_a_model_says(
    hub: Partnership, todo: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        _run(hub, todo)
        transaction.set_rollback(True)


def _run(hub: Partnership, todo: list[tuple[str, int, int]]) -> None:
    given_names = ("Ada", "Ben", "Cai", "Dee", "Eli", "Fay")
    people = [
        identify_one(claim(hub.police, f"P{n}", given=name)) for n, name in enumerate(given_names)
    ]
    model = Model([each.record_id for each in people])
    at = now()
    for number, (what, a, b) in enumerate(todo):
        with travel(at + timedelta(seconds=number), ticking=True):
            _step(hub, model, people, what, a, b)
            _agree(model)
    for rebuild in (rebuild_current_people, rebuild_keys, rebuild_moments):
        assert rebuild(by=SYSTEM) == 0, rebuild.__name__


def _step(
    hub: Partnership, model: Model, people: list[Identified], what: str, a: int, b: int
) -> None:
    one, other = people[a].record_id, people[b].record_id
    if what == "merge" and model.of(one) != model.of(other):
        model.up[str(merge(hub, people[a], people[b]))] = (model.of(one), model.of(other))
    elif what == "undo" and (standing := sorted(key for key in model.up if len(key) == 36)):
        key = standing[(a + b) % len(standing)]
        undo(hub, UUID(key))
        del model.up[key]
    elif what in ("split", "give"):
        _take_apart(hub, model, one, other, known=what == "give")
    elif what == "back":
        waiting = [each for each in model.given if each[0] not in model.undone]
        if waiting:
            _back(hub, model, waiting[(a + b) % len(waiting)])
    elif what == "event":
        again = identify_one(
            claim(hub.police, f"P{a}", given=("Ada", "Ben", "Cai", "Dee", "Eli", "Fay")[a])
        )
        assert again.record_id == one
        happen(again, hub.police, "arrest" if b % 2 else "returned_from_missing")
    elif what == "take":
        for moment in Moment.objects.filter(person__now__current=whose(one), state__in=OPEN):
            if moment.holder_id != hub.workers["fern"]:
                moment_services.take(by=hub.actor("fern"), moment_id=moment.id)


def _take_apart(hub: Partnership, model: Model, one: UUID, other: UUID, *, known: bool) -> None:
    together = [each for each in model.home if model.of(each) == model.of(one)]
    if len(together) == 1 or (known and model.of(one) == model.of(other)):
        return
    frm = model.of(one)
    to = model.of(other) if known else model.next
    model.next += not known
    key = str(split(hub, one, into=other if known else None))
    model.given.append((key, {one: frm}, frm, to, not known))


def _back(hub: Partnership, model: Model, which: tuple[str, Any, int, int, bool]) -> None:
    key, _, frm, to, made = which
    blocked = made and (model.top(to) != to or model.top(frm) == to)
    if blocked:
        with pytest.raises(Conflict):
            bring_back(hub, UUID(key))
        return
    bring_back(hub, UUID(key))
    model.undone.add(key)
    if made:
        model.up[f"made {key}"] = (frm, to)


def _agree(model: Model) -> None:
    groups: dict[UUID, set[UUID]] = {}
    for record, current in Record.objects.values_list("id", "person__now__current_id"):
        groups.setdefault(current, set()).add(record)
    assert {frozenset(group) for group in groups.values()} == model.partition()
    tops = list(
        Moment.objects.filter(state__in=OPEN).values_list("person__now__current_id", flat=True)
    )
    assert len(tops) == len(set(tops))
    for moment in Moment.objects.filter(state="joined").select_related("person__now"):
        assert moment.joined_into
        assert moment.joined_into.person.now.current_id == moment.person.now.current_id
    owners = {
        row.person_id: row.current_id for row in CurrentPerson.objects.filter(person__records=None)
    }
    assert all(current in groups or person == current for person, current in owners.items())

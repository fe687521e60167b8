"""Who somebody is, for those who may know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from reachable.access import closing, involved, known_ends
from reachable.access.policy import policy
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.questions import Question, Within
from reachable.foundation.time import now
from reachable.foundation.words import readable_name
from reachable.geography.selectors import area_names, areas_of
from reachable.people.models import CurrentPerson, LinkDecision, Record, RecordDetail
from reachable.people.rules import WHY

NEEDS = "welfare"
"""The compartment of how a child communicates."""


@dataclass(frozen=True)
class Name:
    """What a list shows of a child."""

    person_id: UUID
    name: str
    birth_date: date | None
    postcode: str


@dataclass(frozen=True)
class RecordFacts:
    """One agency's record of the child, and why it is with this child."""

    agency: str
    reference: str
    name: str
    birth_date: date | None
    postcode: str
    received_at: datetime
    why: str


@dataclass(frozen=True)
class ChildFacts:
    """Who the child is, from all records, newest first.

    `records` lacks those of agencies in compartments that the reader does not see; then `partly`.
    `communication_needs` is None for whoever does not read what belongs to welfare.
    """

    person_id: UUID
    name: str
    birth_date: date | None
    postcode: str
    area: str
    communication_needs: tuple[str, ...] | None
    also_known_as: tuple[str, ...]
    nhs_number: str
    upn: str
    records: list[RecordFacts]
    partly: bool
    why_visible: list[str] = field(default_factory=list)


def visible_people(*, by: Actor) -> QuerySet[CurrentPerson, Any]:
    """Return, as a subquery, who this person works with now; nobody without involvement."""
    people = CurrentPerson.objects.values("current_id")
    if by.is_system:
        return people
    if not _works_with_children(by):
        return people.none()
    return _seen(by.own_id, by.team_ids, now())


def visible_now(*, by: Actor) -> Within | QuerySet[CurrentPerson, Any]:
    """Return what `visible_people` does, for `current_id__in` alone: put into SQL before, as most
    pages ask it several times."""
    if by.is_system or not _works_with_children(by):
        return visible_people(by=by)
    return _seen_now.within(user_id=by.own_id, team_ids=by.team_ids, at=now())


def visible_persons(*, by: Actor) -> Within | QuerySet[CurrentPerson, Any]:
    """Return everybody who is one of the people in `visible_people`, for `person_id__in` alone:
    what hangs on a person needs no join then."""
    if by.is_system or not _works_with_children(by):
        return visible_people(by=by).values("person_id")
    return _persons_now.within(user_id=by.own_id, team_ids=by.team_ids, at=now())


def _seen(user_id: Any, team_ids: Any, at: Any) -> QuerySet[CurrentPerson, Any]:
    works = involved.involved_with(user_id=user_id, team_ids=team_ids, at=at, kind="person")
    held = CurrentPerson.objects.filter(person_id__in=works).values("current_id")
    return held.exclude(current_id__in=_closed_to(user_id))


_seen_now = Question(_seen)


@Question
def _persons_now(user_id: Any, team_ids: Any, at: Any) -> QuerySet[CurrentPerson, Any]:
    held = CurrentPerson.objects.filter(current_id__in=_seen(user_id, team_ids, at))
    return held.values("person_id")


def closed_people(*, by: Actor) -> QuerySet[CurrentPerson, Any]:
    """Return, as a subquery, who is closed to this person, whatever else stands, by anybody who is
    one of them now: for leaving them out, never for showing them."""
    return _closed_to(by.own_id)


def _closed_to(user_id: Any) -> QuerySet[CurrentPerson, Any]:
    return CurrentPerson.objects.filter(
        Q(person_id__in=closing.in_conflict_with(user_id=user_id, kind="person"))
        | Q(person_id__in=closing.kept_from_whom(user_id=user_id, kind="person"))
    ).values("current_id")


def restricted_people(*, by: Actor) -> Within:
    """Return, for `current_id__in`, who is restricted to others and is in no conflict with this
    person: for the line that says whom to ring, which says nothing else of them."""
    return _restricted.within(user_id=by.own_id)


@Question
def _restricted(user_id: Any) -> QuerySet[CurrentPerson, Any]:
    kept = closing.kept_from_whom(user_id=user_id, kind="person")
    conflicts = CurrentPerson.objects.filter(
        person_id__in=closing.in_conflict_with(user_id=user_id, kind="person")
    )
    restricted = CurrentPerson.objects.filter(person_id__in=kept).values("current_id")
    return restricted.exclude(current_id__in=conflicts.values("current_id"))


def is_visible(*, by: Actor, person_id: UUID) -> bool:
    """Say of one person what `visible_people` says of many, in a small question: a lock is held."""
    return by.is_system or _current_of_one(by, person_id) is not None


def visible_current(*, by: Actor, person_id: UUID) -> UUID | None:
    """Return who stands now for a person whom `by` sees; hidden and absent are the same."""
    if not by.is_system:
        return _current_of_one(by, person_id)
    found = CurrentPerson.objects.filter(person_id=person_id)
    return found.values_list("current_id", flat=True).first()


def _current_of_one(by: Actor, person_id: UUID) -> UUID | None:
    if not _works_with_children(by):
        return None
    current: UUID
    for (current,) in _seen_of_one(person_id=person_id, **_asking(by)):
        return current
    return None


def _visible_among(by: Actor, current_ids: list[UUID]) -> list[UUID]:
    """Say of a few people what `visible_people` says of all, without going through all."""
    if not _works_with_children(by):
        return []
    return [current for (current,) in _seen_of(current_ids=set(current_ids), **_asking(by))]


def _asking(by: Actor) -> dict[str, Any]:
    """Who asks, and when. Whoever is in no team names one that nobody is in."""
    return {"user_id": by.own_id, "team_ids": by.team_ids or {by.own_id}, "at": now()}


@Question
def _seen_of_one(
    person_id: Any, user_id: Any, team_ids: Any, at: Any
) -> QuerySet[CurrentPerson, Any]:
    stands_for = CurrentPerson.objects.filter(person_id=person_id).values("current_id")
    held = _one_by_one(user_id, team_ids, at).filter(current_id__in=stands_for)
    return held.values_list("current_id").distinct()


@Question
def _seen_of(
    current_ids: Any, user_id: Any, team_ids: Any, at: Any
) -> QuerySet[CurrentPerson, Any]:
    held = _one_by_one(user_id, team_ids, at).filter(current_id__among=current_ids)
    return held.values_list("current_id").distinct()


def _one_by_one(user_id: Any, team_ids: Any, at: Any) -> QuerySet[CurrentPerson]:
    """What `visible_people` says, asked of each row by itself: only for a few of them."""
    held = involved.involved_with(user_id=user_id, team_ids=team_ids, at=at, kind="person")
    works = held.filter(subject_id=OuterRef("person_id"))
    same = CurrentPerson.objects.filter(current_id=OuterRef("current_id"))
    shut = closing.closes_to(user_id=user_id, kind="person", subject=OuterRef("person_id"))
    return CurrentPerson.objects.filter(Exists(works), ~Exists(same.filter(shut)))


def _works_with_children(by: Actor) -> bool:
    return by.can("people.read") and by.scope("identity") in {"involved", "all"}


def same_people(*, by: Actor, current_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return person → current for everybody who is one of these people now: identifiers only, for
    those whom the caller has already found visible to `by`."""
    del by
    return dict(_same_people(current_ids=set(current_ids)))


@Question
def _same_people(current_ids: Any) -> QuerySet[CurrentPerson, Any]:
    return CurrentPerson.objects.filter(current_id__among=current_ids).values_list(
        "person_id", "current_id"
    )


def seen_until(*, by: Actor, current_ids: Iterable[UUID]) -> dict[UUID, datetime | None]:
    """Return until when this person may see each by what is known now; None is without an end.

    For those whom the caller has already found visible to `by`.
    """
    same = same_people(by=by, current_ids=current_ids)
    return known_ends.involved_until(by=by, kind="person", subjects=same)


def current_people(*, by: Actor, person_ids: Iterable[UUID]) -> set[UUID]:
    """Return who stands for these people now: identifiers only, for work of the system."""
    by.require("rebuild")
    held = CurrentPerson.objects.filter(person_id__in=set(person_ids))
    return set(held.values_list("current_id", flat=True))


def names(*, by: Actor, current_ids: Iterable[UUID]) -> dict[UUID, Name]:
    """Return the newest name of each of these people whom `by` may see, in one question."""
    wanted = list(set(current_ids))
    if not wanted:
        return {}
    rows = Record.objects.filter(person__now__current_id__in=wanted)
    if not by.is_system:
        rows = rows.filter(person__now__current_id__in=_visible_among(by, wanted))
    found = rows.order_by("detail_at").values_list(
        "person__now__current_id", "shown_name", "birth_date", "postcode"
    )
    return {
        current: Name(current, readable_name(shown), birth_date, postcode)
        for current, shown, birth_date, postcode in found
    }


def known_as(*, by: Actor, current_id: UUID) -> tuple[str, ...]:
    """Return every name that a record has for a person, for work of the system: a text that names
    them is refused, whichever agency calls them so."""
    by.require("rebuild")
    shown = Record.objects.filter(person__now__current_id=current_id).order_by("-detail_at")
    return tuple(dict.fromkeys(map(readable_name, shown.values_list("shown_name", flat=True))))


def areas(*, by: Actor, current_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return child → the code of the area where the newest record says that they live, if known."""
    found = names(by=by, current_ids=current_ids)
    codes = areas_of(each.postcode for each in found.values())
    return {
        current: codes[each.postcode] for current, each in found.items() if each.postcode in codes
    }


def child(*, by: Actor, person_id: UUID) -> ChildFacts:
    """Return who a child is; hidden and absent are the same. The look is logged.

    A person who was merged into another is answered with the one who stands for them now.
    """
    by.require("people.read")
    current = visible_current(by=by, person_id=person_id)
    if current is None:
        raise NotFound
    audit.looked(by=by, subject=("person", current), page="child")
    return _child(by, current, list(_records(current)))


def child_unlogged(
    *, by: Actor, person_id: UUID, record_ids: Collection[UUID] | None = None
) -> ChildFacts | None:
    """Return who a child is as far as `by` sees it, or nothing: for a page of a room above, which
    logs the look of whoever opens it, and that need not be `by`.

    With `record_ids`, only what these say of them, as far as they are records of this child.
    """
    current = visible_current(by=by, person_id=person_id)
    if current is None or not by.can("people.read"):
        return None
    held = _records(current)
    records = list(held if record_ids is None else held.filter(id__in=list(record_ids)))
    return _child(by, current, records) if records else None


def records_of(*, by: Actor, person_id: UUID) -> list[UUID]:
    """Return the records of a child whom the caller has found visible to `by`."""
    del by
    held = Record.objects.filter(person__now__current_id=person_id).order_by("id")
    return list(held.values_list("id", flat=True))


def _records(current: UUID) -> QuerySet[Record]:
    held = Record.objects.filter(person__now__current_id=current)
    return held.select_related("agency").order_by("-detail_at")


def _child(by: Actor, current: UUID, records: list[Record]) -> ChildFacts:
    ids = [record.id for record in records]
    why = dict(
        LinkDecision.objects.filter(record_id__in=ids)
        .order_by("decided_at")
        .values_list("record_id", "rule")
    )
    newest = records[0]
    of_kind = policy().compartment_of_record
    shown = [record for record in records if by.reads(of_kind(record.agency.kind))]
    areas = areas_of([newest.postcode])
    return ChildFacts(
        person_id=current,
        name=readable_name(newest.shown_name),
        birth_date=newest.birth_date,
        postcode=newest.postcode,
        area=area_names().get(areas.get(newest.postcode, ""), ""),
        communication_needs=_communication_needs(ids) if by.reads(NEEDS) else None,
        also_known_as=_others(newest.shown_name, [record.shown_name for record in records]),
        nhs_number=next((r.nhs_number for r in records if r.nhs_number), ""),
        upn=next((r.upn for r in records if r.upn), ""),
        records=[_record_facts(record, why.get(record.id, "")) for record in shown],
        partly=not all(map(by.reads, {*policy().records.values(), NEEDS})),
        why_visible=why_seen(by=by, current_id=current),
    )


def why_seen(*, by: Actor, current_id: UUID) -> list[str]:
    """Return why `by` sees a child, in words: asked once a request, however often it is shown."""
    if current_id not in by.reasons:
        found = [] if by.id is None else _reasons(current_id=current_id, **_asking(by))
        by.reasons[current_id] = involved.reasons_in_words(found)
    return by.reasons[current_id]


@Question
def _reasons(current_id: Any, user_id: Any, team_ids: Any, at: Any) -> QuerySet[Any, Any]:
    together = CurrentPerson.objects.filter(current_id=current_id).values("person_id")
    held = involved.reasons_of(user_id=user_id, team_ids=team_ids, at=at, kind="person")
    return held.filter(subject_id__in=together)


def _record_facts(record: Record, rule: str) -> RecordFacts:
    return RecordFacts(
        agency=record.agency.name,
        reference="" if record.source_ref.startswith("#") else record.source_ref.split("#")[0],
        name=record.shown_name,
        birth_date=record.birth_date,
        postcode=record.postcode,
        received_at=record.detail_at,
        why=WHY.get(rule, rule),
    )


def communication_needs(*, by: Actor, person_id: UUID) -> tuple[str, ...]:
    """Return what was said of how a visible child communicates, newest first."""
    if not by.reads(NEEDS):
        return ()
    records = Record.objects.filter(
        person__now__current_id=person_id, person__now__current_id__in=visible_now(by=by)
    )
    return _communication_needs(list(records.values_list("id", flat=True)))


def communication_needs_of(
    *, by: Actor, current_ids: Iterable[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """Return the same of several children at once."""
    wanted = list(set(current_ids)) if by.reads(NEEDS) else []
    if not by.is_system:
        wanted = _visible_among(by, wanted)
    said = (
        RecordDetail.objects.filter(record__person__now__current_id__in=wanted)
        .order_by("-received_at")
        .values_list("record__person__now__current_id", "content__communication_needs")
    )
    found: dict[UUID, dict[str, None]] = {}
    for current, need in said:
        if need:
            found.setdefault(current, {})[need] = None
    return {current: tuple(needs) for current, needs in found.items()}


def _communication_needs(record_ids: list[UUID]) -> tuple[str, ...]:
    said = (
        RecordDetail.objects.filter(record_id__in=record_ids)
        .order_by("-received_at")
        .values_list("content__communication_needs", flat=True)[:200]
    )
    return tuple(dict.fromkeys(need for need in said if need))


def _others(shown: str, names: list[str]) -> tuple[str, ...]:
    readable = dict.fromkeys(readable_name(name) for name in names)
    return tuple(name for name in readable if name != readable_name(shown))


def how_many(*, by: Actor) -> int:
    """Return how many people are known to the whole partnership, for its summary."""
    by.require("figures.read")
    return CurrentPerson.objects.values("current_id").distinct().count()

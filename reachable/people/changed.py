"""What a merge or a split changed: which rows are about another child because of it, and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery

from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.people.models import CurrentPerson, LinkDecision, Merge, Record, Split, SplitMove
from reachable.people.registries import (
    IdentityChanged,
    PointsToPerson,
    points_to_person,
    what_followed,
)
from reachable.people.standing import Together

RECORDS = "people.Record.person"
MERGE, SPLIT = "merge", "split"
SHOWN = 100


@dataclass(frozen=True)
class KindChanged:
    """Rows of one kind: how many, from when to when, and why they follow as they do."""

    one: str
    several: str
    count: int
    first: datetime | None
    last: datetime | None
    why: str


@dataclass(frozen=True)
class RecordMoved:
    """A record that is another child's because of it; named to stewards only."""

    id: UUID
    agency: str
    name: str


@dataclass(frozen=True)
class Join:
    """A merge or a split, as a list shows it."""

    kind: str
    id: UUID
    name: str
    reason: str
    decided_by: str
    decided_at: datetime
    undone_by: str
    undone_at: datetime | None
    undone_reason: str
    review_id: UUID | None = None


@dataclass(frozen=True)
class Changed:
    """What one of them changed. `moved` changed whom it is about; `stayed`, of a split, may still
    say something of what went; `added` came while it stood, and a person has to look whose it is.
    """

    join: Join
    records: list[RecordMoved]
    moved: list[KindChanged]
    stayed: list[KindChanged]
    added: list[KindChanged]
    followed: tuple[str, ...]


def wrong_between(*, change: IdentityChanged) -> tuple[datetime, datetime, bool]:
    """Return since when and until when two counted as one, and whether one was made for a split."""
    if not change.split:
        merge = Merge.objects.get(id=change.merge_id)
        return merge.decided_at, merge.undone_at or now(), False
    split = Split.objects.get(id=change.merge_id)
    if change.ended:
        return split.decided_at, split.undone_at or now(), split.made
    return split.since, split.decided_at, split.made


def joins(*, by: Actor) -> list[Join]:
    """Return what was joined and taken apart lately, the newest first."""
    by.require("people.review")
    merges = [_of_merge(each) for each in _merges()[:SHOWN]]
    splits = [_of_split(each) for each in _splits()[:SHOWN]]
    both = sorted([*merges, *splits], key=lambda join: (join.decided_at, join.id), reverse=True)
    return both[:SHOWN]


def join_changed(*, by: Actor, kind: str, join_id: UUID) -> Changed:
    """Return for a steward what a merge or split changed; hidden and absent are the same."""
    by.require("people.review")
    found = what_changed(by=by, kind=kind, join_id=join_id)
    audit.looked(by=by, subject=(kind, join_id), page="what was joined or taken apart")
    return found


@looks_beyond("how many rows a merge or split gave to another child, without what is in them")
def what_changed(*, by: Actor, kind: str, join_id: UUID) -> Changed:
    """Return what one changed, for stewards and for information governance."""
    if not by.can("people.oversee"):
        by.require("people.review")
    followed = tuple(
        said
        for tells in what_followed.items()
        if by.can("people.review") and (said := tells(by=by, cause_id=join_id))
    )
    if kind == MERGE:
        merge = _merges().filter(id=join_id).first()
        if merge is None:
            raise NotFound
        return _merge_changed(by, merge, followed)
    split = _splits().filter(id=join_id).first()
    if split is None:
        raise NotFound
    return _split_changed(by, split, followed)


def _merge_changed(by: Actor, merge: Merge, followed: tuple[str, ...]) -> Changed:
    stood = Together(merge.kept_id, merge.joined_id, without=merge.id)
    kept, joined = stood.at(merge.decided_at)
    until = merge.undone_at or now()
    moved = _of_people(joined, before=merge.decided_at)
    added = _of_people(kept | joined, after=merge.decided_at, before=until)
    records = Record.objects.filter(person_id__in=list(joined))
    return Changed(_of_merge(merge), _records(by, records), moved, [], added, followed)


def _split_changed(by: Actor, split: Split, followed: tuple[str, ...]) -> Changed:
    rows: dict[str, list[UUID]] = {}
    for pointer, row_id in split.moves.values_list("pointer", "row_id"):
        rows.setdefault(pointer, []).append(row_id)
    moved = _counted(
        {key: held.filter(pk__in=rows.get(key, [])) for key, held in _listed().items()}
    )
    records = Record.objects.filter(id__in=rows.get(RECORDS, []))
    group = CurrentPerson.objects.filter(current__stands_for=split.from_person_id)
    staying = list(group.values_list("person_id", flat=True))
    away = {row for each in rows.values() for row in each}
    stayed = _of_people(staying, before=split.decided_at, after=split.since, without=away)
    until = split.undone_at or now()
    added = _of_people([split.to_person_id], after=split.decided_at, before=until, without=away)
    return Changed(_of_split(split), _records(by, records), moved, stayed, added, followed)


def _listed() -> dict[str, QuerySet[Any]]:
    found: dict[str, QuerySet[Any]] = {
        each.key: each.item.model._default_manager.filter(**each.item.narrowed)
        for each in points_to_person.listed()
        if each.item.called is not None
    }
    # A record is revised for as long as its agency sends it: it came when it was first linked.
    linked = LinkDecision.objects.filter(record=OuterRef("pk")).order_by("decided_at")
    came = Subquery(linked.values("decided_at")[:1])
    found[RECORDS] = Record.objects.annotate(came_at=came)
    return found


def _of_people(
    people: Collection[UUID],
    *,
    before: datetime,
    after: datetime | None = None,
    without: Collection[UUID] = (),
) -> list[KindChanged]:
    found: dict[str, QuerySet[Any]] = {}
    for key, held in _listed().items():
        item = points_to_person.get(key)
        came = Q(**{f"{item.at}__lte": before})
        if after is not None:
            came &= Q(**{f"{item.at}__gt": after})
        of = {f"{item.field}__in": list(people)}
        found[key] = held.filter(came, **of).exclude(pk__in=list(without))
    return _counted(found)


def _counted(of: dict[str, QuerySet[Any]]) -> list[KindChanged]:
    counted = []
    for key, held in of.items():
        item: PointsToPerson = points_to_person.get(key)
        assert item.called is not None
        first, last = held.aggregate(first=Min(item.at), last=Max(item.at)).values()
        if count := held.count():
            counted.append(KindChanged(*item.called, count, first, last, item.why))
    return counted


def _records(by: Actor, held: QuerySet[Record]) -> list[RecordMoved]:
    named = by.can("people.review")
    return [
        RecordMoved(record.id, record.agency.name, record.shown_name if named else "")
        for record in held.select_related("agency").order_by("id")
    ]


def _merges() -> QuerySet[Merge]:
    held = Merge.objects.select_related("review__record", "decided_by", "undone_by")
    return held.order_by("-id")


def _splits() -> QuerySet[Split]:
    return Split.objects.select_related("decided_by", "undone_by").order_by("-id")


def _of_merge(merge: Merge) -> Join:
    return Join(
        MERGE,
        merge.id,
        merge.review.record.shown_name if merge.review else "",
        merge.reason,
        merge.decided_by.name if merge.decided_by else "",
        merge.decided_at,
        merge.undone_by.name if merge.undone_by else "",
        merge.undone_at,
        merge.undone_reason,
        merge.review_id,
    )


def _of_split(split: Split) -> Join:
    first = SplitMove.objects.filter(split=split, pointer=RECORDS)
    record = Record.objects.filter(id__in=first.values("row_id")).order_by("id").first()
    return Join(
        SPLIT,
        split.id,
        record.shown_name if record else "",
        split.reason,
        split.decided_by.name,
        split.decided_at,
        split.undone_by.name if split.undone_by else "",
        split.undone_at,
        split.undone_reason,
    )

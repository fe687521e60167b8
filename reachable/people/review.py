"""Records that wait for a person to say who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.people.models import Merge, Record, Review
from reachable.people.rules import WHY, standard_name


@dataclass(frozen=True)
class Side:
    """One record of a review, as its agency holds it."""

    record_id: UUID
    agency: str
    reference: str
    name: str
    birth_date: date | None
    postcode: str
    nhs_number: str
    upn: str
    address: str
    received_at: datetime


@dataclass(frozen=True)
class ReviewRow:
    id: UUID
    name: str
    agency: str
    why: str
    opened_at: datetime
    candidates: int


@dataclass(frozen=True)
class DecidedRow:
    """A decision: `outcome` is same or different; a merge may have been undone since."""

    id: UUID
    name: str
    agency: str
    outcome: str
    reason: str
    decided_at: datetime
    decided_by: str
    can_undo: bool
    undone: bool


@dataclass(frozen=True)
class ReviewFacts:
    """A record, and those beside it; `differs` names the fields that differ, side by side."""

    id: UUID
    why: str
    opened_at: datetime
    record: Side
    beside: list[Side]
    differs: dict[UUID, frozenset[str]]
    outcome: str
    reason: str
    decided_by: str
    decided_at: datetime | None
    merge_id: UUID | None
    undone: bool
    undone_reason: str


def open_reviews(*, by: Actor, at_most: int = 100) -> list[ReviewRow]:
    """Return what waits, oldest first."""
    by.require("people.review")
    waiting = (
        Review.objects.filter(outcome="")
        .select_related("record__agency")
        .prefetch_related("candidates")
        .order_by("opened_at", "id")[:at_most]
    )
    return [
        ReviewRow(
            review.id,
            review.record.shown_name,
            review.record.agency.name,
            WHY[review.rule],
            review.opened_at,
            len(review.candidates.all()),
        )
        for review in waiting
    ]


def open_count(*, by: Actor) -> int:
    by.require("people.review")
    return Review.objects.filter(outcome="").count()


def next_review(*, by: Actor, after: UUID | None = None) -> UUID | None:
    """Return what waits longest, or what comes after a review in that order, then from the top."""
    by.require("people.review")
    waiting = Review.objects.filter(outcome="").order_by("opened_at", "id")
    at = Review.objects.filter(id=after).values_list("opened_at", "id").first() if after else None
    if at:
        later = Q(opened_at__gt=at[0]) | Q(opened_at=at[0], id__gt=at[1])
        found = waiting.filter(later).values_list("id", flat=True).first()
        if found:
            return found
        waiting = waiting.exclude(id=at[1])
    return waiting.values_list("id", flat=True).first()


def decided_reviews(*, by: Actor, at_most: int = 20) -> list[DecidedRow]:
    """Return what was decided last, so that a decision can be looked at and undone."""
    by.require("people.review")
    decided = (
        Review.objects.exclude(outcome="")
        .select_related("record__agency", "decided_by")
        .prefetch_related("merge_set")
        .order_by("-decided_at", "-id")[:at_most]
    )
    rows = []
    for held in decided:
        merge = next(iter(held.merge_set.all()), None)
        rows.append(
            DecidedRow(
                id=held.id,
                name=held.record.shown_name,
                agency=held.record.agency.name,
                outcome=held.outcome,
                reason=held.reason,
                decided_at=held.decided_at or held.opened_at,
                decided_by=held.decided_by.name if held.decided_by else "",
                can_undo=bool(merge and not merge.undone_at),
                undone=bool(merge and merge.undone_at),
            )
        )
    return rows


def review(*, by: Actor, review_id: UUID) -> ReviewFacts:
    """Return one review with both sides; the look is logged for everybody shown."""
    by.require("people.review")
    kept = Review.objects.select_related("record__agency", "record__person__now", "decided_by")
    found = kept.filter(id=review_id).first()
    if found is None:
        raise NotFound
    beside = list(
        Record.objects.filter(reviewcandidate__review=found)
        .select_related("agency", "person__now")
        .order_by("id")
    )
    _look(by, found, beside)
    sides = [_side(record) for record in beside]
    mine = _side(found.record)
    merge = Merge.objects.filter(review=found).order_by("-decided_at").first()
    return ReviewFacts(
        id=found.id,
        why=WHY[found.rule],
        opened_at=found.opened_at,
        record=mine,
        beside=sides,
        differs={side.record_id: _differs(mine, side) for side in sides},
        outcome=found.outcome,
        reason=found.reason,
        decided_by=found.decided_by.name if found.decided_by else "",
        decided_at=found.decided_at,
        merge_id=merge.id if merge else None,
        undone=bool(merge and merge.undone_at),
        undone_reason=merge.undone_reason if merge else "",
    )


def _look(by: Actor, found: Review, beside: list[Record]) -> None:
    """Note the look for the review and for every child shown, so that each of them shows it."""
    people = {record.person.now.current_id for record in (found.record, *beside)}
    subjects = [("review", found.id), *(("person", person) for person in sorted(people))]
    with transaction.atomic():
        audit.record_many(
            by=by,
            action="looked",
            acts=[(subject, {"page": "review"}) for subject in subjects],
        )


def _side(record: Record) -> Side:
    detail = record.details.order_by("-received_at").first()
    content = detail.content if detail else {}
    return Side(
        record.id,
        record.agency.name,
        "" if record.source_ref.startswith("#") else record.source_ref.split("#")[0],
        record.shown_name,
        record.birth_date,
        record.postcode,
        record.nhs_number,
        record.upn,
        str(content.get("address") or ""),
        record.detail_at,
    )


def _differs(one: Side, other: Side) -> frozenset[str]:
    """Fields that both sides hold and that are not the same."""
    pairs = {
        "name": (standard_name(one.name), standard_name(other.name)),
        "birth_date": (one.birth_date, other.birth_date),
        "postcode": (one.postcode, other.postcode),
        "nhs_number": (one.nhs_number, other.nhs_number),
        "upn": (one.upn, other.upn),
        "address": (standard_name(one.address), standard_name(other.address)),
    }
    return frozenset(name for name, (a, b) in pairs.items() if a and b and a != b)

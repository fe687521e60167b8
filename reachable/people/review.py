"""Records that wait for a person to say who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

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
    merge_id: UUID | None
    undone: bool


def open_reviews(*, by: Actor, at_most: int = 100) -> list[ReviewRow]:
    """Return what waits, oldest first."""
    by.require("people.review")
    waiting = (
        Review.objects.filter(outcome="")
        .select_related("record__agency")
        .prefetch_related("candidates")
        .order_by("opened_at")[:at_most]
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


def decided_reviews(*, by: Actor, at_most: int = 20) -> list[ReviewRow]:
    """Return what was decided last, so that a decision can be looked at and undone."""
    by.require("people.review")
    decided = (
        Review.objects.exclude(outcome="")
        .select_related("record__agency")
        .order_by("-decided_at")[:at_most]
    )
    return [
        ReviewRow(
            review.id,
            review.record.shown_name,
            review.record.agency.name,
            review.outcome,
            review.decided_at or review.opened_at,
            0,
        )
        for review in decided
    ]


def review(*, by: Actor, review_id: UUID) -> ReviewFacts:
    """Return one review with both sides; the look is logged for everybody shown."""
    by.require("people.review")
    found = Review.objects.select_related("record__agency").filter(id=review_id).first()
    if found is None:
        raise NotFound
    beside = list(Record.objects.filter(reviewcandidate__review=found).select_related("agency"))
    audit.looked(by=by, subject=("review", found.id), page="review")
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
        merge_id=merge.id if merge else None,
        undone=bool(merge and merge.undone_at),
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

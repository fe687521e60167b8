"""Which two people stewards are asked about, or were, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.people import apart
from reachable.people.models import CannotLink, Merge, Review, ReviewCandidate, Split
from reachable.people.opinions import APART, DIFFERENT

Pair = frozenset[UUID]
RECORD, BESIDE = "record__person__now__current_id", "candidates__record__person__now__current_id"


def settled_pairs(*, by: Actor, current_ids: Collection[UUID]) -> set[Pair]:
    """Return pairs of people, one of whom is among these, of whom people decide or decided.

    They are kept apart, under review, were joined and made two again, or taken apart. A decision
    that they are two whose pair was lifted since may be asked about again, and so may one that
    nobody could tell, once a record says something newer.
    """
    if not by.can("people.identify"):
        by.require("people.review")
    if not current_ids:
        return set()
    mine = list(current_ids)
    found = {
        frozenset((person, other))
        for person, others in apart.barred(mine).items()
        for other in others
    }
    found |= _under_review(mine)
    undone = Merge.objects.filter(undone_at__isnull=False)
    kept, joined = "kept__now__current_id", "joined__now__current_id"
    touched = undone.filter(Q(**_among(kept, mine)) | Q(**_among(joined, mine)))
    found |= {frozenset(row) for row in touched.values_list(kept, joined)}
    standing = Split.objects.filter(undone_at=None)
    taken, given = "from_person__now__current_id", "to_person__now__current_id"
    parted = standing.filter(Q(**_among(taken, mine)) | Q(**_among(given, mine)))
    return found | {frozenset(row) for row in parted.values_list(taken, given)}


def _among(column: str, people: Collection[UUID]) -> dict[str, Collection[UUID]]:
    return {f"{column}__in": people}


def _under_review(mine: Collection[UUID]) -> set[Pair]:
    held = Review.objects.filter(Q(**_among(RECORD, mine)) | Q(**_among(BESIDE, mine)))
    rows = held.values_list(
        *("id", RECORD, BESIDE, "outcome", "decided_at"),
        *("record__detail_at", "candidates__record__detail_at"),
    )
    lifted = set(
        CannotLink.objects.filter(lifted_at__isnull=False)
        .filter(review_id__in=[row[0] for row in rows if row[3] == DIFFERENT])
        .values_list("review_id", flat=True)
    )
    return {
        frozenset((one, other))
        for review_id, one, other, outcome, decided_at, *said_at in rows
        if other is not None
        and not (outcome == DIFFERENT and review_id in lifted)
        and not (outcome == APART and _newer(said_at, decided_at))
    }


def _newer(said_at: Collection[datetime | None], decided_at: datetime | None) -> bool:
    return any(at is not None and decided_at is not None and at > decided_at for at in said_at)


def open_review(*, record_id: UUID, beside: Iterable[UUID], rule: str, model: str) -> Review:
    """Ask about a record, in the transaction that is open; the caller's audit entry covers it."""
    review = Review.objects.create(record_id=record_id, rule=rule, model=model, opened_at=now())
    ReviewCandidate.objects.bulk_create(
        ReviewCandidate(review=review, record_id=other) for other in beside
    )
    return review

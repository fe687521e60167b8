"""Pairs drawn by chance, about which the computer had decided: a steward judges them blind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import SystemRandom
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.time import now, today
from reachable.people import finding
from reachable.people.models import (
    CannotLink,
    LinkCheck,
    LinkDecision,
    Opinion,
    Record,
    RecordKey,
    Review,
    ReviewCandidate,
)
from reachable.people.opinions import SAME, Said
from reachable.practice.time import start_of_day

LINKED, APART = "linked", "apart"
DOUBTED = "doubted"
"""Not by chance: the computer linked them, and by what is known now it would not."""
A_MONTH = 20
"""Pairs of each kind: some 240 of each a year, which a steward judges in an hour a month."""
LOOKED_AT = 400
"""Records of a month from which pairs that were kept apart are drawn: enough for twenty."""
MOST_PAIRS = 20_000
_chance = SystemRandom()


@dataclass(frozen=True)
class Drawn:
    """Pairs that were drawn, and from how many, by estimate."""

    pairs: list[tuple[UUID, UUID]]
    out_of: int


@transaction.atomic
def draw_month(*, by: Actor) -> int:
    """Draw, once a month, pairs of the month before; return how many reviews that opened."""
    by.require("people.identify")
    first = today().replace(day=1)
    month = (first - timedelta(days=1)).replace(day=1)
    if LinkCheck.objects.filter(month=month, sample__in=(LINKED, APART)).exists():
        return 0
    exclusive("people.identify")
    since, until = start_of_day(month), start_of_day(first)
    opened = 0
    for sample, drawn in ((LINKED, _linked(since, until)), (APART, _apart(since, until))):
        opened += _open(sample, month, drawn)
    if opened:
        audit.record(
            by=by, action="people.checks_drawn", subject=("partnership", None), count=opened
        )
    return opened


def _open(sample: str, month: date, drawn: Drawn) -> int:
    at = now()
    for one, other in drawn.pairs:
        review = Review.objects.create(record_id=one, rule="check", opened_at=at)
        ReviewCandidate.objects.create(review=review, record_id=other)
        LinkCheck.objects.create(review=review, sample=sample, month=month, out_of=drawn.out_of)
    return len(drawn.pairs)


def _linked(since: datetime, until: datetime) -> Drawn:
    """Draw records that the computer linked, each with one that its person had before."""
    held = LinkDecision.objects.filter(
        outcome="link", decided_by=None, decided_at__gte=since, decided_at__lt=until
    )
    chosen = held.order_by("?").values_list("record_id", "person__now__current_id")[:A_MONTH]
    pairs = []
    for record_id, current_id in chosen:
        mine = Record.objects.filter(person__now__current_id=current_id).exclude(id=record_id)
        others = list(mine.values_list("id", flat=True)[:100])
        if others:
            pairs.append((record_id, _chance.choice(others)))
    return Drawn(pairs, held.count())


def _apart(since: datetime, until: datetime) -> Drawn:
    """Draw pairs that share a key and are two people, by the computer alone."""
    new = Record.objects.filter(
        id__in=LinkDecision.objects.filter(
            decided_at__gte=since, decided_at__lt=until, decided_by=None
        ).values("record_id")
    )
    among = _keyed(new.order_by("?")[:LOOKED_AT])
    if not among:
        return Drawn([], 0)
    keys = {key for _, found in among.values() for key in found}
    sharing: dict[int, list[UUID]] = {}
    rows = RecordKey.objects.filter(key__in=keys).values_list("key", "record_id")[:MOST_PAIRS]
    for key, record_id in rows:
        sharing.setdefault(key, []).append(record_id)
    everybody = {each for found in sharing.values() for each in found}
    held = Record.objects.filter(id__in=everybody)
    current = dict(held.values_list("id", "person__now__current_id"))
    pairs = {
        (record_id, other)
        for record_id, (person, found) in among.items()
        for key in found
        for other in sharing.get(key, ())
        if other != record_id and current.get(other, person) != person
    }
    left = sorted(pairs - _decided_by_people(among))
    out_of = round(len(left) * new.count() / len(among))
    return Drawn(_chance.sample(left, min(A_MONTH, len(left))), out_of)


def _keyed(records: QuerySet[Record]) -> dict[UUID, tuple[UUID, list[int]]]:
    """Return record → its person now, and its keys."""
    columns = (*finding.IDENTITY, "id", "person__now__current_id")
    return {
        record_id: (person, finding.keys_of(finding.identity_from(said)))
        for *said, record_id, person in records.values_list(*columns)
    }


def _decided_by_people(record_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Return pairs of these that a person was or is asked about, in both orders."""
    mine = list(record_ids)
    found: set[tuple[UUID, UUID]] = set()
    beside = ReviewCandidate.objects.values_list("review__record_id", "record_id")
    apart = CannotLink.objects.values_list("one_id", "other_id")
    for rows in (
        beside.filter(review__record_id__in=mine),
        beside.filter(record_id__in=mine),
        apart.filter(one_id__in=mine),
        apart.filter(other_id__in=mine),
    ):
        found |= {pair for one, other in rows for pair in ((one, other), (other, one))}
    return found


def judge_check(*, by: Actor, check: LinkCheck, review: Review, said: Said, reason: str) -> None:
    """Keep what a steward says of a pair drawn by chance; it joins and parts nobody by itself.

    Where two who are apart may be one child, that is asked as any other review is.
    """
    by.require("people.review")
    at = now()
    Opinion.objects.create(
        review=review,
        round=review.round,
        said=said.said,
        same_as_id=said.same_as,
        reason=reason.strip()[:300],
        by_id=by.own_id,
        said_at=at,
    )
    review.outcome, review.reason = said.said, reason.strip()[:300]
    review.decided_by_id, review.decided_at = by.own_id, at
    review.save()
    if check.sample == APART and said.said == SAME:
        asked = Review.objects.create(record_id=review.record_id, rule="check_found", opened_at=at)
        ReviewCandidate.objects.create(review=asked, record_id=said.same_as)
    audit.record(
        by=by, action="people.checked", subject=("review", review.id), outcome=review.outcome
    )


@dataclass(frozen=True)
class ToTakeApart:
    """A check said that two records of one child are of two."""

    review_id: UUID
    record_id: UUID
    name: str
    reason: str
    judged_by: str
    judged_at: datetime


def to_take_apart(*, by: Actor, at_most: int = 50) -> list[ToTakeApart]:
    """Return what checks found linked and different, as long as it is one child."""
    by.require("people.review")
    held = Review.objects.filter(
        check_of__sample__in=(LINKED, DOUBTED),
        outcome="different",
        candidates__record__person__now__current=F("record__person__now__current"),
    )
    return [
        ToTakeApart(
            each.id,
            each.record_id,
            each.record.shown_name,
            each.reason,
            each.decided_by.name if each.decided_by else "",
            each.decided_at or each.opened_at,
        )
        for each in held.select_related("record", "decided_by").order_by("decided_at")[:at_most]
    ]

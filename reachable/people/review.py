"""Records that wait for a person to say who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.people import deciding, household, opinions, record_checks
from reachable.people.finding import IDENTITY, identity_from
from reachable.people.household import Household, OtherRecord
from reachable.people.models import Merge, Record, Review
from reachable.people.record_checks import Answered
from reachable.people.registries import explaining
from reachable.people.rules import WHY, Identity, standard_name
from reachable.people.waterfall import Drawing, Fact, by_rule, draw

CHECKS = {"check", "linked_no_longer"}
"""What is said of these is counted, and joins and parts nobody by itself."""


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
    others: tuple[OtherRecord, ...] = ()


@dataclass(frozen=True)
class OpinionFacts:
    """What a steward said; of another only once both have."""

    by: str
    said: str
    who: str
    reason: str
    at: datetime
    mine: bool


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
    """What was decided, or judged of a check; a merge may have been undone since."""

    id: UUID
    name: str
    agency: str
    outcome: str
    reason: str
    decided_at: datetime
    decided_by: str
    can_undo: bool
    undone: bool
    is_check: bool


@dataclass(frozen=True)
class ReviewFacts:
    """A record, and those beside it; `differs` names the fields that differ, side by side.

    `stands` is what may be done: to_say, said (another is asked), third (two could not settle it),
    asked (the agencies are), or decided. `facts` and `weights` say why, record by record: weights
    only where a model is in force. `second_because` is what the records say for asking two.
    """

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
    stands: str
    opinions: list[OpinionFacts]
    second_because: list[str]
    is_check: bool
    households: list[Household]
    facts: dict[UUID, list[Fact]]
    weights: dict[UUID, Drawing]
    answered: list[Answered]


def open_reviews(*, by: Actor, at_most: int = 100) -> list[ReviewRow]:
    """Return what waits for this steward, oldest first."""
    by.require("people.review")
    return _rows(deciding.still_asked(by=by), at_most)


def waits_for_others(*, by: Actor, at_most: int = 50) -> list[ReviewRow]:
    """Return what this steward has said something of, and another steward is asked."""
    by.require("people.review")
    return _rows(deciding.said_by_one(by=by), at_most)


def left_open(*, by: Actor, at_most: int = 50) -> list[ReviewRow]:
    """Return what two stewards could not settle."""
    by.require("people.review")
    return _rows(deciding.left_open_by_two(by=by), at_most)


def with_agencies(*, by: Actor, at_most: int = 50) -> list[ReviewRow]:
    """Return what the agencies are asked about."""
    by.require("people.review")
    asked = deciding.put_before(by=by).filter(outcome="").exclude(asked_at=None)
    return _rows(asked, at_most)


def _rows(reviews: QuerySet[Review], at_most: int) -> list[ReviewRow]:
    waiting = (
        reviews.select_related("record__agency")
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
    return deciding.still_asked(by=by).count()


def is_decided(*, by: Actor, review_id: UUID) -> bool:
    """Say whether a review is closed."""
    return deciding.put_before(by=by).filter(id=review_id).exclude(outcome="").exists()


def review_before(*, by: Actor, before: UUID) -> UUID | None:
    """Return what comes before a review in the order of the list, then from its end."""
    by.require("people.review")
    waiting = deciding.still_asked(by=by).order_by("-opened_at", "-id")
    at = Review.objects.filter(id=before).values_list("opened_at", "id").first()
    if at:
        earlier = Q(opened_at__lt=at[0]) | Q(opened_at=at[0], id__lt=at[1])
        found = waiting.filter(earlier).values_list("id", flat=True).first()
        if found:
            return found
    return waiting.values_list("id", flat=True).first()


def next_review(*, by: Actor, after: UUID | None = None) -> UUID | None:
    """Return what waits longest, or what comes after a review in that order, then from the top."""
    by.require("people.review")
    waiting = deciding.still_asked(by=by).order_by("opened_at", "id")
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
        deciding.put_before(by=by)
        .exclude(outcome="")
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
                is_check=held.rule in CHECKS,
            )
        )
    return rows


def review(*, by: Actor, review_id: UUID) -> ReviewFacts:
    """Return one review with both sides; the look is logged for everybody shown."""
    by.require("people.review")
    kept = deciding.put_before(by=by).select_related(
        "record__agency", "record__person__now", "decided_by"
    )
    found = kept.filter(id=review_id).first()
    if found is None:
        raise NotFound
    beside = list(
        Record.objects.filter(reviewcandidate__review=found)
        .select_related("agency", "person__now")
        .order_by("id")
    )
    records = [found.record, *beside]
    people = {each.person.now.current_id for each in records}
    homes = household.households(
        by=by, homes=[(each.family_name, each.postcode) for each in records], without=people
    )
    _look(by, found, [*people, *(one.current_id for home in homes for one in home.members)])
    # Whose other records they are would tell how the computer had decided about a check.
    asked_about = () if found.rule == "check" else people
    others = household.other_records(
        by=by, current_ids=asked_about, shown=[each.id for each in records]
    )
    sides = [_side(record, others) for record in beside]
    mine = _side(found.record, others)
    said = _opinions(by, found, {side.record_id: side.name for side in sides})
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
        stands=_stands(found, said),
        opinions=_told(found, said),
        second_because=_because(found, beside, said),
        is_check=found.rule in CHECKS,
        households=homes,
        facts={each.id: by_rule(_identity(found.record), _identity(each)) for each in beside},
        weights=_weights(found.record, beside),
        answered=record_checks.answers(by=by, review_id=found.id),
    )


def _opinions(by: Actor, found: Review, names: dict[UUID, str]) -> list[OpinionFacts]:
    held = found.opinions.filter(round=found.round).select_related("by").order_by("said_at", "id")
    return [
        OpinionFacts(
            each.by.name,
            each.said,
            names.get(each.same_as_id, "") if each.same_as_id else "",
            each.reason,
            each.said_at,
            mine=each.by_id == by.id,
        )
        for each in held
    ]


def _stands(found: Review, said: list[OpinionFacts]) -> str:
    if found.outcome:
        return "decided"
    if found.asked_at:
        return "asked"
    if len(said) > 1:
        return "third"
    return "said" if any(each.mine for each in said) else "to_say"


def _told(found: Review, said: list[OpinionFacts]) -> list[OpinionFacts]:
    """A second steward learns what the first said only once they have said something too."""
    if found.outcome or len(said) > 1:
        return said
    return [each for each in said if each.mine]


def _because(found: Review, beside: list[Record], said: list[OpinionFacts]) -> list[str]:
    mine = [each.said for each in said if each.mine]
    if not mine or found.outcome:
        return []
    weighs = opinions.weighs_in_records(
        found.rule, _identity(found.record), [_identity(each) for each in beside]
    )
    return opinions.why_two(mine[0], weighs)


def _weights(record: Record, beside: list[Record]) -> dict[UUID, Drawing]:
    """Return the waterfall of each record beside, by the model in force; none without one."""
    found: dict[UUID, Drawing] = {}
    for listed in explaining.listed():
        for each in beside:
            found[each.id] = draw(listed.item.explain(_identity(record), _identity(each)))
    return found


def _identity(record: Record) -> Identity:
    return identity_from(tuple(getattr(record, name) for name in IDENTITY))


def _look(by: Actor, found: Review, people: Iterable[UUID]) -> None:
    """Note the look for the review and for every child shown, so that each of them shows it."""
    subjects = [("review", found.id), *(("person", person) for person in sorted(set(people)))]
    with transaction.atomic():
        audit.record_many(
            by=by,
            action="looked",
            acts=[(subject, {"page": "review"}) for subject in subjects],
        )


def _side(record: Record, others: Mapping[UUID, list[OtherRecord]]) -> Side:
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
        tuple(others.get(record.person.now.current_id, ())),
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

"""What one steward says of a review, what weighs in it, and whom it is put before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from reachable.access import closing
from reachable.access.models import Restriction
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.people import opinions
from reachable.people.models import CurrentPerson, Opinion, Record, Review
from reachable.people.opinions import Said, Settled
from reachable.people.registries import weighs_on_joining
from reachable.people.rules import Identity

PERSON = "person"
KEPT = "Nothing was changed."


def put_before(*, by: Actor) -> QuerySet[Review]:
    """Return the reviews that a steward may see: none of a child of whom they have a conflict of
    interest, on either side."""
    by.require("people.review")
    if by.is_system:
        return Review.objects.all()
    own = closing.in_conflict(by=by, kind=PERSON)
    people = CurrentPerson.objects.filter(person_id__in=own).values("current_id")
    records = Record.objects.filter(person__now__current_id__in=people).values("id")
    return Review.objects.exclude(
        Q(record_id__in=records) | Q(id__in=_beside(records)),
    )


def _beside(records: QuerySet[Record, Any]) -> QuerySet[Review, Any]:
    return Review.objects.filter(candidates__record_id__in=records).values("id")


def still_asked(*, by: Actor) -> QuerySet[Review]:
    """Return the open reviews on which this steward may still say what they think."""
    waiting = put_before(by=by).filter(outcome="", asked_at=None).filter(_fewer_than_two())
    if by.is_system:
        return waiting
    mine = Opinion.objects.filter(review=OuterRef("id"), round=OuterRef("round"), by_id=by.own_id)
    return waiting.filter(~Exists(mine))


def said_by_one(*, by: Actor) -> QuerySet[Review]:
    """Return the open reviews of which this steward has said something, and another is asked."""
    waiting = put_before(by=by).filter(outcome="", asked_at=None).filter(_fewer_than_two())
    mine = Opinion.objects.filter(review=OuterRef("id"), round=OuterRef("round"), by_id=by.own_id)
    return waiting.filter(Exists(mine))


def left_open_by_two(*, by: Actor) -> QuerySet[Review]:
    """Return the reviews that two stewards could not settle."""
    return put_before(by=by).filter(outcome="", asked_at=None).filter(~_fewer_than_two())


def _fewer_than_two() -> Q:
    held = Opinion.objects.filter(review=OuterRef("id"), round=OuterRef("round"))
    counted = held.order_by().values("review").annotate(said=Count("id")).values("said")
    return ~Q(Exists(counted.filter(said__gte=2)))


def say(*, by: Actor, review: Review, said: Said, reason: str) -> Settled:
    """Keep what a steward says, once in each round; return where the review stands now.

    Runs in the caller's transaction, and the caller's audit entry covers it.
    """
    by.require("people.review")
    held = list(Opinion.objects.filter(review=review, round=review.round).order_by("said_at", "id"))
    if any(each.by_id == by.own_id for each in held):
        raise Conflict("You have said what you think. Another steward is asked.", kept=KEPT)
    if review.asked_at:
        raise Conflict("The agencies are asked about this now.", kept=KEPT)
    if len(held) > 1:
        raise Conflict("Two stewards have said what they think of this.", kept=KEPT)
    Opinion.objects.create(
        review=review,
        round=review.round,
        said=said.said,
        same_as_id=said.same_as,
        reason=reason.strip()[:300],
        by_id=by.own_id,
        said_at=now(),
    )
    return _stands(by, review, [*(_as_said(each) for each in held), said])


def stands(*, by: Actor, review: Review) -> Settled:
    """Return where a review stands."""
    held = Opinion.objects.filter(review=review, round=review.round).order_by("said_at", "id")
    return _stands(by, review, [_as_said(each) for each in held])


def _stands(by: Actor, review: Review, said: list[Said]) -> Settled:
    return opinions.settle(said, weighs(by=by, review=review) if said else ())


def _as_said(held: Opinion) -> Said:
    return Said(held.said, held.same_as_id)


@looks_beyond("what weighs in a review is never shown: it only asks for a second steward")
def weighs(*, by: Actor, review: Review) -> set[str]:
    """Return what weighs in a review, by the policy of second opinions; never shown as it is."""
    by.require("people.review")
    others = list(
        Record.objects.filter(reviewcandidate__review=review).select_related("person__now")
    )
    return weighs_between(by=by, rule=review.rule, record=review.record, others=others)


@looks_beyond("what weighs in joining two people is never shown")
def weighs_between(*, by: Actor, rule: str, record: Record, others: list[Record]) -> set[str]:
    """Return what weighs between a record and others, by the policy of second opinions."""
    by.require("people.review")
    records = [record, *others]
    found = opinions.weighs_in_records(
        rule, _identity(record), [_identity(each) for each in others]
    )
    people = {each.person.now.current_id for each in records}
    if _restricted(people):
        found.add("restricted")
    for listed in weighs_on_joining.listed():
        among = listed.item(by=by, current_ids=people)
        mine = record.person.now.current_id in among
        if mine and len(among) > 1 if listed.key in BOTH else among:
            found.add(listed.key)
    return found


BOTH = {"open_moments"}
"""What weighs only where it holds of both sides."""


def _restricted(people: Iterable[UUID]) -> bool:
    one_of_them = CurrentPerson.objects.filter(current_id__in=list(people)).values("person_id")
    held = Restriction.objects.filter(subject_kind=PERSON, ended_at=None)
    return held.filter(subject_id__in=one_of_them).exists()


def _identity(record: Record) -> Identity:
    return Identity(
        record.family_name,
        record.given_names,
        record.birth_date,
        record.postcode,
        record.nhs_number,
        record.upn,
    )


@transaction.atomic
def leave_apart(*, by: Actor, review_id: UUID, reason: str) -> None:
    """Close what two stewards could not settle: they stay apart, and may be asked about again."""
    review = unsettled(by=by, review_id=review_id)
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept=KEPT)
    review.outcome, review.reason = opinions.APART, reason.strip()[:300]
    review.decided_by_id, review.decided_at = by.own_id, now()
    review.save()
    audit.record(
        by=by, action="people.reviewed", subject=("review", review.id), outcome=review.outcome
    )


def unsettled(*, by: Actor, review_id: UUID) -> Review:
    """Return an open review on which two stewards do not agree, kept for this transaction."""
    by.require("people.review")
    by.require_to_write("identity")
    review = put_before(by=by).select_for_update().filter(id=review_id).first()
    if review is None:
        raise NotFound
    if review.outcome or review.asked_at or stands(by=by, review=review).stands != opinions.THIRD:
        raise Conflict("This is not left open by two stewards any more.", kept=KEPT)
    return review

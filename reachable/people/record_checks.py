"""Agencies are asked whether a record of theirs is right; being asked tells them nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from reachable.access import selectors as access
from reachable.access.models import User
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.deciding import unsettled
from reachable.people.models import Record, RecordCheck, Review
from reachable.practice.time import start_of_day

ANSWERS_FOR = "intake.load"
NOTICE = "record.check"
ANSWERS = {
    "right": "It is right as it stands",
    "corrected": "It was wrong: we correct it, and send it again",
    "not_held": "We hold no such record any more",
}
BY_CHANCE = 10
"""Records a month that are asked about by chance alone."""


@dataclass(frozen=True)
class ToCheck:
    """A record of one's own agency, as the agency sent it."""

    id: UUID
    reference: str
    name: str
    birth_date: date | None
    postcode: str
    asked_at: datetime


@dataclass(frozen=True)
class Answered:
    """What an agency said of its record, for the stewards; no answer yet is empty."""

    agency: str
    name: str
    answer: str
    answered_at: datetime | None


@transaction.atomic
def ask_agencies(*, by: Actor, review_id: UUID) -> int:
    """Ask every agency of a review that two stewards could not settle about its own record."""
    by.require("people.review")
    by.require_to_write("identity")
    exclusive("people.identify")
    review = unsettled(by=by, review_id=review_id)
    beside = review.candidates.values_list("record_id", flat=True)
    records = Record.objects.filter(id__in=[review.record_id, *beside])
    count = _ask(by, records, review)
    Review.objects.filter(id=review.id).update(asked_at=now())
    audit.record(by=by, action="people.agencies_asked", subject=("review", review.id), count=count)
    return count


@transaction.atomic
def ask_by_chance(*, by: Actor, at_most: int = BY_CHANCE) -> int:
    """Ask once a month about some records that are older, so that to be asked says nothing."""
    by.require("people.identify")
    first = start_of_day(today().replace(day=1))
    if RecordCheck.objects.filter(review=None, asked_at__gte=first).exists():
        return 0
    waiting = RecordCheck.objects.filter(answered_at=None).values("record_id")
    older = Record.objects.filter(detail_at__lt=first).exclude(id__in=waiting)
    chosen = older.order_by("?")[:at_most]
    count = _ask(by, chosen, None)
    if count:
        audit.record(
            by=by, action="people.agencies_asked", subject=("partnership", None), count=count
        )
    return count


def _ask(by: Actor, records: Iterable[Record], review: Review | None) -> int:
    at = now()
    made = [RecordCheck(record=each, review=review, asked_at=at) for each in records]
    RecordCheck.objects.bulk_create(made)
    able = access.able(capability=ANSWERS_FOR)
    agencies = {each.record.agency_id for each in made}
    who = User.objects.filter(id__in=able, agency_id__in=agencies).values_list("agency_id", "id")
    notices.tell(
        by=by,
        tellings=[
            Telling(user_id, NOTICE, ("record_check", each.id), f"{NOTICE}:{each.id}:{user_id}")
            for each in made
            for agency_id, user_id in who
            if agency_id == each.record.agency_id
        ],
    )
    return len(made)


@looks_beyond("an agency's own records, as the agency sent them")
def to_check(*, by: Actor) -> list[ToCheck]:
    """Return which records of one's own agency are to be checked, oldest first."""
    by.require(ANSWERS_FOR)
    held = _own(by).filter(answered_at=None).select_related("record")
    return [_to_check(each) for each in held.order_by("asked_at", "id")[:100]]


@looks_beyond("an agency's own record, as the agency sent it")
def one_to_check(*, by: Actor, check_id: UUID) -> ToCheck:
    """Return one of them; that of another agency, and what is answered, is not found. It is noted
    who looked."""
    by.require(ANSWERS_FOR)
    held = _own(by).filter(answered_at=None, id=check_id).select_related("record").first()
    if held is None:
        raise NotFound
    audit.looked(by=by, subject=("record_check", held.id), page="record to check")
    return _to_check(held)


def _own(by: Actor) -> QuerySet[RecordCheck]:
    return RecordCheck.objects.filter(record__agency_id=by.own_agency_id)


def _to_check(held: RecordCheck) -> ToCheck:
    record = held.record
    reference = "" if record.source_ref.startswith("#") else record.source_ref.split("#")[0]
    return ToCheck(
        *(held.id, reference, record.shown_name),
        *(record.birth_date, record.postcode, held.asked_at),
    )


@transaction.atomic
@looks_beyond("an agency's own record, and whether all who were asked have answered")
def answer(*, by: Actor, check_id: UUID, said: str) -> None:
    """Say for one's own agency what is so of its record; after the last answer stewards go on."""
    by.require(ANSWERS_FOR)
    by.require_to_write("identity", own=True)
    if said not in ANSWERS:
        raise BadInput("Please choose one of the answers.", kept="Nothing was changed.")
    held = _own(by).select_for_update().filter(id=check_id).first()
    if held is None:
        raise NotFound
    if held.answered_at:
        raise Conflict("A colleague has answered this already.", kept="Nothing was changed.")
    held.answer, held.answered_by_id, held.answered_at = said, by.own_id, now()
    held.save()
    others = RecordCheck.objects.filter(review=held.review_id, answered_at=None)
    if held.review_id and not others.exists():
        Review.objects.filter(id=held.review_id, outcome="").exclude(asked_at=None).update(
            asked_at=None, round=F("round") + 1
        )
    audit.record(by=by, action="people.record_checked", subject=("record_check", held.id))


def answers(*, by: Actor, review_id: UUID) -> list[Answered]:
    """Return what agencies said about the records of a review."""
    by.require("people.review")
    held = RecordCheck.objects.filter(review_id=review_id).select_related("record__agency")
    return [
        Answered(
            each.record.agency.name,
            each.record.shown_name,
            ANSWERS.get(each.answer, ""),
            each.answered_at,
        )
        for each in held.order_by("asked_at", "id")
    ]

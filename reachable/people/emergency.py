"""Somebody must see a child at once: for hours, told to everybody concerned, reviewed afterwards.

It opens no restricted record, and none to somebody in conflict: then there is only a team to ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import closing
from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.audit import selectors as audit_selectors
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.asking import LEAST_REASON, owners
from reachable.people.models import CurrentPerson, EmergencyAccess, Enquiry
from reachable.people.opening import KIND, say_why
from reachable.people.selectors import same_people

USES = "people.emergency"
REVIEWS = "people.oversee"
BASIS = "emergency"
USUAL, LONGEST = 4, 24
ANSWERED_WITHIN = timedelta(hours=1)
NOTHING_OPENED = "Nothing was opened."
_NAMED = ("user__agency", "involvement", "enquiry", "reviewed_by")
OPENED, TO_REVIEW = "record.emergency", "record.emergency_review"


def may_use(*, by: Actor) -> bool:
    """Say whether `by` leads a team or is on duty now, and so may see a child in an emergency."""
    if not by.can(USES):
        return False
    if by.can("moments.assign"):
        return True
    on_duty = access.everybody_on_duty(at=now())
    return any(by.id in users for users in on_duty.values())


@transaction.atomic
def open_record(*, by: Actor, enquiry_id: UUID, reason: str, hours: int = USUAL) -> UUID:
    """See a child of whom one was just told that there is a record; return the child.

    The child's team and information governance are told at once.
    """
    by.require(USES)
    enquiry = _answered(by, enquiry_id)
    said = say_why(reason, LEAST_REASON)
    if not 1 <= hours <= LONGEST:
        raise BadInput(f"It lasts from one hour to {LONGEST}.", kept=NOTHING_OPENED)
    at = now()
    stands = CurrentPerson.objects.values_list("current_id", flat=True)
    current = stands.get(person_id=enquiry.about)
    same = same_people(by=by, current_ids=[current])
    shut = closing.closed(by=by, kind=KIND, same=same)
    if not shut.opens(current, by.own_id):
        raise BadInput(
            "This record cannot be opened in an emergency.",
            kept=NOTHING_OPENED,
            next="Ring the team that you were told.",
        )
    told = owners(person_ids=list(same), current_id=current, shut=shut, at=at)
    involvement_id = access_services.involve_until(
        by=by,
        user_id=by.own_id,
        kind=KIND,
        subject_id=current,
        basis=BASIS,
        until=at + timedelta(hours=hours),
    )
    opened = EmergencyAccess.objects.create(
        enquiry=enquiry, involvement_id=involvement_id, user_id=by.own_id, reason=said[:600]
    )
    audit.record(
        by=by, action="people.emergency_opened", subject=(KIND, current), because=opened.id
    )
    _tell(by, opened.id, current, told)
    return current


def _answered(by: Actor, enquiry_id: UUID) -> Enquiry:
    """Return one's own enquiry that named a team, asked just now by who may go on from it."""
    held = Enquiry.objects.filter(id=enquiry_id, user_id=by.own_id, team_id__isnull=False)
    enquiry = held.first()
    if enquiry is None:
        raise NotFound
    if not may_use(by=by):
        raise BadInput(
            "Only who is on duty now, or leads a team, can see a child in an emergency.",
            kept=NOTHING_OPENED,
            next="Ring the team that you were told.",
        )
    if enquiry.asked_at < now() - ANSWERED_WITHIN:
        raise Conflict("You asked too long ago.", kept=NOTHING_OPENED, next="Ask again.")
    return enquiry


def _tell(by: Actor, opened_id: UUID, current: UUID, owners: list[UUID]) -> None:
    child, review = ("child", current), ("emergency", opened_id)
    tellings = [
        Telling(user, OPENED, child, f"{OPENED}:{opened_id}:{user}")
        for user in owners
        if user != by.id
    ]
    tellings += [
        Telling(user, TO_REVIEW, review, f"{TO_REVIEW}:{opened_id}:{user}")
        for user in sorted(access.able(capability=REVIEWS))
    ]
    notices.tell(by=by, tellings=tellings)


@dataclass(frozen=True)
class Running:
    """Access in an emergency that lasts now: of whom, and until when. It names nobody."""

    id: UUID
    person_id: UUID
    until: datetime


def running(*, by: Actor) -> list[Running]:
    """Return what this person opened in an emergency and is still open."""
    if not by.is_person or not by.can(USES):
        return []
    held = EmergencyAccess.objects.filter(
        user_id=by.own_id, involvement__ended_at=None, involvement__until__gt=now()
    )
    return [
        Running(opened_id, subject, until)
        for opened_id, subject, until in held.values_list(
            "id", "involvement__subject_id", "involvement__until"
        )
        if until is not None
    ]


@transaction.atomic
def end(*, by: Actor, emergency_id: UUID) -> None:
    """Close it before its time: whoever opened it may, and nobody else finds it."""
    held = EmergencyAccess.objects.filter(id=emergency_id, user_id=by.own_id)
    opened = held.select_related("involvement").first()
    if opened is None:
        raise NotFound
    if access_services.end_early(by=by, involvement_id=opened.involvement_id):
        subject = (KIND, opened.involvement.subject_id)
        audit.record(by=by, action="people.emergency_ended", subject=subject, because=opened.id)


@dataclass(frozen=True)
class EmergencyFacts:
    """Access in an emergency, for its review. `looked` is what was opened of this child then."""

    id: UUID
    user_id: UUID
    name: str
    asked_because: str
    reason: str
    began: datetime
    ends: datetime
    runs: bool
    justified: bool | None
    reviewed_by: str
    note: str
    looked: tuple[tuple[datetime, str], ...] = ()


def emergencies(*, by: Actor) -> list[EmergencyFacts]:
    """Return those that wait for a review, the oldest first, then those that had one."""
    by.require(REVIEWS)
    held = EmergencyAccess.objects.select_related(*_NAMED)
    waiting = held.filter(reviewed_at=None).order_by("involvement__started_at")
    done = held.exclude(reviewed_at=None).order_by("-reviewed_at")[:50]
    return [_facts(each) for each in (*waiting, *done)]


def emergency(*, by: Actor, emergency_id: UUID) -> EmergencyFacts:
    """Return one, with what was looked at: pages and times from the audit, not what they said."""
    by.require(REVIEWS)
    found = EmergencyAccess.objects.select_related(*_NAMED).filter(id=emergency_id).first()
    if found is None:
        raise NotFound
    facts = _facts(found)
    looks = audit_selectors.looks_of(
        by=by,
        actor_id=facts.user_id,
        kind=KIND,
        subject_ids=same_people(by=by, current_ids=_currents(found)),
        first=facts.began,
        last=facts.ends,
    )
    looked = tuple((each.at, str(each.details.get("page", ""))) for each in looks)
    return EmergencyFacts(**{**vars(facts), "looked": looked})


def _currents(held: EmergencyAccess) -> list[UUID]:
    stands = CurrentPerson.objects.filter(person_id=held.involvement.subject_id)
    return list(stands.values_list("current_id", flat=True))


def _facts(held: EmergencyAccess) -> EmergencyFacts:
    involvement = held.involvement
    ends = involvement.ended_at or involvement.until or involvement.started_at
    return EmergencyFacts(
        id=held.id,
        user_id=held.user_id,
        name=f"{held.user.name}, {held.user.agency.name}",
        asked_because=held.enquiry.reason,
        reason=held.reason,
        began=involvement.started_at,
        ends=ends,
        runs=ends > now(),
        justified=held.justified,
        reviewed_by=held.reviewed_by.name if held.reviewed_by else "",
        note=held.note,
    )


@transaction.atomic
def review(*, by: Actor, emergency_id: UUID, justified: bool, note: str) -> None:
    """Say whether it was right, once, with why; never by who used it."""
    by.require(REVIEWS)
    held = EmergencyAccess.objects.select_for_update(of=("self",)).filter(id=emergency_id).first()
    if held is None:
        raise NotFound
    said = say_why(note)
    if held.user_id == by.id:
        raise Conflict(
            "You used this access yourself, so somebody else reviews it.", kept="Nothing was kept."
        )
    if held.reviewed_at is not None:
        raise Conflict("Somebody has reviewed it already.", kept="Nothing was changed.")
    if _facts(held).runs:
        raise Conflict(
            "It still lasts.", kept="Nothing was kept.", next="Review it once it has ended."
        )
    held.reviewed_by_id, held.reviewed_at = by.own_id, now()
    held.justified, held.note = justified, said[:600]
    held.save()
    audit.record(
        by=by,
        action="people.emergency_reviewed",
        subject=("emergency", held.id),
        outcome="justified" if justified else "not_justified",
    )

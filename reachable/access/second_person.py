"""What takes two people: asked for by one, approved or refused by another, and then done.

A room says in the registry `two_people` what it needs that for: who may ask and decide, what it is
called, and what happens once it is approved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from reachable.access.models import SecondPersonRequest
from reachable.access.registries import TakesTwo, two_people
from reachable.access.selectors import able
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now

STANDS = timedelta(days=14)
"""How long somebody can approve it: what nobody looked at for so long is asked for again."""
READ_FOR = timedelta(days=30)
NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class RequestFacts:
    """A request that waits; `mine` where the reader asked for it and cannot decide it."""

    id: UUID
    what: str
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    mine: bool
    about_me: bool

    @property
    def may_decide(self) -> bool:
        return not (self.mine or self.about_me)


@dataclass(frozen=True)
class DecidedFacts:
    """A request that somebody approved or refused, and why they refused it."""

    what: str
    decision: str
    note: str
    asked_by: str
    decided_by: str
    decided_at: datetime | None


def ask(
    *, by: Actor, kind: str, subject: tuple[str, UUID], details: dict[str, Any], reason: str
) -> UUID:
    """Ask for something that a second person has to approve, in the caller's transaction.

    It is asked for once; one that ran out makes room. Refused where nobody could approve it.
    """
    needs = _kind(kind).needs
    by.require(needs)
    if not reason.strip():
        raise BadInput(
            "Please say in a few words why.",
            kept=NOTHING_CHANGED,
            next="Whoever approves it reads your reason.",
        )
    if not able(capability=needs) - {by.own_id, subject[1]}:
        raise BadInput(
            "A second person has to approve this, and there is nobody else who may.",
            kept=NOTHING_CHANGED,
            next="Have another administrator set up first.",
        )
    exclusive("access.second_person")
    same = SecondPersonRequest.objects.filter(kind=kind, subject_id=subject[1], decision="")
    same.filter(expires_at__lte=now()).update(decision="expired")
    if same.exists():
        raise Conflict(
            "This has been asked for already, and waits for a second person.", kept=NOTHING_CHANGED
        )
    made = SecondPersonRequest.objects.create(
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        details=details,
        reason=reason.strip()[:300],
        asked_by_id=by.own_id,
        asked_at=now(),
        expires_at=now() + STANDS,
    )
    audit.record(by=by, action="access.second_person_asked", subject=("request", made.id))
    return made.id


def waiting(*, by: Actor) -> list[RequestFacts]:
    """Return the requests that wait and that this person may read, the oldest first."""
    held = _waiting(by).select_related("asked_by").order_by("asked_at")
    return [_facts(by, each) for each in held]


def decided(*, by: Actor) -> list[DecidedFacts]:
    """Return what was decided in the last 30 days and this person may read, the newest first."""
    readable = [key for key, kind in _kinds().items() if by.can(kind.needs)]
    held = SecondPersonRequest.objects.filter(
        kind__in=readable, decided_at__gt=now() - READ_FOR, decision__in=["approved", "refused"]
    )
    return [
        DecidedFacts(
            what=_kind(each.kind).words(subject_id=each.subject_id, details=each.details),
            decision=each.decision,
            note=each.note,
            asked_by=each.asked_by.name,
            decided_by=each.decided_by.name if each.decided_by else "",
            decided_at=each.decided_at,
        )
        for each in held.select_related("asked_by", "decided_by").order_by("-decided_at")[:50]
    ]


def request(*, by: Actor, request_id: UUID) -> RequestFacts:
    """Return one request that waits."""
    held = _waiting(by).filter(id=request_id).first()
    if held is None:
        raise NotFound
    return _facts(by, held)


@transaction.atomic
def approve(*, by: Actor, request_id: UUID) -> str:
    """Approve what somebody else asked for, which is done at once; return what was done.

    Whoever asked has to have the right still: a right that ended is worth nothing.
    """
    held = _lock(by, request_id)
    _refuse_own(by, held)
    kind = _kind(held.kind)
    if held.asked_by_id not in able(capability=kind.needs):
        raise Conflict(
            "Whoever asked for this may not do it any more.",
            kept=NOTHING_CHANGED,
            next="Refuse it, and ask for it yourself if it is right.",
        )
    _decide(by, held, "approved")
    kind.carry_out(by=by, subject_id=held.subject_id, details=held.details)
    return kind.words(subject_id=held.subject_id, details=held.details)


@transaction.atomic
def refuse(*, by: Actor, request_id: UUID, note: str) -> None:
    """Refuse what somebody else asked for, with a reason that they can read."""
    held = _lock(by, request_id)
    _refuse_own(by, held)
    if not note.strip():
        raise BadInput("Please say in a few words why.", kept=NOTHING_CHANGED)
    _decide(by, held, "refused", note)
    _give_up(by, held)


@transaction.atomic
def take_back(*, by: Actor, request_id: UUID) -> None:
    """Take back what one asked for oneself."""
    held = _lock(by, request_id)
    if held.asked_by_id != by.own_id:
        raise Conflict("Only whoever asked for it takes it back.", kept=NOTHING_CHANGED)
    _decide(by, held, "taken back")
    _give_up(by, held)


def drop(*, by: Actor, kind: str, subject_id: UUID) -> None:
    """End a request whose subject was taken back, in the caller's transaction."""
    held = SecondPersonRequest.objects.filter(kind=kind, subject_id=subject_id, decision="")
    for each in held.select_for_update():
        _decide(by, each, "taken back")


def awaiting(*, kind: str, subject_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return which of these subjects wait for a second person, or were asked for too long ago."""
    asked = SecondPersonRequest.objects.filter(kind=kind, decision="")
    held = asked.filter(subject_id__in=list(subject_ids))
    return frozenset(held.values_list("subject_id", flat=True))


def waiting_for(*, kind: str, subject_id: UUID) -> list[str]:
    """Return the roles that wait for a second person, of somebody whom the caller has found."""
    held = SecondPersonRequest.objects.filter(
        kind=kind, subject_id=subject_id, decision="", expires_at__gt=now()
    )
    found = held.values_list("details", flat=True).first()
    return list(found["roles"]) if found else []


def _decide(by: Actor, held: SecondPersonRequest, decision: str, note: str = "") -> None:
    held.decision, held.decided_by_id, held.decided_at = decision, by.own_id, now()
    held.note = note.strip()[:300]
    held.save(update_fields=["decision", "decided_by", "decided_at", "note"])
    said = decision.replace(" ", "_")
    audit.record(by=by, action=f"access.second_person_{said}", subject=("request", held.id))


def _give_up(by: Actor, held: SecondPersonRequest) -> None:
    _kind(held.kind).give_up(by=by, subject_id=held.subject_id)


def _refuse_own(by: Actor, held: SecondPersonRequest) -> None:
    if by.own_id == held.asked_by_id:
        raise Conflict(
            "You asked for this yourself, so somebody else has to decide it.",
            kept=NOTHING_CHANGED,
            next="Ask another administrator to look at it.",
        )
    if by.own_id == held.subject_id:
        raise Conflict(
            "This is about yourself, so somebody else has to decide it.", kept=NOTHING_CHANGED
        )


def _lock(by: Actor, request_id: UUID) -> SecondPersonRequest:
    held = _waiting(by).select_for_update().filter(id=request_id).first()
    if held is None:
        raise NotFound
    return held


def _waiting(by: Actor) -> QuerySet[SecondPersonRequest]:
    readable = [key for key, kind in _kinds().items() if by.can(kind.needs)]
    return SecondPersonRequest.objects.filter(
        Q(kind__in=readable), decision="", expires_at__gt=now()
    )


def _kinds() -> dict[str, TakesTwo]:
    return {kind.key: kind for kind in two_people.items()}


def _kind(key: str) -> TakesTwo:
    return _kinds()[key]


def _facts(by: Actor, held: SecondPersonRequest) -> RequestFacts:
    return RequestFacts(
        id=held.id,
        what=_kind(held.kind).words(subject_id=held.subject_id, details=held.details),
        reason=held.reason,
        asked_by=held.asked_by.name,
        asked_at=held.asked_at,
        expires_at=held.expires_at,
        mine=held.asked_by_id == by.own_id,
        about_me=held.subject_id == by.own_id,
    )

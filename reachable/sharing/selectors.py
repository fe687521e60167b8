"""Decisions to share, and what others asked for, for those who work with the child."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from reachable.access import selectors as access
from reachable.access.models import Role, User
from reachable.access.policy import policy
from reachable.audit import selectors as audit_selectors
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import today
from reachable.people import selectors as people
from reachable.practice import guidance
from reachable.practice.items import SharingBasis
from reachable.sharing.answering import unanswered_since
from reachable.sharing.duty import is_on
from reachable.sharing.models import SharingDecision, SharingPiece, SharingRequest, SharingStep
from reachable.sharing.pieces import Piece, as_they_stand
from reachable.sharing.reading import what_is_shared
from reachable.sharing.rules.deciding import may_agree, may_decide
from reachable.sharing.rules.pieces import FIELDS, PieceKey
from reachable.sharing.rules.standing import LIVE, WAITS, standing
from reachable.sharing.seeing import (
    AGREES,
    DECIDES,
    keys_of,
    met_of,
    visible_decisions,
    visible_requests,
)

NAMED = ("to_user__agency", "decided_by__agency", "request__from_user", "person__now")
TITLES = {each.key: each.title for each in FIELDS} | {
    "event": "Something that happened",
    "offer": "A service that was offered",
}


@dataclass(frozen=True)
class DecisionRow:
    """A line of the list on a child's page. `stands` is where it stands today; `unanswered` is
    since when nobody answers for it, of what stands."""

    id: UUID
    outcome: str
    stands: str
    to: str
    organisation: str
    purpose: str
    pieces: tuple[str, ...]
    until: date | None
    decided_at: datetime
    decided_by: str
    unanswered: datetime | None = None


@dataclass(frozen=True)
class StepFacts:
    kind: str
    at: datetime
    by: str
    how: str
    note: str


@dataclass(frozen=True)
class ChosenPiece:
    """What was chosen, why, and what it says now, which is nothing where `by` does not see it.

    `otherwise` is what the recipient reads of it, where that is not what it says now."""

    key: PieceKey
    title: str
    why: str
    now: Piece | None
    met: str
    otherwise: str = ""


@dataclass(frozen=True)
class DecisionFacts:
    """Everything on the page of a decision. `looks` says who opened what was shared."""

    row: DecisionRow
    child: str
    person_id: UUID
    outside: bool
    address: str
    bases: tuple[SharingBasis, ...]
    told: str
    told_note: str
    engaged: str
    harm_if_shared: str
    harm_if_not: str
    proportion: str
    conditions: str
    reason: str
    request_id: UUID | None
    supersedes_id: UUID | None
    superseded_by_id: UUID | None
    chosen: tuple[ChosenPiece, ...]
    steps: tuple[StepFacts, ...]
    looks: tuple[tuple[datetime, str], ...]
    mine: bool
    may_agree: bool


@dataclass(frozen=True)
class RequestFacts:
    """Who asked for what, and whether it was answered."""

    id: UUID
    person_id: UUID
    child: str
    from_user_id: UUID | None
    who: str
    organisation: str
    address: str
    what: str
    purpose: str
    asked_on: date
    due_on: date | None
    recorded_by: str
    answered: bool
    may_decide: bool


def decisions_of(*, by: Actor, person_id: UUID) -> list[DecisionRow]:
    """Return what was shared of a child with whom `by` works, and what was refused."""
    if not by.can(DECIDES):
        return []
    held = visible_decisions(by=by).filter(person__now__current_id=person_id)
    return rows_of(by=by, held=held)


def rows_of(*, by: Actor, held: QuerySet[SharingDecision]) -> list[DecisionRow]:
    """Return lines of decisions that the caller has found visible to `by`."""
    found = list(held.select_related(*NAMED).order_by("-decided_at", "-id"))
    ids = [each.id for each in found]
    steps: dict[UUID, set[str]] = {}
    for decision_id, kind in SharingStep.objects.filter(decision__in=ids).values_list(
        "decision_id", "kind"
    ):
        steps.setdefault(decision_id, set()).add(kind)
    pieces: dict[UUID, list[str]] = {}
    for decision_id, kind in (
        SharingPiece.objects.filter(decision__in=ids)
        .order_by("id")
        .values_list("decision_id", "kind")
    ):
        pieces.setdefault(decision_id, []).append(TITLES[kind])
    replaced = set(
        SharingDecision.objects.filter(supersedes__in=ids).values_list("supersedes_id", flat=True)
    )
    nobody = unanswered_since(by=by, decision_ids=ids)
    rows = [
        _row(each, steps.get(each.id, set()), pieces.get(each.id, []), each.id in replaced)
        for each in found
    ]
    return [
        replace(row, unanswered=nobody.get(row.id)) if row.stands in (LIVE, WAITS) else row
        for row in rows
    ]


def _row(
    each: SharingDecision, steps: Iterable[str], pieces: Iterable[str], superseded: bool
) -> DecisionRow:
    return DecisionRow(
        id=each.id,
        outcome=each.outcome,
        stands=standing(
            outcome=each.outcome,
            needs_second=each.needs_second,
            steps=frozenset(steps),
            superseded=superseded,
            until=each.until,
            today=today(),
        ),
        to=each.to_user.name if each.to_user else each.to_name,
        organisation=each.to_user.agency.name if each.to_user else each.to_organisation,
        purpose=each.purpose,
        pieces=tuple(dict.fromkeys(pieces)),
        until=each.until,
        decided_at=each.decided_at,
        decided_by=each.decided_by.name,
    )


def decision(*, by: Actor, sharing_id: UUID) -> DecisionFacts:
    """Return a decision about a child with whom `by` works; the look is logged."""
    if not (by.can(DECIDES) or by.can(AGREES)):
        by.require(DECIDES)
    found = visible_decisions(by=by).select_related(*NAMED).filter(id=sharing_id).first()
    if found is None:
        raise NotFound
    person_id = found.person.now.current_id
    audit.looked(
        by=by, subject=("sharing", found.id), also=("person", person_id), page="decision to share"
    )
    (row,) = rows_of(by=by, held=SharingDecision.objects.filter(id=found.id))
    chosen = _chosen(by, found, person_id, is_live=row.stands == LIVE)
    superseded_by = SharingDecision.objects.filter(supersedes=found).values_list("id", flat=True)
    seen = [str(each.key) for each in chosen if each.now is not None]
    return DecisionFacts(
        row=row,
        child=_name(by, person_id),
        person_id=person_id,
        outside=found.to_user_id is None,
        address=found.to_address,
        bases=tuple(each for each in guidance.sharing_bases() if each.key in found.bases),
        told=found.told,
        told_note=found.told_note,
        engaged=found.engaged,
        harm_if_shared=found.harm_if_shared,
        harm_if_not=found.harm_if_not,
        proportion=found.proportion,
        conditions=found.conditions,
        reason=found.reason,
        request_id=found.request_id,
        supersedes_id=found.supersedes_id,
        superseded_by_id=superseded_by.first(),
        chosen=chosen,
        steps=_steps(found),
        looks=_looks(by, found),
        mine=found.decided_by_id == by.id,
        may_agree=row.stands == WAITS and agrees(by=by, found=found, seen=seen),
    )


def agrees(*, by: Actor, found: SharingDecision, seen: Iterable[str]) -> bool:
    """Say whether `by` may be the second person."""
    if not by.can(AGREES) or by.id is None:
        return False
    return may_agree(
        by.id,
        decided_by=found.decided_by_id,
        asked_by=found.request.from_user_id if found.request else None,
        to=found.to_user_id,
        sees=list(seen),
        pieces=[str(key) for key, _ in keys_of(found)],
    )


def _chosen(
    by: Actor, found: SharingDecision, person_id: UUID, *, is_live: bool
) -> tuple[ChosenPiece, ...]:
    """Whoever looks at a decision sees of its pieces what they see anyway."""
    chosen, met = keys_of(found), met_of(found)
    keys = [key for key, _ in chosen]
    now = {each.key: each for each in as_they_stand(by=by, person_id=person_id, keys=keys)}
    shared = {each.key: each for each in what_is_shared(by=by, found=found)} if is_live else now
    return tuple(
        ChosenPiece(
            key=key,
            title=now[key].title if key in now else TITLES[key.kind],
            why=why,
            now=now.get(key),
            met=met.get(key, ""),
            otherwise=_otherwise(now[key], shared.get(key)) if key in now else "",
        )
        for key, why in chosen
    )


def _otherwise(now: Piece, shared: Piece | None) -> str:
    """Say what the recipient reads, where that is something else than stands here."""
    if shared is None:
        return "nothing of it now"
    if shared.said != now.said:
        return shared.text or "that it has changed"
    return ""


def _steps(found: SharingDecision) -> tuple[StepFacts, ...]:
    held = SharingStep.objects.filter(decision=found).select_related("by").order_by("at", "id")
    return tuple(StepFacts(s.kind, s.at, s.by.name, s.how, s.note) for s in held)


def _looks(by: Actor, found: SharingDecision) -> tuple[tuple[datetime, str], ...]:
    """Who opened it as the recipient; that colleagues looked stands with the child."""
    if found.to_user_id is None:
        return ()
    held = audit_selectors.looks_at(by=by, kind="sharing", subject_ids=[found.id])
    names = access.names([each.actor_id for each in held.entries if each.actor_id])
    return tuple(
        (each.at, names.get(each.actor_id, ""))
        for each in held.entries
        if each.actor_id == found.to_user_id
    )


def _name(by: Actor, person_id: UUID) -> str:
    known = people.names(by=by, current_ids=[person_id]).get(person_id)
    return known.name if known else "Name kept back"


def open_requests(*, by: Actor, person_id: UUID) -> list[RequestFacts]:
    """Return what was asked for of a child and is not answered yet, the earliest first."""
    if not by.can(DECIDES):
        return []
    held = visible_requests(by=by).filter(person__now__current_id=person_id)
    answered = SharingDecision.objects.filter(request=OuterRef("id"))
    waiting = held.filter(~Exists(answered)).select_related(*_ASKED).order_by("asked_on", "id")
    return [_request(by, each, answered=False) for each in waiting]


_ASKED = ("from_user__agency", "recorded_by", "person__now")


def request(*, by: Actor, request_id: UUID) -> RequestFacts:
    by.require(DECIDES)
    found = visible_requests(by=by).select_related(*_ASKED).filter(id=request_id).first()
    if found is None:
        raise NotFound
    audit.looked(by=by, subject=("person", found.person.now.current_id), page="request to share")
    answered = SharingDecision.objects.filter(request=found).exists()
    return _request(by, found, answered=answered)


def _request(by: Actor, found: SharingRequest, *, answered: bool) -> RequestFacts:
    asked_by = found.from_user
    return RequestFacts(
        id=found.id,
        person_id=found.person.now.current_id,
        child=_name(by, found.person.now.current_id),
        from_user_id=found.from_user_id,
        who=asked_by.name if asked_by else found.from_name,
        organisation=asked_by.agency.name if asked_by else found.from_organisation,
        address=found.from_address,
        what=found.what,
        purpose=found.purpose,
        asked_on=found.asked_on,
        due_on=found.due_on,
        recorded_by=found.recorded_by.name,
        answered=answered,
        may_decide=may_decide(by.own_id, asked_by=found.from_user_id, to=None),
    )


def recipients(*, by: Actor) -> list[tuple[UUID, str, str]]:
    """Return (user, name, agency) of everybody else who may be shown something of a child."""
    by.require(DECIDES)
    roles = [
        role.key
        for role in policy().roles.values()
        if any(scope != "none" for scope in role.reads.values())
    ]
    held = Role.objects.filter(user=OuterRef("id"), ended_at=None, role__in=roles)
    found = User.objects.filter(Exists(held), is_active=True).exclude(id=by.own_id)
    return list(found.order_by("name", "id").values_list("id", "name", "agency__name"))


def offered_bases(*, by: Actor) -> list[SharingBasis]:
    """Return on what a decision may rest here: what is uncertain, only where it is switched on."""
    on = is_on(by=by)
    return [each for each in guidance.sharing_bases() if on or not each.by_switch]

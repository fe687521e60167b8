"""A family asks who may read what is kept about a child: put together by one person of governance,
released by another, and never by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce

from reachable.access.models import Involvement, Role, User
from reachable.access.policy import policy
from reachable.audit import services as audit
from reachable.audit.models import Entry
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.documents.papers import Block, Paper
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.governance.keeping import in_force
from reachable.governance.models import FamilyDecision, FamilyRequest
from reachable.governance.rules.family import Kept, Reading, Shared, Worked, lines_of
from reachable.people.models import CurrentPerson
from reachable.people.registries import told_others
from reachable.practice.time import LONDON, start_of_day

ANSWERS = "family.answer"
TITLE = "Who can read what is kept about a child, and who did"
SHOWN = 100


@dataclass(frozen=True)
class Request:
    """What a family asked for: who asks, how that was checked, and what was weighed."""

    person_id: UUID
    asked_by_whom: str
    identity_checked: str
    first: date
    last: date
    exemptions: tuple[str, ...]
    weighed: str


@dataclass(frozen=True)
class FamilyFacts:
    """A request with what was put together; `released` is None while nobody has decided."""

    id: UUID
    reference: str
    asked_by_whom: str
    identity_checked: str
    first: date
    last: date
    exemptions: tuple[str, ...]
    weighed: str
    content: tuple[tuple[str, str], ...]
    made_by: str
    made_at: datetime
    own: bool
    released: bool | None
    reason: str
    decided_by: str
    decided_at: datetime | None


@transaction.atomic
def put_together(*, by: Actor, request: Request) -> UUID:
    """Keep a request with what is to be told, for a second person to read and release."""
    by.require(ANSWERS)
    if request.first > request.last or request.last > today():
        raise BadInput(
            "The days do not fit: the first comes before the last, and none is yet to come.",
            kept="Nothing was kept.",
            next="Enter the days that the family asked about.",
        )
    current = CurrentPerson.objects.filter(person_id=request.person_id).values_list(
        "current_id", flat=True
    )
    current_id = current.first()
    if current_id is None:
        raise BadInput(
            "No record has that reference.",
            kept="Nothing was kept.",
            next="Ask whoever works with the child for the long number in the address of its page.",
        )
    made = FamilyRequest(
        person_id=current_id,
        asked_by_whom=request.asked_by_whom,
        identity_checked=request.identity_checked,
        first_day=request.first,
        last_day=request.last,
        exemptions=list(request.exemptions),
        weighed=request.weighed,
        content=list(lines_of(_kept(by, current_id, request))),
        made_by_id=by.own_id,
        made_at=now(),
    )
    exclusive("governance.family")
    day = f"F-{made.made_at.astimezone(LONDON):%Y%m%d}-"
    made.reference = f"{day}{FamilyRequest.objects.filter(reference__startswith=day).count() + 1}"
    made.save(force_insert=True)
    audit.record(
        by=by, action="governance.family_put_together", subject=("person", current_id), of=made.id
    )
    return made.id


@transaction.atomic
def decide(*, by: Actor, request_id: UUID, released: bool, reason: str) -> None:
    """Release what another person put together, or send it back; it stands as it was read."""
    by.require(ANSWERS)
    exclusive("governance.family")
    found = _request(request_id)
    if found.made_by_id == by.id:
        raise BadInput(
            "You put this together yourself.",
            kept="Nothing was decided.",
            next="Another person of information governance reads it and decides.",
        )
    if FamilyDecision.objects.filter(request=found).exists():
        raise Conflict(
            "Somebody has decided this meanwhile.",
            kept="Their decision stands.",
            next="Look at it. If it must be told otherwise, put a new answer together.",
        )
    FamilyDecision.objects.create(
        request=found, released=released, reason=reason, by_id=by.own_id, at=now()
    )
    audit.record(
        by=by,
        action=f"governance.family_{'released' if released else 'sent_back'}",
        subject=("person", found.person_id),
        of=found.id,
    )


@transaction.atomic
def paper(*, by: Actor, request_id: UUID) -> Paper:
    """Return what was released as a paper; that it was taken is noted."""
    by.require(ANSWERS)
    found = _request(request_id)
    decision = FamilyDecision.objects.filter(request=found).first()
    if decision is None or not decision.released:
        raise Conflict(
            "Nobody has released this.",
            kept="No document was made.",
            next="A second person of information governance reads it and releases it.",
        )
    audit.record(
        by=by, action="governance.family_taken", subject=("person", found.person_id), of=found.id
    )
    return Paper(
        title=TITLE,
        under_title=f"Our reference: {found.reference}",
        blocks=tuple(Block(kind, text) for kind, text in found.content),
        foot=f"{found.reference}. Made on {found.made_at.astimezone(LONDON):%d.%m.%Y}.",
    )


def requests(*, by: Actor) -> list[FamilyFacts]:
    """Return what families asked for, the newest first."""
    by.require(ANSWERS)
    held = FamilyRequest.objects.select_related("made_by", "decision__by").order_by("-id")
    return [_facts(by, each) for each in held[:SHOWN]]


def request(*, by: Actor, request_id: UUID) -> FamilyFacts:
    """Return one request with what was put together. The look is noted."""
    by.require(ANSWERS)
    found = _request(request_id)
    audit.looked(by=by, subject=("audit", found.id), page="a family’s request")
    return _facts(by, found)


def _request(request_id: UUID) -> FamilyRequest:
    held = FamilyRequest.objects.select_related("made_by", "decision__by")
    found = held.filter(id=request_id).first()
    if found is None:
        raise NotFound
    return found


def _facts(by: Actor, found: FamilyRequest) -> FamilyFacts:
    decision = FamilyDecision.objects.select_related("by").filter(request=found).first()
    return FamilyFacts(
        id=found.id,
        reference=found.reference,
        asked_by_whom=found.asked_by_whom,
        identity_checked=found.identity_checked,
        first=found.first_day,
        last=found.last_day,
        exemptions=tuple(found.exemptions),
        weighed=found.weighed,
        content=tuple((kind, text) for kind, text in found.content),
        made_by=found.made_by.name,
        made_at=found.made_at,
        own=found.made_by_id == by.id,
        released=decision.released if decision else None,
        reason=decision.reason if decision else "",
        decided_by=decision.by.name if decision else "",
        decided_at=decision.at if decision else None,
    )


def _kept(by: Actor, current_id: UUID, request: Request) -> Kept:
    same = list(
        CurrentPerson.objects.filter(current_id=current_id).values_list("person_id", flat=True)
    )
    begins = start_of_day(request.first)
    ends = start_of_day(request.last + timedelta(days=1))
    shared = [
        Shared(each.day, each.to_whom, each.how)
        for told in told_others.items()
        for each in told(by=by, person_ids=same, first=begins, last=ends)
    ]
    return Kept(
        first=request.first,
        last=request.last,
        worked=tuple(_worked(by, same, begins, ends)),
        readings=tuple(_readings(by, same, begins, ends)),
        shared=tuple(sorted(shared, key=lambda each: each.day)),
        held_back=request.exemptions,
    )


def _worked(by: Actor, same: Sequence[UUID], begins: datetime, ends: datetime) -> list[Worked]:
    """Return who could open it in that time; who did so twice for one reason stands once."""
    held = Involvement.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=begins),
        Q(until=None) | Q(until__gt=begins),
        subject_kind="person",
        subject_id__in=same,
        started_at__lt=ends,
    ).order_by("started_at", "id")
    ended = Coalesce("ended_at", "until")
    rows = list(
        held.values_list(
            *("user_id", "team__name", "team__agency__name", "basis", "started_at"), ended
        )
    )
    who = _who(by, {row[0] for row in rows if row[0]}, ends)
    found: dict[tuple[str, str], Worked] = {}
    for user_id, team, agency, basis, started_at, ended_at in rows:
        name = who[user_id] if user_id else f"The team {team} of {agency}"
        first = started_at.astimezone(LONDON).date()
        last = ended_at.astimezone(LONDON).date() if ended_at else None
        kind = "holder" if team else basis
        before = found.get((name, kind))
        if before:
            first = before.first
            last = max(before.last, last) if before.last and last else None
        found[name, kind] = Worked(name, first, last, kind)
    return list(found.values())


def _readings(by: Actor, same: Sequence[UUID], begins: datetime, ends: datetime) -> list[Reading]:
    """Return who opened pages, those of one role and agency together."""
    held = (
        Entry.objects.filter(
            action="looked",
            actor_kind="person",
            subject_kind="person",
            subject_id__in=same,
            at__gte=begins,
            at__lt=ends,
        )
        .values("actor_id")
        .annotate(times=Count("id"), first=Min("at"), last=Max("at"))
    )
    rows = list(held.values_list("actor_id", "times", "first", "last"))
    who = _who(by, {row[0] for row in rows}, ends)
    found: dict[str, Reading] = {}
    for actor_id, times, first, last in rows:
        name = who.get(actor_id, "Somebody whose account is gone")
        reading = Reading(
            name, times, first.astimezone(LONDON).date(), last.astimezone(LONDON).date()
        )
        before = found.get(name)
        if before:
            reading = Reading(
                name,
                before.times + times,
                min(before.first, reading.first),
                max(before.last, reading.last),
            )
        found[name] = reading
    return sorted(found.values(), key=lambda each: (each.first, each.who))


def _who(by: Actor, user_ids: Collection[Any], ends: datetime) -> dict[Any, str]:
    """Return each as role and agency, and by name only where the partnership says so."""
    titles: dict[Any, list[str]] = {}
    held = Role.objects.filter(user_id__in=user_ids, started_at__lt=ends).order_by("started_at")
    for user_id, role in held.values_list("user_id", "role"):
        if role in policy().roles:
            titles.setdefault(user_id, []).append(policy().roles[role].title)
    named = in_force(by=by).staff_names
    found = {}
    users = User.objects.filter(id__in=user_ids).values_list("id", "name", "agency__name")
    for user_id, name, agency in users:
        role = ", ".join(dict.fromkeys(titles.get(user_id, ["Worker"])))
        found[user_id] = f"{name}, {role}, {agency}" if named else f"{role}, {agency}"
    return found

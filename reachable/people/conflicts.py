"""A conflict of interest: declared by oneself, or by a supervisor for a colleague, and enforced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access.models import ConflictOfInterest
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now
from reachable.people.opening import (
    KIND,
    NOTHING_CHANGED,
    current_child,
    refuse_visitor,
    say_why,
)
from reachable.people.registries import record_closed
from reachable.people.restricting import tell_of_few
from reachable.people.selectors import same_people

DECLARES = "people.restrict"


@dataclass(frozen=True)
class ConflictFacts:
    """Somebody to whom the child is closed, and why: for supervisors who work with the child."""

    id: UUID
    name: str
    reason: str
    declared_by: str
    declared_at: datetime


@transaction.atomic
def declare(*, by: Actor, person_id: UUID, reason: str, whose: UUID | None = None) -> None:
    """Close a child to oneself, or as a supervisor to a colleague: at the next request.

    What they had of the child is asked of others.
    """
    current = current_child(by=by, person_id=person_id)
    said, user_id = say_why(reason), whose or by.own_id
    if user_id != by.id:
        by.require(DECLARES)
        refuse_visitor(by=by, current_id=current, what="say this of a colleague")
        if user_id not in access.able(capability="people.read", user_ids=[user_id]):
            raise BadInput("Please choose a colleague from the list.", kept=NOTHING_CHANGED)
    exclusive("people.identify")
    held = ConflictOfInterest.objects.filter(
        user_id=user_id, subject_kind=KIND, subject_id=current, ended_at=None
    )
    if held.exists():
        return
    conflict = ConflictOfInterest.objects.create(
        user_id=user_id,
        subject_kind=KIND,
        subject_id=current,
        reason=said[:300],
        declared_by_id=by.own_id,
        declared_at=now(),
    )
    audit.record(
        by=by,
        action="people.conflict_declared",
        subject=(KIND, current),
        user=user_id,
        because=conflict.id,
    )
    tell_of_few(by=by, current_id=current, occasion=conflict.id)
    for follow in record_closed.items():
        follow(by=by, current_id=current)


@transaction.atomic
def end(*, by: Actor, conflict_id: UUID) -> UUID:
    """Say that a conflict stands no longer: a supervisor of whoever has it, never they themselves.

    To them the child is closed, so that they do not come so far. Return the child.
    """
    by.require(DECLARES)
    held = ConflictOfInterest.objects.filter(id=conflict_id, subject_kind=KIND)
    conflict = held.first()
    if conflict is None:
        raise NotFound
    current = current_child(by=by, person_id=conflict.subject_id)
    refuse_visitor(by=by, current_id=current, what="say that it is over")
    if held.filter(ended_at=None).update(ended_at=now(), ended_by_id=by.own_id):
        audit.record(
            by=by, action="people.conflict_ended", subject=(KIND, current), because=conflict_id
        )
    return current


def conflicts(*, by: Actor, person_id: UUID) -> list[ConflictFacts]:
    """Return to whom a child is closed for a conflict of interest; nothing to other roles."""
    current = current_child(by=by, person_id=person_id)
    if not by.can(DECLARES):
        return []
    same = same_people(by=by, current_ids=[current])
    held = ConflictOfInterest.objects.filter(
        subject_kind=KIND, subject_id__in=list(same), ended_at=None
    ).select_related("user__agency", "declared_by")
    return [
        ConflictFacts(
            each.id,
            f"{each.user.name}, {each.user.agency.name}",
            each.reason,
            each.declared_by.name,
            each.declared_at,
        )
        for each in held.order_by("declared_at")
    ]

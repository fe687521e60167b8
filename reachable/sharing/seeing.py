"""Whose decisions somebody may see, and as whom something is shared."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from reachable.access import closing
from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation.actor import WORKS_WITH, Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import today
from reachable.people import selectors as people
from reachable.sharing.models import SharingDecision, SharingPiece, SharingRequest, SharingStep
from reachable.sharing.rules.pieces import PieceKey
from reachable.sharing.rules.standing import standing

DECIDES, AGREES, WATCHES = "sharing.decide", "sharing.agree", "sharing.watch"
WRITES = "welfare"
"""The compartment of what is written about sharing."""
SWITCHES = "sharing.duty"


def current_child(*, by: Actor, person_id: UUID) -> UUID:
    """Return who stands for a child now; hidden and absent are the same."""
    by.require(DECIDES)
    current = people.visible_current(by=by, person_id=person_id)
    if current is None:
        raise NotFound
    return current


def has_conflict(*, by: Actor, current_id: UUID, user_id: UUID) -> bool:
    """Say whether somebody has a conflict of interest with a child: nothing of it goes to them."""
    same = people.same_people(by=by, current_ids=[current_id])
    shut = closing.closed(by=by, kind="person", same=same)
    return user_id in shut.conflicts.get(current_id, ())


def visible_decisions(*, by: Actor) -> QuerySet[SharingDecision]:
    """Decisions about the children with whom this person works now."""
    return SharingDecision.objects.filter(person_id__in=people.visible_persons(by=by))


def visible_requests(*, by: Actor) -> QuerySet[SharingRequest]:
    return SharingRequest.objects.filter(person_id__in=people.visible_persons(by=by))


def locked_decision(*, by: Actor, sharing_id: UUID) -> SharingDecision:
    """Lock a decision that `by` may see: what is appended to it comes one after another."""
    found = SharingDecision.objects.select_for_update().filter(id=sharing_id).first()
    if found is None or not people.is_visible(by=by, person_id=found.person_id):
        raise NotFound
    return found


def steps_of(decision: SharingDecision) -> frozenset[str]:
    return frozenset(SharingStep.objects.filter(decision=decision).values_list("kind", flat=True))


def stands(decision: SharingDecision, steps: frozenset[str] | None = None) -> str:
    """Return where a decision stands today."""
    return standing(
        outcome=decision.outcome,
        needs_second=decision.needs_second,
        steps=steps_of(decision) if steps is None else steps,
        superseded=SharingDecision.objects.filter(supersedes=decision).exists(),
        until=decision.until,
        today=today(),
    )


def keys_of(decision: SharingDecision) -> list[tuple[PieceKey, str]]:
    """Return which pieces were chosen, and why, of a decision that the caller may see."""
    held = SharingPiece.objects.filter(decision=decision).order_by("id")
    return [(PieceKey(each.kind, each.subject_id), each.why) for each in held]


def met_of(decision: SharingDecision) -> dict[PieceKey, str]:
    """Return how the conditions are met, of pieces that may be shared under conditions only."""
    held = SharingPiece.objects.filter(decision=decision).exclude(met="")
    return {PieceKey(each.kind, each.subject_id): each.met for each in held}


def as_decider(decision: SharingDecision) -> Actor:
    """Return what whoever decided may see and do now: while they see the child, they answer for it.

    With the end of an account all of it ends.
    """
    decider = User.objects.select_related("agency").get(id=decision.decided_by_id)
    if not decider.is_active:
        return Actor(kind="person", id=decider.id, name=decider.name)
    return actor_for(decider)


def shareable(by: Actor) -> frozenset[str]:
    """Return the compartments of which this person may decide that somebody else has something."""
    return frozenset(name for name, scope in by.shares.items() if scope in WORKS_WITH)


def may_receive(by: Actor) -> bool:
    """Whoever may see nothing of any child is shown nothing of one either."""
    return any(scope != "none" for scope in by.scopes.values())

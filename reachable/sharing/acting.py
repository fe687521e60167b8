"""What becomes of a decision: agreed to by a second person, put on paper, handed over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import now
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.sharing.models import SharingDecision, SharingStep
from reachable.sharing.pieces import Piece, as_they_stand
from reachable.sharing.reading import what_is_shared
from reachable.sharing.rules.standing import AGREED, DOCUMENT, HANDED, LIVE, NOT_AGREED, WAITS
from reachable.sharing.seeing import (
    AGREES,
    DECIDES,
    WRITES,
    has_conflict,
    keys_of,
    locked_decision,
    stands,
)
from reachable.sharing.selectors import agrees
from reachable.sharing.words import FORMATS, WAYS_BY

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Handing:
    """What stands in the document for somebody outside."""

    decision: SharingDecision
    decided_by: str
    agency: str
    phone: str
    pieces: tuple[Piece, ...]


@transaction.atomic
def agree(*, by: Actor, sharing_id: UUID, agreed: bool, note: str = "") -> None:
    """Agree, as the second person, or not. Only whoever sees all of it may."""
    by.require(AGREES)
    by.require_to_write(WRITES)
    found = locked_decision(by=by, sharing_id=sharing_id)
    if stands(found) != WAITS:
        raise Conflict("It does not wait for anybody.", kept=NOTHING_CHANGED)
    current, to = found.person.now.current_id, found.to_user_id
    keys = [key for key, _ in keys_of(found)]
    seen = as_they_stand(by=by, person_id=current, keys=keys)
    if not agrees(by=by, found=found, seen=[str(each.key) for each in seen]):
        raise Conflict(
            "The second person is somebody else: not whoever decided, asked or receives it, and "
            "somebody who sees all that is to be shared.",
            kept=NOTHING_CHANGED,
        )
    if not agreed and not note.strip():
        raise BadInput("Please say why you do not agree.", kept=NOTHING_CHANGED)
    kind = AGREED if agreed else NOT_AGREED
    _append(by, found, kind, note=note)
    told = [(found.decided_by_id, "sharing.answered")]
    if agreed and to and not has_conflict(by=by, current_id=current, user_id=to):
        told.append((to, "sharing.shared"))
    notices.tell(
        by=by,
        tellings=[
            Telling(user, said, ("sharing", found.id), f"{said}:{found.id}:{user}")
            for user, said in told
        ],
    )


@transaction.atomic
def make_document(*, by: Actor, sharing_id: UUID, how: str) -> Handing:
    """Return what stands in the document, and record that it was made.

    Only whoever decided makes it: it holds what was shared, as far as they see it now.
    """
    found = _own_outside(by, sharing_id)
    if how not in FORMATS:
        raise BadInput("Please choose Word or PDF.", kept="No document was made.")
    _append(by, found, DOCUMENT, how=how)
    decider, current = found.decided_by, found.person.now.current_id
    shared = what_is_shared(by=by, found=found)
    seen = as_they_stand(by=by, person_id=current, keys=[each.key for each in shared])
    own = {each.key for each in seen}
    return Handing(
        decision=found,
        decided_by=decider.name,
        agency=decider.agency.name,
        phone=decider.phone,
        pieces=tuple(each for each in shared if each.key in own),
    )


@transaction.atomic
def hand_over(*, by: Actor, sharing_id: UUID, how: str, note: str = "") -> None:
    """Record how the document was handed over, and to whom."""
    found = _own_outside(by, sharing_id)
    if how not in WAYS_BY:
        raise BadInput("Please choose how it was handed over.", kept=NOTHING_CHANGED)
    if not SharingStep.objects.filter(decision=found, kind=DOCUMENT).exists():
        raise Conflict("No document was made yet.", kept=NOTHING_CHANGED, next="Make it first.")
    _append(by, found, HANDED, how=how, note=note)


def _own_outside(by: Actor, sharing_id: UUID) -> SharingDecision:
    by.require(DECIDES)
    by.require_to_write(WRITES)
    found = locked_decision(by=by, sharing_id=sharing_id)
    if found.to_user_id is not None:
        raise Conflict(
            "Whoever has an account reads it here, as it stands on the day.", kept=NOTHING_CHANGED
        )
    if found.decided_by_id != by.id:
        raise Conflict("Whoever decided does that.", kept=NOTHING_CHANGED, next="Ring them.")
    if stands(found) != LIVE:
        raise Conflict("It is not shared now.", kept=NOTHING_CHANGED)
    return found


def _append(by: Actor, found: SharingDecision, kind: str, *, how: str = "", note: str = "") -> None:
    SharingStep.objects.create(
        decision=found, kind=kind, at=now(), by_id=by.own_id, how=how, note=note.strip()
    )
    audit.record(by=by, action=f"sharing.{kind}", subject=("sharing", found.id), how=how)

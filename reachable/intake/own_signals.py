"""The page of one's own signal: each look is noted, as one at that child."""

from __future__ import annotations

from uuid import UUID

from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.intake.models import Signal
from reachable.intake.selectors import SentSignal, my_signal
from reachable.people import looking
from reachable.people.looking import LooksOf
from reachable.people.registries import Seen

SIGNAL, LOOKED = "signal", "signal_looked"
WHY = "You sent it. You see your own words, and who has it now"


def signal(*, by: Actor, signal_id: UUID) -> SentSignal:
    """Return one signal that this person sent; the look is logged, with the child whose it is."""
    found = my_signal(by=by, signal_id=signal_id)
    child = _child(by, signal_id)
    audit.looked(by=by, subject=(SIGNAL, signal_id), also=child, page="own signal")
    return found


@looks_beyond("whose look it is that is noted, which no page says")
def _child(by: Actor, signal_id: UUID) -> tuple[str, UUID] | None:
    held = Signal.objects.filter(id=signal_id, sent_by_id=by.own_id, record__isnull=False)
    current = held.values_list("record__person__now__current_id", flat=True).first()
    return ("person", current) if current else None


def who_looked(*, by: Actor, signal_id: UUID, page: int = 1) -> LooksOf:
    """Return who looked at the page of what this person sent. Who looked at the child it does not
    say: that would tell who works with them."""
    signal(by=by, signal_id=signal_id)
    return looking.looks_at(by=by, kind=SIGNAL, subject_ids=[signal_id], page=page)


def why(*, by: Actor, subject_id: UUID) -> Seen:
    """Also for whoever works with the child: it leads to nothing of them."""
    del by
    return Seen((WHY,), LOOKED, subject_id)

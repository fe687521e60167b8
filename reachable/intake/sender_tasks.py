"""What is asked of whoever sent a signal, and is done by them."""

from __future__ import annotations

from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.intake.selectors import my_signal
from reachable.moments import senders


def do_task(*, by: Actor, signal_id: UUID, step: str) -> None:
    """Record that this person did what is asked of them about a signal that they sent."""
    senders.do_task(by=by, signal_id=my_signal(by=by, signal_id=signal_id).id, step=step)

"""What moments/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry


class Answered(Protocol):
    """Hears that `by` has taken up a moment, and which signals it came from."""

    def __call__(self, *, by: Actor, moment_id: UUID, signal_ids: Sequence[UUID]) -> None: ...


moment_answered: Registry[Answered] = Registry(
    "Moment answered", "who hears that somebody has taken up a moment (moment, its signals)"
)

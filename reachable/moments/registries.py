"""What moments/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry

Answered = Callable[[Actor, UUID, Sequence[UUID]], None]

moment_answered: Registry[Answered] = Registry(
    "Moment answered", "who hears that somebody has taken up a moment (moment, its signals)"
)

"""What offers/ offers to the rooms above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry


class IsOf(Protocol):
    """Says whether what bears an identifier is about this child, or bears none yet."""

    def __call__(self, *, by: Actor, conversation_id: UUID, current_id: UUID) -> bool: ...


class LeadsTo(Protocol):
    """Returns the address of it and what it is called, if this person may open it."""

    def __call__(self, *, by: Actor, conversation_id: UUID) -> tuple[str, str] | None: ...


@dataclass(frozen=True)
class MadeIn:
    """That in which an offer may have been made: a talk with the child."""

    is_of: IsOf
    leads_to: LeadsTo


made_in: Registry[MadeIn] = Registry(
    "Where an offer was made", "in which talk with a child something was offered"
)

"""What people/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry


@dataclass(frozen=True)
class IdentityChanged:
    """Two people became one, or one became two again, in the transaction that is open now."""

    merge_id: UUID
    kept_id: UUID
    joined_id: UUID
    undone: bool


@dataclass(frozen=True)
class Panel:
    """A part of the child's page: a template, and what it shows to `by` of this child."""

    template: str
    order: int
    context: Callable[[Actor, UUID, dict[str, str]], dict[str, Any]]


class FollowsIdentity(Protocol):
    """Brings what a room keeps of people into line, in the transaction that is open."""

    def __call__(self, *, by: Actor, change: IdentityChanged) -> None: ...


identity_changed: Registry[FollowsIdentity] = Registry(
    "Identity changed", "who follows when two people are merged, or a merge is undone"
)
child_panels: Registry[Panel] = Registry("Panels of the child's page", "parts of the child's page")


class FollowsClosing(Protocol):
    """Passes on what somebody has of a child who is closed to them now, in the open transaction."""

    def __call__(self, *, by: Actor, current_id: UUID) -> None: ...


record_closed: Registry[FollowsClosing] = Registry(
    "Record closed", "who follows when a child is closed to some: restricted, or in conflict"
)

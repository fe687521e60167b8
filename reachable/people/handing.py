"""Restricted records that somebody may read, before they move or leave: how many."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reachable.access.models import RestrictionReader
from reachable.access.registries import Held
from reachable.foundation.actor import Actor

OTHERWISE = "whoever decides about a record is told where too few readers are left"


def restricted(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many restricted records name this person as a reader; they belong to no team."""
    del by
    if team_id is not None:
        return []
    held = RestrictionReader.objects.filter(
        user_id=user_id, ended_at=None, restriction__ended_at=None
    )
    return [
        Held("Restricted records that name them as a reader", held.count(), None, (), OTHERWISE)
    ]

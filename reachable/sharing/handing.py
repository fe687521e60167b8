"""Safe addresses that somebody may read, before they move or leave: how many."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef

from reachable.access.registries import Held
from reachable.foundation.actor import Actor
from reachable.sharing.models import SafeAddressReader

OTHERWISE = "nobody else may read them, so ask them to name another reader before they go"


def last_reader(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many safe addresses only this person may read; they belong to no team."""
    del by
    if team_id is not None:
        return []
    standing = SafeAddressReader.objects.filter(ended_at=None, user__is_active=True)
    others = standing.filter(safe_id=OuterRef("safe_id")).exclude(user_id=user_id)
    mine = standing.filter(~Exists(others), user_id=user_id, safe__ended_at=None)
    return [Held("Safe addresses that only they may read", mine.count(), None, (), OTHERWISE)]

"""Lists of a panel that somebody keeps, before they move or leave."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reachable.access.models import Involvement
from reachable.access.registries import Held
from reachable.foundation.actor import Actor
from reachable.intake.involving import BASIS

OTHERWISE = (
    "whoever sends the next list keeps it from then on; until then nobody sees these children "
    "because of it"
)


def lists(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many children are on the lists that somebody keeps; a list belongs to no team."""
    del by
    if team_id is not None:
        return []
    held = Involvement.objects.filter(user_id=user_id, basis=BASIS, ended_at=None)
    return [Held("Children on a panel’s list that they keep", held.count(), None, (), OTHERWISE)]

"""Questions about looks that somebody has not answered, before they move or leave: how many."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reachable.access.registries import Held
from reachable.foundation.actor import Actor
from reachable.governance.asking import ANSWERED, FOUND
from reachable.governance.models import LookQuestion

OTHERWISE = "information governance finds without their answer; ask them to answer before they go"


def unanswered(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many questions wait for this person's answer; they belong to no team."""
    del by
    if team_id is not None:
        return []
    asked = LookQuestion.objects.filter(worker_id=user_id)
    waiting = asked.exclude(steps__kind__in=(ANSWERED, FOUND))
    return [Held("Questions about looks to answer", waiting.count(), None, (), OTHERWISE)]

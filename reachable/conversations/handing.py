"""Conversations that somebody has begun and not finished, before they move or leave: how many."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reachable.access.registries import Held
from reachable.conversations.models import Conversation, ConversationVersion, LoneWorkerNote
from reachable.foundation.actor import Actor
from reachable.moments.models import OPEN

NOBODY_TOLD = "nobody is told if the colleague is not back, so ask them to name somebody else"
OTHERWISE = "nobody else knows what was said, so ask them to finish before they go"


def unfinished(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many conversations in open moments wait for this person to write them down."""
    del by
    begun = Conversation.objects.filter(begun_by=user_id, moment__state__in=OPEN)
    if team_id is not None:
        begun = begun.filter(moment__team=team_id)
    finished = ConversationVersion.objects.filter(finished=True).values("conversation_id")
    count = begun.exclude(id__in=finished).count()
    return [Held("Conversations to finish writing down", count, None, (), OTHERWISE)]


def told_of(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many colleagues are out alone and named this person to be told."""
    del by
    if team_id is not None:
        return []
    out = LoneWorkerNote.objects.filter(tell_id=user_id, back_at=None, told_at=None)
    return [Held("Colleagues out alone who named them", out.count(), None, (), NOBODY_TOLD)]

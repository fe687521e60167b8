"""Conversations that somebody has begun and not finished, before they move or leave: how many.

They are not handed on: a child's own words stay with those the child was told about.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from reachable.access.registries import Held
from reachable.conversations.models import Conversation, ConversationVersion, LoneWorkerNote
from reachable.foundation.actor import Actor
from reachable.moments.models import OPEN

NOBODY_TOLD = "nobody is told if the colleague is not back, so ask them to name somebody else"
OTHERWISE = (
    "ask them to finish before they go. What they leave unfinished stays with the moment, and "
    "whoever has it then, or leads its team, is told; a child’s own words stay with those the "
    "child was told about"
)


def unfinished(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many conversations in open moments wait for this person to write them down."""
    del by
    count = unfinished_of(user_id, team_id).count()
    return [Held("Conversations to finish writing down", count, None, (), OTHERWISE)]


def unfinished_of(user_id: UUID, team_id: UUID | None) -> QuerySet[Conversation]:
    begun = Conversation.objects.filter(begun_by=user_id, moment__state__in=OPEN)
    if team_id is not None:
        begun = begun.filter(moment__team=team_id)
    finished = ConversationVersion.objects.filter(finished=True).values("conversation_id")
    return begun.exclude(id__in=finished)


def told_of(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many colleagues are out alone and named this person to be told."""
    del by
    if team_id is not None:
        return []
    out = LoneWorkerNote.objects.filter(tell_id=user_id, back_at=None, told_at=None)
    return [Held("Colleagues out alone who named them", out.count(), None, (), NOBODY_TOLD)]

"""Who may see that a conversation took place: those who work with the child now."""

from __future__ import annotations

from django.db.models import QuerySet

from reachable.conversations.models import Conversation
from reachable.foundation.actor import Actor
from reachable.people import selectors as people

COMPARTMENT = "welfare"


def reads_conversations(by: Actor) -> bool:
    return by.is_system or by.scope(COMPARTMENT) in {"involved", "all"}


def visible_conversations(*, by: Actor) -> QuerySet[Conversation]:
    """Return the conversations of the children with whom this person works now."""
    if by.is_system:
        return Conversation.objects.all()
    if not reads_conversations(by):
        return Conversation.objects.none()
    return Conversation.objects.filter(person_id__in=people.visible_persons(by=by))


def is_visible(*, by: Actor, conversation: Conversation) -> bool:
    """Say of one conversation what `visible_conversations` says of all."""
    return reads_conversations(by) and people.is_visible(by=by, person_id=conversation.person_id)

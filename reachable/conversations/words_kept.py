"""A child's own words, of every conversation with them, in a text that others will read."""

from __future__ import annotations

from uuid import UUID

from reachable.conversations.models import ConversationVersion
from reachable.conversations.rules.after import repeated
from reachable.foundation.actor import Actor


def find_words(*, by: Actor, person_id: UUID, text: str) -> tuple[str, ...]:
    """Return which words of a text are the child's: also where `by` may not read them."""
    del by
    held = ConversationVersion.objects.filter(conversation__person__now__current_id=person_id)
    return repeated(text, held.values_list("content", flat=True))

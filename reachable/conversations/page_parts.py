"""What the page of a conversation shows of what follows from it: candidates, and offers."""

from __future__ import annotations

from typing import Any

from reachable.conversations import candidates, offering
from reachable.conversations.selectors import ConversationFacts
from reachable.foundation.actor import Actor
from reachable.offers import wording
from reachable.offers.seeing import sees_welfare


def of(*, by: Actor, facts: ConversationFacts) -> dict[str, Any]:
    """Return both, by the names that the templates have for them."""
    waiting = candidates.how_many_wait(by=by, conversation_ids=[facts.id])
    return {
        "candidates": {
            "may": by.can(candidates.HOLDS),
            "any": facts.id in waiting,
            "waiting": waiting.get(facts.id, 0),
        },
        "offered": _offered(by, facts) if sees_welfare(by) else {"sees": False},
    }


def _offered(by: Actor, facts: ConversationFacts) -> dict[str, Any]:
    finished = tuple(each.content for each in facts.versions if each.finished)
    found = offering.offered_in_conversation(by=by, conversation_id=facts.id, finished=finished)
    return {"sees": True, "found": found, "wording": wording}

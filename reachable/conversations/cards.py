"""A card for a child: only if the child says that it is safe to hold, and telling nothing."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.conversations import selectors
from reachable.conversations.models import Card
from reachable.conversations.rules.card import MOST, tells
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now
from reachable.people import selectors as people

NOTHING_MADE = "No card was made."


@transaction.atomic
def make(*, by: Actor, conversation_id: UUID, text: str, is_safe: bool) -> list[str]:
    """Return the lines of a card. Its text is kept nowhere; that the child has one is."""
    by.require("moments.hold")
    facts = selectors.conversation(by=by, conversation_id=conversation_id, page="card")
    if not is_safe:
        raise BadInput(
            "The child has not said that it is safe to hold.",
            kept=NOTHING_MADE,
            next="Say it to them instead, and agree how they find you.",
        )
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines or len(text) > MOST:
        raise BadInput(f"A card has some words, and {MOST} signs at most.", kept=NOTHING_MADE)
    child = people.names(by=by, current_ids=[facts.person_id]).values()
    workers = {facts.begun_by, by.name, *(each.writer for each in facts.versions)}
    found = tells(
        text,
        names=[*workers, *(each.name for each in child)],
        agencies=[name for _, name in access.agency_choices(by=by)],
    )
    if found:
        named = ", ".join(f"“{word}”" for word in found)
        raise BadInput(
            f"Whoever finds this card would learn something: {named}.",
            kept=NOTHING_MADE,
            next="Write it without: the child knows who gave it to them.",
        )
    Card.objects.create(conversation_id=conversation_id, by_id=by.own_id, at=now())
    audit.record(by=by, action="conversations.card", subject=("conversation", conversation_id))
    return lines

"""A card for a child: only if the child says that it is safe to hold, and telling nothing.

It holds what somebody typed, and what every child may be told, in the languages that are there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.conversations import child_words, pictures, selectors
from reachable.conversations.models import Card
from reachable.conversations.rules.card import MOST, tells
from reachable.conversations.rules.languages import is_right_to_left
from reachable.conversations.rules.translations import lines_of
from reachable.foundation.actor import Actor, system
from reachable.foundation.documents.papers import PICTURED, Block, Paper
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import now
from reachable.people import selectors as people

NOTHING_MADE = "No card was made."
LOOK = system("names")


@dataclass(frozen=True)
class CardPart:
    """Some lines of a card in one language, and the picture beside them, if they have one."""

    lines: tuple[str, ...]
    language: str
    picture: str = ""
    shows: str = ""


def choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return the sentences that may stand on a card, by key, in English."""
    return [(each.key, " ".join(each.easy)) for each in child_words.on_card(by=by, language="en")]


@transaction.atomic
def make(
    *,
    by: Actor,
    card_id: UUID,
    conversation_id: UUID,
    is_safe: bool,
    text: str,
    sentences: Collection[str] = (),
    language: str = "en",
) -> list[CardPart]:
    """Return what stands on a card. Its text is kept nowhere; that the child has one is, once,
    whatever number of papers is made of it."""
    by.require("moments.hold")
    facts = selectors.conversation(by=by, conversation_id=conversation_id, page="card")
    if not is_safe:
        raise BadInput(
            "The child has not said that it is safe to hold.",
            kept=NOTHING_MADE,
            next="Say it to them instead, and agree how they find you.",
        )
    lines = lines_of(text)
    parts = [
        CardPart(each.easy, each.language, each.picture, each.shows)
        for each in child_words.on_card(by=by, language=language)
        if each.key in sentences
    ]
    parts += [CardPart((line,), language) for line in lines]
    if not parts or len(text) > MOST:
        raise BadInput(f"A card has some words, and {MOST} signs at most.", kept=NOTHING_MADE)
    child = people.known_as(by=LOOK, current_id=facts.person_id)
    workers = {facts.begun_by, by.name, *(each.writer for each in facts.versions)}
    found = tells(
        "\n".join(line for part in parts for line in part.lines),
        names=[*workers, *child],
        agencies=[name for _, name in access.agency_choices(by=by)],
    )
    if found:
        named = ", ".join(f"“{word}”" for word in found)
        raise BadInput(
            f"Whoever finds this card would learn something: {named}.",
            kept=NOTHING_MADE,
            next="Write it without: the child knows who gave it to them.",
        )
    _keep(by, card_id, conversation_id)
    return parts


def _keep(by: Actor, card_id: UUID, conversation_id: UUID) -> None:
    before = Card.objects.filter(id=card_id).first()
    if before is not None:
        if (before.conversation_id, before.by_id) != (conversation_id, by.own_id):
            raise Conflict("Another card has this number.", kept=NOTHING_MADE)
        return
    Card.objects.create(id=card_id, conversation_id=conversation_id, by_id=by.own_id, at=now())
    audit.record(by=by, action="conversations.card", subject=("conversation", conversation_id))


def paper_of(parts: Sequence[CardPart], language: str) -> Paper:
    """Return a card as a paper. Nothing in it names anybody, not even for a computer."""
    return Paper(
        title="Card",
        shows_title=False,
        blocks=tuple(_block(each) for each in parts),
        language=language,
        right_to_left=is_right_to_left(language),
        large=True,
    )


def _block(part: CardPart) -> Block:
    return Block(
        PICTURED,
        "\n".join(part.lines),
        picture=pictures.drawing(part.picture) if part.picture else "",
        shows=part.shows if part.language == "en" else "",
        language=part.language,
    )

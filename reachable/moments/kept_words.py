"""What goes to others holds none of the child's own words: these stay where they were told."""

from __future__ import annotations

from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.moments.registries import kept_words


def refuse_kept_words(by: Actor, person_id: UUID, text: str, *, kept: str) -> None:
    """Refuse a text that repeats them, and say which they are; whoever writes may not know them."""
    found = [
        words
        for find in kept_words.items()
        for words in find(by=by, person_id=person_id, text=text)
    ]
    if found:
        named = "; ".join(f"“{words}”" for words in found)
        raise BadInput(
            f"These are the child’s own words: {named}.",
            kept=kept,
            next="Say it in yours. Theirs stay with those whom the child was told about.",
        )

"""Sentences that the sender of a signal can be told: what came of it, and nothing that was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

POLICE = "police"


@dataclass(frozen=True)
class Sentence:
    """What a sender reads, and what police read where that would say what the child answered."""

    text: str
    to_police: str = ""

    def for_kind(self, agency_kind: str) -> str:
        return self.to_police or self.text if agency_kind == POLICE else self.text


SENTENCES: Mapping[str, Sentence] = {
    "talked": Sentence("Somebody talked with the child."),
    "meet": Sentence(
        "The child was offered a talk and said yes. They meet later.",
        "The child was offered a talk.",
    ),
    "not_now": Sentence(
        "The child was offered a talk and said not now. We ask again, in another way.",
        "The child was offered a talk.",
    ),
    "offered": Sentence(
        "The child was offered a talk. There is no answer yet.",
        "The child was offered a talk.",
    ),
    "goes_on": Sentence("Somebody stays in touch with the child."),
    "helped": Sentence("What you sent was needed: thank you."),
    "again": Sentence("If something worries you again, please send another signal."),
}
"""By key: what was told once is told in these words for ever, so a key is never used anew.

Police read the same of a child who was offered a talk, whatever the child answered: from another
sentence for each answer they would know it.
"""


def told(keys: Iterable[str], agency_kind: str) -> tuple[str, ...]:
    """Return what somebody of such an agency reads; what no sentence stands for is left out."""
    return tuple(
        SENTENCES[key].for_kind(agency_kind) for key in dict.fromkeys(keys) if key in SENTENCES
    )


def own_told(own: str, agency_kind: str, *, to_police: bool) -> str:
    """Return the writer's own sentence, as somebody of such an agency reads it.

    No program knows whether it says what the child answered: police read it if the writer says so.
    """
    return own if to_police or agency_kind != POLICE else ""

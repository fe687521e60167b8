"""What can be shared of a child, piece by piece: there is no “everything”.

A child's own words are none of it: who reads them is decided by itself, where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

IDENTITY, STORY, HELP = "Who the child is", "What happened", "What is in place"
EVENT, OFFER, MOMENT, POSTCODE = "event", "offer", "moment", "postcode"
LINKED = frozenset({EVENT, OFFER})
"""Kinds of which there are several: each is chosen by itself."""
TWICE = frozenset({"intelligence", "legal"})
"""Compartments of which nothing goes to anybody before a second person agrees."""


CORRECTED, AS_THEN = "corrected", "as_then"


@dataclass(frozen=True)
class Kind:
    """A kind of piece, the compartment that it belongs to, and where it stands on a page.

    `later` says what of it may be read that was not said when it was decided: `CORRECTED` where it
    is the same fact put right, `AS_THEN` where it would be another fact, so nothing.
    """

    key: str
    title: str
    compartment: str
    group: str
    later: str = ""


FIELDS = (
    Kind("name", "Name", "identity", IDENTITY, CORRECTED),
    Kind("also_known_as", "Other names", "identity", IDENTITY, AS_THEN),
    Kind("birth_date", "Birth date", "identity", IDENTITY, CORRECTED),
    Kind(POSTCODE, "Postcode of the home", "identity", IDENTITY, AS_THEN),
    Kind("nhs_number", "NHS number", "identity", IDENTITY, CORRECTED),
    Kind("upn", "Number at school (UPN)", "identity", IDENTITY, CORRECTED),
    Kind("communication_needs", "How the child communicates", "welfare", IDENTITY, AS_THEN),
    Kind(MOMENT, "That a reachable moment is open, and who has it", "welfare", HELP),
)
LATER = {each.key: each.later for each in FIELDS if each.later}
KINDS = frozenset({each.key for each in FIELDS} | LINKED)


@dataclass(frozen=True)
class PieceKey:
    """Which piece: a kind, and what it is of that kind where there are several."""

    kind: str
    subject_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject_id}" if self.subject_id else self.kind


def read_key(text: str) -> PieceKey | None:
    """Return the piece that a text names; nothing where it names none."""
    kind, _, subject = text.partition(":")
    if kind not in KINDS or (kind in LINKED) != bool(subject):
        return None
    try:
        return PieceKey(kind, UUID(subject) if subject else None)
    except ValueError:
        return None


def needs_second(*, outside: bool, compartments: Iterable[str]) -> bool:
    """Say whether a second person has to agree: to what leaves the partnership, and to what
    belongs to intelligence or legal matters."""
    return outside or bool(TWICE.intersection(compartments))

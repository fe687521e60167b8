"""What decisions to share are called on a page."""

from __future__ import annotations

from collections.abc import Iterable

from reachable.practice.items import SharingBasis
from reachable.sharing.rules import standing

STANDS = {
    standing.WAITS: "Waits for a second person",
    standing.LIVE: "Shared now",
    standing.OVER: "Over: its last day has passed",
    standing.ENDED: "Ended early",
    standing.SUPERSEDED: "Replaced by a later decision",
    standing.DECLINED: "Not shared: the second person did not agree",
    standing.REFUSED: "Refused",
}
TOLD = (
    ("both", "The child and the family"),
    ("child", "The child"),
    ("family", "The family"),
    ("nobody", "Neither of them yet"),
)
TOLD_BY = dict(TOLD)
WAYS = (
    ("in_person", "In person, on paper"),
    ("secure_mail", "By secure e-mail"),
    ("portal", "Through the other agency’s secure portal"),
    ("post", "By tracked post, to a named person"),
)
WAYS_BY = dict(WAYS)
STEPS = {
    standing.AGREED: "Agreed to it",
    standing.NOT_AGREED: "Did not agree to it",
    standing.DOCUMENT: "Made the document",
    standing.HANDED: "Handed it over",
    standing.ENDED: "Ended it",
}
FORMATS = {"word": "as a Word document", "pdf": "as a PDF"}
EASE = "What you write here is kept with your name, and is not shown to whoever receives it."


def rests_on(bases: Iterable[SharingBasis]) -> str:
    """Return on what a decision rests; what is not confirmed to be in force says so."""
    return "; ".join(
        f"{each.title} (not confirmed)" if each.unknown else each.title for each in bases
    )

"""The document for somebody outside who has no account."""

from __future__ import annotations

from collections.abc import Iterator

from reachable.foundation import words
from reachable.foundation.documents.papers import HEADING, ITEM, LABEL, NOTE, TEXT, Block, Paper
from reachable.foundation.time import now
from reachable.sharing.acting import Handing
from reachable.sharing.pieces import Piece

MARKING = "OFFICIAL-SENSITIVE"


def paper_of(handing: Handing) -> Paper:
    found = handing.decision
    return Paper(
        title="Information shared about a child",
        under_title=f"{MARKING}. For {found.to_name}, {found.to_organisation} only.",
        blocks=tuple(_blocks(handing)),
        foot=f"{MARKING}. Shared by {handing.decided_by}, {handing.agency}. "
        f"Destroy after {words.day(found.until)}.",
    )


def _blocks(handing: Handing) -> Iterator[Block]:
    found = handing.decision
    until = words.day(found.until)
    yield Block(NOTE, f"As it stood on {words.when(now())}. It may have changed since: ring first.")
    yield Block(HEADING, "What it is for")
    yield Block(TEXT, found.purpose)
    yield Block(HEADING, "On which conditions")
    yield Block(TEXT, found.conditions)
    yield Block(TEXT, f"Destroy it, and every copy, after {until}, and tell us that you have.")
    yield Block(HEADING, "What is shared")
    if not handing.pieces:
        yield Block(NOTE, "Nothing of it can be shared now.")
    for piece in handing.pieces:
        yield Block(LABEL, piece.title)
        yield from _piece(piece)
    yield Block(HEADING, "Whom to ask")
    phone = f", {handing.phone}" if handing.phone else ""
    yield Block(TEXT, f"{handing.decided_by}, {handing.agency}{phone}")


def _piece(piece: Piece) -> Iterator[Block]:
    if piece.changed:
        yield Block(NOTE, piece.changed)
    for label, said in piece.said:
        yield Block(ITEM if label else TEXT, f"{label}: {said}" if label else said)
    at = f", {words.when(piece.at)}" if piece.at else ""
    if piece.agency:
        yield Block(TEXT, f"Source: {piece.agency}{at}")

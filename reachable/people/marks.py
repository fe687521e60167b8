"""Where two values differ, letter by letter: pure, for marking and for saying it in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from reachable.people.rules import standard_name

ALIKE = 0.6
"""Values less alike are different as a whole: marks would be noise."""
MOST_SAID = 2
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Piece:
    """A part of a value; `marked` where the other value has something else, or nothing."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Marked:
    """Two values in pieces, and what differs in words; empty words where that is all of it."""

    mine: list[Piece]
    theirs: list[Piece]
    said: str


def marked(mine: str, theirs: str) -> Marked:
    """Mark in both what the other has not; capitals alone make no difference."""
    one, two = [each.casefold() for each in mine], [each.casefold() for each in theirs]
    if one == two:
        return Marked([Piece(mine)], [Piece(theirs)], "")
    if sorted(standard_name(mine).split()) == sorted(standard_name(theirs).split()):
        order = standard_name(mine) != standard_name(theirs)
        words = "the same words in another order" if order else "other marks or hyphens only"
        return Marked([Piece(mine)], [Piece(theirs)], words)
    if swapped := _swapped(mine, theirs):
        return swapped
    apart = SequenceMatcher(None, one, two, autojunk=False)
    if apart.ratio() < ALIKE:
        return Marked([Piece(mine)], [Piece(theirs)], "")
    here: list[Piece] = []
    there: list[Piece] = []
    said: list[str] = []
    for what, a, b, c, d in apart.get_opcodes():
        differs = what != "equal"
        here += [Piece(mine[a:b], differs)] if a < b else []
        there += [Piece(theirs[c:d], differs)] if c < d else []
        if differs:
            said.append(_said(mine[a:b], theirs[c:d]))
    words = ", and ".join(said) if len(said) <= MOST_SAID else ""
    return Marked(here, there, words)


def _said(mine: str, theirs: str) -> str:
    if not mine:
        return f"has “{theirs}” more"
    if not theirs:
        return f"lacks “{mine}”"
    return f"has “{theirs}” for “{mine}”"


def _swapped(mine: str, theirs: str) -> Marked | None:
    """Two neighbours that changed places are one slip of the hand, not two."""
    if len(mine) != len(theirs):
        return None
    apart = [at for at, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return None
    at = apart[0]
    if mine[at : at + 2] != theirs[at : at + 2][::-1]:
        return None
    here, there = (
        [Piece(text[:at]), Piece(text[at : at + 2], marked=True), Piece(text[at + 2 :])]
        for text in (mine, theirs)
    )
    said = f"“{mine[at]}” and “{mine[at + 1]}” changed places"
    return Marked(_filled(here), _filled(there), said)


def _filled(pieces: list[Piece]) -> list[Piece]:
    return [each for each in pieces if each.text]


def marked_days(mine: date, theirs: date) -> Marked:
    """Mark which of day, month and year differ."""
    parts = [(each, getattr(mine, each) != getattr(theirs, each)) for each in PARTS]
    apart = [name for name, differs in parts if differs]
    if apart == ["day", "month"] and (mine.day, mine.month) == (theirs.month, theirs.day):
        said = "day and month are swapped"
    elif len(apart) == 1:
        said = f"the {apart[0]} only"
    else:
        said = ""
    return Marked(_day(mine, apart), _day(theirs, apart), said)


PARTS = ("day", "month", "year")


def _day(value: date, apart: list[str]) -> list[Piece]:
    said = (str(value.day), MONTHS[value.month - 1], str(value.year))
    pieces = []
    for at, (part, text) in enumerate(zip(PARTS, said, strict=True)):
        pieces += [Piece(" ")] if at else []
        pieces.append(Piece(text, part in apart))
    return pieces

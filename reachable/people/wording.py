"""How two records are laid beside each other, with each difference in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reachable.foundation import words
from reachable.people.marks import Marked, Piece, marked, marked_days
from reachable.people.review import ReviewFacts, Side

_FIELDS = {
    "name": "Name",
    "birth_date": "Born",
    "postcode": "Postcode",
    "address": "Address",
    "nhs_number": "NHS number",
    "upn": "UPN",
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Cell:
    """What another record says, and how that stands to the record that is asked about."""

    value: str
    said: str
    differs: bool
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Line:
    """One field across all records."""

    label: str
    mine: tuple[Piece, ...]
    cells: list[Cell]


def letter(at: int) -> str:
    """Name the record beside, by its place: A, B, … Z, then numbers."""
    return LETTERS[at] if at < len(LETTERS) else str(at + 1)


def lines(found: ReviewFacts) -> list[Line]:
    """Lay the records side by side, field by field; a field that nobody gives is left out."""
    made = []
    for name, label in _FIELDS.items():
        cells = [
            _cell(name, found.record, side, found.differs[side.record_id]) for side in found.beside
        ]
        mine = _shown(found.record, name)
        if mine or any(cell.value for cell in cells):
            made.append(Line(label, _own_pieces(name, found, mine), cells))
    return made


def _own_pieces(name: str, found: ReviewFacts, mine: str) -> tuple[Piece, ...]:
    """Mark this record's own value too, where one record alone stands beside it."""
    if len(found.beside) == 1 and name in found.differs[found.beside[0].record_id]:
        return tuple(_marked(name, found.record, found.beside[0]).mine)
    return (Piece(mine),) if mine else ()


def _cell(name: str, mine: Side, other: Side, differs: frozenset[str]) -> Cell:
    value, own = _shown(other, name), _shown(mine, name)
    plain = (Piece(value),) if value else ()
    if not value or not own:
        return Cell(value, "", differs=False, pieces=plain)
    if name not in differs:
        return Cell(value, "the same", differs=False, pieces=plain)
    found = _marked(name, mine, other)
    said = f"different: {found.said}" if found.said else "different"
    return Cell(value, said, differs=True, pieces=tuple(found.theirs))


def _marked(name: str, mine: Side, other: Side) -> Marked:
    if name == "birth_date" and mine.birth_date and other.birth_date:
        return marked_days(mine.birth_date, other.birth_date)
    return marked(_shown(mine, name), _shown(other, name))


def _shown(side: Side, name: str) -> str:
    value = getattr(side, name)
    return words.day(value) if isinstance(value, date) else str(value or "")


_CHOSE = {"same": "The same child", "different": "A different child", "unsure": "Not sure"}
DECIDED = {
    "same": "Decided: the same child",
    "different": "Decided: a different child, for ever",
    "unsure": "Not sure",
    "apart": "Left apart: nobody could tell",
}
CHECKED = {
    "same": "Judged: the same child",
    "different": "Judged: a different child",
    "unsure": "Judged: not sure",
}


def chose(said: str, who: str) -> str:
    """Say what a steward chose."""
    return f"{_CHOSE[said]}: {who}" if who and said == "same" else _CHOSE[said]


def came_out(outcome: str, *, is_check: bool) -> str:
    """Say what was decided of a review, or judged of a check."""
    return CHECKED[outcome] if is_check else DECIDED[outcome]

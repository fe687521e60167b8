"""How two records are laid beside each other, with each difference in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from reachable.foundation import words
from reachable.people.review import ReviewFacts, Side
from reachable.people.rules import standard_name

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


@dataclass(frozen=True)
class Line:
    """One field across all records."""

    label: str
    mine: str
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
            made.append(Line(label, mine, cells))
    return made


def _cell(name: str, mine: Side, other: Side, differs: frozenset[str]) -> Cell:
    value, own = _shown(other, name), _shown(mine, name)
    if not value or not own:
        return Cell(value, "", differs=False)
    if name not in differs:
        return Cell(value, "the same", differs=False)
    return Cell(value, f"different{_in_what(name, mine, other)}", differs=True)


def _in_what(name: str, mine: Side, other: Side) -> str:
    """Say what a mistype would look like; nothing where the two are simply different."""
    if name == "birth_date" and mine.birth_date and other.birth_date:
        return _days_differ(mine.birth_date, other.birth_date)
    if name == "name":
        return " in one letter" if _one_letter(mine.name, other.name) else ""
    if name in {"nhs_number", "upn", "postcode"}:
        one, two = _shown(mine, name), _shown(other, name)
        apart = sum(a != b for a, b in zip(one, two, strict=False)) + abs(len(one) - len(two))
        return " in one place" if apart == 1 else ""
    return ""


def _one_letter(one: str, other: str) -> bool:
    """One letter more, less or other, as a slip of the hand makes it."""
    apart = SequenceMatcher(None, standard_name(one), standard_name(other), autojunk=False)
    changes = [each for each in apart.get_opcodes() if each[0] != "equal"]
    return (
        len(changes) == 1 and max(changes[0][2] - changes[0][1], changes[0][4] - changes[0][3]) == 1
    )


def _days_differ(one: date, other: date) -> str:
    if one.year == other.year and one.month == other.day and one.day == other.month:
        return ": day and month are swapped"
    apart = [
        part for part in ("day", "month", "year") if getattr(one, part) != getattr(other, part)
    ]
    return f" in the {apart[0]} only" if len(apart) == 1 else ""


def _shown(side: Side, name: str) -> str:
    value = getattr(side, name)
    return words.day(value) if isinstance(value, date) else str(value or "")

"""Columns of ours in a file of refused rows: which they are when it comes back, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from reachable.intake.rules.headings import BEYOND
from reachable.intake.rules.words import heading_key

NUMBER = "Number in Reachable"
"""The heading of the column that says which refused row a row was."""
WHY = "Why it was refused"
"""The heading of the column for whoever corrects the rows; nobody reads it when they come back."""

T = TypeVar("T")

_NUMBER, _WHY, _BEYOND = heading_key(NUMBER), heading_key(WHY), heading_key(BEYOND)


@dataclass(frozen=True)
class Columns:
    """The places of a file's columns: the sender's, those beyond the headings, and our number."""

    senders: tuple[int, ...]
    beyond: tuple[int, ...]
    number: int
    width: int

    def of_sender(self, cells: Sequence[T]) -> list[T]:
        """Return the cells in the sender's own order, those beyond the headings last."""
        held = len(cells)
        return [
            *(cells[place] for place in (*self.senders, *self.beyond) if place < held),
            *cells[self.width :],
        ]

    def number_of(self, cells: Sequence[object]) -> UUID | None:
        """Return which refused row a row was, where it says so."""
        if not 0 <= self.number < len(cells):
            return None
        try:
            return UUID(str(cells[self.number]).strip())
        except ValueError:
            return None


def columns(headings: Sequence[str]) -> Columns | None:
    """Find the columns of ours; None where a file has none, as nearly every file."""
    keys = [heading_key(heading) for heading in headings]
    beyond = [place for place, key in enumerate(keys) if key.startswith(_BEYOND)]
    ours = {place for place, key in enumerate(keys) if key in (_NUMBER, _WHY)}
    if not ours and not beyond:
        return None
    return Columns(
        senders=tuple(place for place in range(len(keys)) if place not in {*ours, *beyond}),
        beyond=tuple(sorted(beyond, key=lambda place: _place_beyond(keys[place]))),
        number=keys.index(_NUMBER) if _NUMBER in keys else -1,
        width=len(keys),
    )


def _place_beyond(key: str) -> int:
    number = key.removeprefix(_BEYOND)
    return int(number) if number.isdecimal() else 0

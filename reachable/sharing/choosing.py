"""What somebody chooses from, before they decide to share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.people import selectors as people
from reachable.sharing.pieces import Piece, as_they_stand, can_be_shared
from reachable.sharing.rules.pieces import read_key
from reachable.sharing.seeing import current_child, shareable


@dataclass(frozen=True)
class Choice:
    """A child, and the pieces from which somebody chooses, or which they chose."""

    person_id: UUID
    name: str
    pieces: tuple[Piece, ...] = ()

    @property
    def groups(self) -> dict[str, list[Piece]]:
        found: dict[str, list[Piece]] = {}
        for each in self.pieces:
            found.setdefault(each.group, []).append(each)
        return found


def choice(*, by: Actor, person_id: UUID) -> Choice:
    """Return all that `by` could share of a child; the look is logged."""
    found = named(by=by, person_id=person_id)
    pieces = can_be_shared(by=by, person_id=found.person_id)
    return Choice(found.person_id, found.name, _shareable(by, pieces))


def chosen(*, by: Actor, person_id: UUID, keys: Iterable[str]) -> Choice:
    """Return what was chosen, of what `by` sees; the look is logged."""
    found = named(by=by, person_id=person_id)
    wanted = {key for key in map(read_key, keys) if key is not None}
    pieces = as_they_stand(by=by, person_id=found.person_id, keys=wanted)
    return Choice(found.person_id, found.name, _shareable(by, pieces))


def _shareable(by: Actor, pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Some read more than they may decide to share."""
    compartments = shareable(by)
    return tuple(each for each in pieces if each.compartment in compartments)


def named(*, by: Actor, person_id: UUID) -> Choice:
    current = current_child(by=by, person_id=person_id)
    audit.looked(by=by, subject=("person", current), page="sharing")
    known = people.names(by=by, current_ids=[current]).get(current)
    return Choice(current, known.name if known else "Name kept back")


def identifier(text: str) -> UUID | None:
    """Return the identifier that stands in an address; nothing where none does."""
    try:
        return UUID(text)
    except ValueError:
        return None

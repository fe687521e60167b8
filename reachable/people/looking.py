"""Who looked at a child's record: open to everybody who may see that record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.access import selectors as access
from reachable.audit import selectors as audit
from reachable.foundation.actor import Actor
from reachable.people.selectors import ChildFacts, child, same_people


@dataclass(frozen=True)
class Look:
    """Somebody opened a page on which this child is shown."""

    at: datetime
    name: str
    agency: str
    page: str


@dataclass(frozen=True)
class Looks:
    """One page of looks, newest first."""

    child: ChildFacts
    looks: list[Look]
    number: int
    more: bool


def who_looked(*, by: Actor, person_id: UUID, page: int = 1) -> Looks:
    """Return who looked at the child, under each identifier that stands for them now."""
    found = child(by=by, person_id=person_id)
    together = same_people(by=by, current_ids=[found.person_id])
    held = audit.looks_at(by=by, kind="person", subject_ids=together, page=page)
    workers = access.workers(entry.actor_id for entry in held.entries if entry.actor_id)
    looks = []
    for entry in held.entries:
        name, agency = workers.get(entry.actor_id, ("", "")) if entry.actor_id else ("", "")
        looks.append(Look(entry.at, name or entry.part, agency, str(entry.details.get("page", ""))))
    return Looks(found, looks, held.number, held.more)

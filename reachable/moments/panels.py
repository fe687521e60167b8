"""What moments/ shows on the child's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.moments.selectors import moments_of_child
from reachable.moments.wording import standing
from reachable.people.registries import Panel

SHOWN = 4


def _context(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    del query
    rows = moments_of_child(by=by, person_id=person_id)
    return {"rows": rows, "standing": standing, "shown": SHOWN}


MOMENTS = Panel("moments/child_panel.html", 10, _context)

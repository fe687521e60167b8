"""What chronology/ shows on the child's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reachable.chronology.selectors import time_line
from reachable.foundation.actor import Actor
from reachable.people.registries import Panel


def _context(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    asked = query.get("page", "1")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    return {"line": time_line(by=by, person_id=person_id, page=page)}


CHRONOLOGY = Panel("chronology/child_panel.html", 20, _context)

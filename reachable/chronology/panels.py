"""What chronology/ shows on the child's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reachable.chronology.selectors import time_line
from reachable.foundation.actor import Actor
from reachable.foundation.views import page_number
from reachable.people.registries import Panel


def _context(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    return {"line": time_line(by=by, person_id=person_id, page=page_number(query))}


CHRONOLOGY = Panel("chronology/child_panel.html", 20, _context)

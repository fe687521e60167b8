"""What sharing/ shows on the page of a child."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.people.registries import Panel
from reachable.sharing import safe, selectors, words
from reachable.sharing.seeing import DECIDES

SHOWN = 5


def _of_child(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    del query
    if not by.can(DECIDES):
        return {"sees": False}
    return {
        "sees": True,
        "person_id": person_id,
        "rows": selectors.decisions_of(by=by, person_id=person_id),
        "requests": selectors.open_requests(by=by, person_id=person_id),
        "safe": safe.kept_for(by=by, person_id=person_id),
        "shown": SHOWN,
        "words": words,
    }


OF_CHILD = Panel("sharing/panel.html", 18, _of_child)

"""What offers/ shows on the page of a child and on that of a moment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.moments.registries import MomentPanel
from reachable.offers import selectors, wording
from reachable.offers.seeing import sees_welfare
from reachable.people.registries import Panel

SHOWN = 5
TEMPLATE = "offers/panel.html"


def _of_child(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    del query
    return _shown(by, person_id)


def _shown(by: Actor, person_id: UUID) -> dict[str, Any]:
    """Nothing for whoever does not see welfare: not even that there is something."""
    if not sees_welfare(by):
        return {"sees": False}
    return {
        "sees": True,
        "person_id": person_id,
        "rows": selectors.offers_of_child(by=by, person_id=person_id),
        "gaps": selectors.gaps_of_child(by=by, person_id=person_id),
        "shown": SHOWN,
        "wording": wording,
    }


OF_CHILD = Panel(TEMPLATE, 15, _of_child)
OF_MOMENT = MomentPanel(TEMPLATE, 10, "offers", "Offer help", _shown)

"""Where a moment stands now, what was done with it, who was told, and how workers leave."""

from __future__ import annotations

from collections.abc import Callable

from reachable.access import services as access
from reachable.moments.models import Action, Moment
from reachable.notices.models import Notice
from tests.support.people import SYSTEM, Partnership

ENDINGS: dict[str, Callable[[Partnership], list[str]]] = {
    "account": lambda hub: access.end_account(by=SYSTEM, user_id=hub.workers["fern"]),
    "role": lambda hub: access.end_role(
        by=SYSTEM, user_id=hub.workers["fern"], role="practitioner"
    ),
    "team": lambda hub: access.end_membership(
        by=SYSTEM, user_id=hub.workers["fern"], team_id=hub.teams["hub"]
    ),
}
"""Ways in which “fern” of the hub leaves."""


def kinds(moment: Moment) -> list[str]:
    return list(Action.objects.filter(moment=moment).order_by("id").values_list("kind", flat=True))


def told(hub: Partnership, name: str) -> list[str]:
    return list(
        Notice.objects.filter(user_id=hub.workers[name])
        .order_by("created_at")
        .values_list("kind", flat=True)
    )


def fresh(moment: Moment) -> Moment:
    return Moment.objects.get(id=moment.id)

"""Where a moment stands now, what was done with it, who was told, and how workers leave."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from reachable.access import services as access
from reachable.foundation.actor import Actor
from reachable.moments import services
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


def close_as_declined(*, by: Actor, moment_id: UUID, reason: str) -> None:
    """Close it for a child who asked not to be asked again."""
    services.close(
        by=by, moment_id=moment_id, outcome="declined", reason=reason, not_again="asked_not_to"
    )

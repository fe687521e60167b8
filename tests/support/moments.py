"""Where a moment stands now, what was done with it, and who was told."""

from __future__ import annotations

from reachable.moments.models import Action, Moment
from reachable.notices.models import Notice
from tests.support.people import Partnership


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

"""What of moments weighs when two children may become one."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.moments.models import OPEN, Moment


def open_moments(*, by: Actor, current_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these have a moment that is open: no page shows it."""
    del by
    held = Moment.objects.filter(state__in=OPEN, person__now__current_id__in=list(current_ids))
    return set(held.values_list("person__now__current_id", flat=True))

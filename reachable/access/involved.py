"""What somebody works with now, as subqueries of other questions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from reachable.access.models import Involvement
from reachable.foundation.actor import Actor
from reachable.foundation.time import now


def involved_subjects(*, by: Actor, kind: str) -> QuerySet[Involvement, UUID]:
    """Return, as a subquery, the identifiers of what this person or their teams work with now."""
    return involved_with(user_id=by.own_id, team_ids=by.team_ids, at=now(), kind=kind)


def involved_with(
    *, user_id: Any, team_ids: Any, at: Any, kind: Any
) -> QuerySet[Involvement, UUID]:
    """Return, as a subquery, the identifiers of what such a person works with at that instant.

    The values may be places of a `Question`, which is to ask it of whoever acts.
    """
    held = _in_force(user_id, team_ids, at, kind)
    return held.values_list("subject_id", flat=True)


def reasons_of(
    *, user_id: Any, team_ids: Any, at: Any, kind: Any
) -> QuerySet[Involvement, tuple[Any, ...]]:
    """Return, of what `involved_with` does, why each: the team, the basis and until when."""
    held = _in_force(user_id, team_ids, at, kind)
    return held.values_list("team__name", "basis", "until")


def _in_force(user_id: Any, team_ids: Any, at: Any, kind: Any) -> QuerySet[Involvement]:
    works = Q(user_id=user_id) | Q(team_id__among=team_ids)
    return Involvement.objects.in_force(at=at).filter(works, subject_kind=kind)

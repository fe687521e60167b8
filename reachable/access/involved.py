"""What somebody works with now, as subqueries of other questions, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from reachable.access.models import Involvement
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.foundation.words import when

_BECAUSE = {
    "allocated": "You are the worker who is allocated to this child",
    "asked": "You are or were asked to take an open moment of this child",
    "attending": "You are asked whether this child still goes to a service",
    "asked_again": "You are to ask this child again about a service",
    "offered": "You offered this child something, and it is still to be heard what becomes of it",
    "holder": "You have an open moment of this child",
    "lasted": "You are asked whether contact with this child has lasted",
    "invited": "You were invited to see this child by somebody who works with them",
    "emergency": "You said that you must see this child at once",
    "panel": "This child is on the list that you keep for your panel",
}


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


def reasons_in_words(found: Iterable[tuple[Any, ...]]) -> list[str]:
    """Say what `reasons_of` found: why this person may see a subject."""
    words = [
        (f"{team} has an open moment for this child" if team else _BECAUSE.get(basis, basis))
        + (f", until {when(until)}" if until else "")
        for team, basis, until in found
    ]
    return list(dict.fromkeys(words))

"""Moments of one child that were joined into one, however many merges lie between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from reachable.moments.models import Action, Moment, Trigger
from reachable.moments.pauses import PAUSED, RESUMED, Pause, due_with, pauses_in


def families(moment_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return member → the one of these moments that it was joined into; each is its own member."""
    found = {moment_id: moment_id for moment_id in moment_ids}
    level = list(found)
    while level:
        below = Moment.objects.filter(joined_into_id__among=level).values_list(
            "id", "joined_into_id"
        )
        level = []
        for member, into in below:
            if into is not None:
                found[member] = found[into]
                level.append(member)
    return found


def standing_for(moments: Iterable[Moment]) -> dict[UUID, UUID]:
    """Return moment → the one that stands for it now: itself, unless it was joined into another."""
    top = {moment.id: moment.joined_into_id or moment.id for moment in moments}
    while True:
        joined = Moment.objects.filter(id__among=set(top.values()), joined_into__isnull=False)
        further = dict(joined.values_list("id", "joined_into_id"))
        if not further:
            return top
        top = {moment_id: further.get(into) or into for moment_id, into in top.items()}


def earliest_due(moment_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return the child's clock of each: the earliest that it, or what was joined, started.

    Time for which it was paused is added. What a correction ended no longer counts, unless nothing
    else is left: then the clock stays as it was until a person decides what becomes of the moment.
    """
    members = families(moment_ids)
    if not members:
        return {}
    paused = _pauses(members)
    found: dict[UUID, tuple[bool, datetime]] = {}
    triggers = Trigger.objects.filter(moment_id__among=members)
    for member, due_at, joined_at, ended_at in triggers.values_list(
        "moment_id", "due_at", "joined_at", "ended_at"
    ):
        due_at = due_with(due_at, joined_at, paused.get(member, ()))
        into, clock = members[member], (ended_at is not None, due_at)
        found[into] = min(clock, found.get(into, clock))
    return {moment_id: due_at for moment_id, (_, due_at) in found.items()}


def _pauses(moment_ids: Iterable[UUID]) -> dict[UUID, list[Pause]]:
    """Return the pauses of each: one that was joined keeps its own, whatever it is joined into."""
    acts = Action.objects.filter(moment_id__among=moment_ids, kind__in=(PAUSED, RESUMED))
    found: dict[UUID, list[tuple[str, datetime, datetime | None]]] = {}
    rows = acts.order_by("id").values_list("moment_id", "kind", "at", "said_at")
    for moment_id, kind, at, until in rows:
        found.setdefault(moment_id, []).append((kind, at, until))
    return {moment_id: pauses_in(acts) for moment_id, acts in found.items()}

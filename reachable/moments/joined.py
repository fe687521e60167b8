"""Moments of one child that were joined into one, however many merges lie between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from reachable.foundation.questions import Question
from reachable.moments.models import Action, Moment, Trigger
from reachable.moments.pauses import PAUSED, RESUMED, Pause, due_with, pauses_in


def families(moment_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return member → the one of these moments that it was joined into; each is its own member."""
    found = {moment_id: moment_id for moment_id in moment_ids}
    level = list(found)
    while level:
        below = _joined_into(moment_ids=level)
        level = []
        for member, into in below:
            found[member] = found[into]
            level.append(member)
    return found


@Question
def _joined_into(moment_ids: Any) -> QuerySet[Moment, Any]:
    return Moment.objects.filter(joined_into_id__among=moment_ids).values_list(
        "id", "joined_into_id"
    )


def standing_for(moments: Iterable[Moment]) -> dict[UUID, UUID]:
    """Return moment → the one that stands for it now: itself, unless it was joined into another."""
    return standing_of({moment.id: moment.joined_into_id for moment in moments})


def standing_of(joined_into: Mapping[UUID, UUID | None]) -> dict[UUID, UUID]:
    """The same, of moments given with the one that each was joined into."""
    top = {moment_id: into or moment_id for moment_id, into in joined_into.items()}
    while any(joined_into.values()):
        joined = Moment.objects.filter(id__among=set(top.values()), joined_into__isnull=False)
        further = dict(joined.values_list("id", "joined_into_id"))
        if not further:
            break
        top = {moment_id: further.get(into) or into for moment_id, into in top.items()}
    return top


def joins(moments: Iterable[Moment]) -> dict[UUID, list[tuple[UUID, datetime]]]:
    """Return moment → into which it was joined, one after the other, and each time since when.

    The last stands for it now. One that was joined by nothing written down ends the way.
    """
    into = {moment.id: moment.joined_into_id for moment in moments}
    asked = list(into)
    while further := {each for each in into.values() if each is not None} - into.keys():
        into |= Moment.objects.filter(id__among=further).values_list("id", "joined_into_id")
    joined = [moment_id for moment_id, above in into.items() if above is not None]
    at: dict[UUID, datetime] = {}
    if joined:
        acts = Action.objects.filter(moment_id__among=joined, kind="joined_older")
        at = dict(acts.values_list("moment_id").annotate(Max("at")))
    found: dict[UUID, list[tuple[UUID, datetime]]] = {}
    for moment_id in asked:
        way, here = found.setdefault(moment_id, []), moment_id
        while (above := into[here]) is not None and here in at:
            way.append((above, at[here]))
            here = above
    return found


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
    for member, due_at, joined_at, ended_at in _clocks(moment_ids=members):
        due_at = due_with(due_at, joined_at, paused.get(member, ()))
        into, clock = members[member], (ended_at is not None, due_at)
        found[into] = min(clock, found.get(into, clock))
    return {moment_id: due_at for moment_id, (_, due_at) in found.items()}


@Question
def _clocks(moment_ids: Any) -> QuerySet[Trigger, Any]:
    return Trigger.objects.filter(moment_id__among=moment_ids).values_list(
        "moment_id", "due_at", "joined_at", "ended_at"
    )


def _pauses(moment_ids: Iterable[UUID]) -> dict[UUID, list[Pause]]:
    """Return the pauses of each: one that was joined keeps its own, whatever it is joined into."""
    found: dict[UUID, list[tuple[str, datetime, datetime | None]]] = {}
    for moment_id, kind, at, until in _paused(moment_ids=list(moment_ids)):
        found.setdefault(moment_id, []).append((kind, at, until))
    return {moment_id: pauses_in(acts) for moment_id, acts in found.items()}


@Question
def _paused(moment_ids: Any) -> QuerySet[Action, Any]:
    acts = Action.objects.filter(moment_id__among=moment_ids, kind__in=(PAUSED, RESUMED))
    return acts.order_by("id").values_list("moment_id", "kind", "at", "said_at")

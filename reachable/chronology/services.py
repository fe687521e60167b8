"""Recording what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.chronology.models import FACTS, Event
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, bulk_update
from reachable.foundation.ids import new_id
from reachable.foundation.questions import Question
from reachable.foundation.time import now
from reachable.practice.time import When


@dataclass(frozen=True, slots=True)
class Happening:
    """An event to record: from which signal, about which agency's record, when and where."""

    signal_id: UUID
    kind: str
    record_id: UUID
    agency_id: UUID
    compartment: str
    when: When
    received_at: datetime
    source: str
    place: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    news: bool = True


def record(
    *, by: Actor, happenings: Sequence[Happening], revised: Iterable[UUID] = ()
) -> dict[tuple[UUID, str], UUID]:
    """Write events in the caller's transaction, whose audit entry covers them.

    `revised` names signals that had events before: these are changed in place, and what such a
    signal no longer says is taken out. Returns (signal, kind) → event.
    """
    del by
    known = {
        (signal_id, kind): event_id
        for event_id, signal_id, kind in _events_of(signal_ids=list(revised))
    }
    at = now()
    fresh, changed, found = [], [], {}
    for what in happenings:
        key = (what.signal_id, what.kind)
        facts = _facts(what)
        if key in known:
            found[key] = known[key]
            changed.append((known[key], *facts))
        else:
            found[key] = new_id()
            fresh.append((found[key], what.signal_id, what.kind, what.agency_id, at, *facts))
    bulk_insert(Event, ["id", "signal_id", "kind", "agency", "recorded_at", *FACTS], fresh)
    bulk_update(Event, "id", FACTS, changed)
    gone = [event_id for key, event_id in known.items() if key not in found]
    if gone:
        Event.objects.filter(id__in=gone).delete()
    return found


@Question
def _events_of(signal_ids: Any) -> QuerySet[Event, Any]:
    return Event.objects.filter(signal_id__among=signal_ids).values_list("id", "signal_id", "kind")


def _facts(what: Happening) -> tuple[Any, ...]:
    when = what.when
    return (
        what.record_id,
        what.compartment,
        when.day,
        when.instant,
        str(when.precision),
        when.note,
        what.received_at,
        what.place[:200],
        what.details,
        what.source[:120],
        what.news,
    )

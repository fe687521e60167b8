"""What a correction does to the moments that were opened: clocks set anew, triggers ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from reachable.foundation.db import bulk_update
from reachable.moments.joined import standing_for
from reachable.moments.models import Moment, Trigger
from reachable.moments.rules import Opening

RECLOCKED, ENDED, MOVED = "reclocked", "ended", "moved"
"""How a correction changed a moment; empty where its clock and its triggers stay."""


class Corrected(Protocol):
    """An event of a corrected signal; `kept` counts what it calls for from its first receipt."""

    @property
    def event_id(self) -> UUID: ...
    @property
    def current_id(self) -> UUID: ...
    @property
    def kept(self) -> Opening | None: ...


@dataclass
class Corrections:
    """What was found: events that keep their moment, and moments (now standing) with the change.

    `noticed_before` are (signal, kind) that had a moment at some time.
    """

    settled: set[UUID] = field(default_factory=set)
    noticed_before: set[tuple[UUID, str]] = field(default_factory=set)
    changed: dict[UUID, str] = field(default_factory=dict)
    standing: list[Moment] = field(default_factory=list)
    members: set[UUID] = field(default_factory=set)


def correct(
    *, events: Sequence[Corrected], signal_ids: Iterable[UUID], at: datetime
) -> Corrections:
    """Bring the triggers of corrected signals into line with what these say now.

    A trigger ends when its event is gone, calls for no moment any more, or is another child's.
    """
    ever = list(
        Trigger.objects.filter(signal_id__among=list(signal_ids))
        .select_related("moment__person__now")
        .order_by("id")
    )
    found = Corrections(noticed_before={(each.signal_id, each.event_kind) for each in ever})
    held = [trigger for trigger in ever if trigger.ended_at is None]
    if not held:
        return found
    says = {event.event_id: event for event in events}
    changes: dict[UUID, str] = {}
    due: list[tuple[UUID, datetime]] = []
    for trigger in held:
        change = _change(trigger, says)
        if change != ENDED:
            found.settled.add(trigger.event_id)
        if change == RECLOCKED and (kept := says[trigger.event_id].kept):
            due.append((trigger.id, kept.child_due_at))
        before = changes.get(trigger.moment_id, "")
        changes[trigger.moment_id] = ENDED if ENDED in (before, change) else change or before
    ended = [trigger.id for trigger in held if trigger.event_id not in found.settled]
    Trigger.objects.filter(id__among=ended).update(ended_at=at)
    bulk_update(Trigger, "id", ["due_at"], due)
    _find_standing(found, changes, [trigger.moment for trigger in held])
    return found


def _change(trigger: Trigger, says: Mapping[UUID, Corrected]) -> str:
    event = says.get(trigger.event_id)
    if event is None or event.kept is None:
        return ENDED
    if event.current_id != trigger.moment.person.now.current_id:
        return ENDED
    return RECLOCKED if event.kept.child_due_at != trigger.due_at else ""


def _find_standing(found: Corrections, changes: dict[UUID, str], moments: list[Moment]) -> None:
    """Lock the moments that stand for the changed ones, so that nobody acts on them meanwhile."""
    tops = standing_for(moments)
    for moment_id, change in changes.items():
        before = found.changed.get(tops[moment_id], "")
        found.changed[tops[moment_id]] = ENDED if ENDED in (before, change) else change or before
    found.members = set(tops)
    found.standing = list(
        Moment.objects.select_for_update().filter(id__among=set(tops.values())).order_by("id")
    )

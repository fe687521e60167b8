"""What a correction does to the moments that were opened: clocks set anew, triggers ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from reachable.foundation.db import bulk_update
from reachable.foundation.questions import Question
from reachable.moments.joined import standing_of
from reachable.moments.models import Moment, Trigger
from reachable.moments.rules import Opening
from reachable.practice import guidance

RECLOCKED, ENDED, MOVED = "reclocked", "ended", "moved"
"""How a correction changed a moment; empty where its clock and its triggers stay."""


class Corrected(Protocol):
    """An event of a corrected signal; `kept` is what it calls for since it first came, by rule."""

    @property
    def event_id(self) -> UUID: ...
    @property
    def current_id(self) -> UUID: ...
    @property
    def kept(self) -> Mapping[str, Opening]: ...


@dataclass(frozen=True, slots=True)
class Called:
    """A trigger, with the child of its moment as they stand now."""

    id: UUID
    event_id: UUID
    signal_id: UUID
    event_kind: str
    rule: str
    due_at: datetime
    joined_at: datetime
    ended_at: datetime | None
    moment_id: UUID
    joined_into_id: UUID | None
    current_id: UUID


CALLED = (
    *("id", "event_id", "signal_id", "event_kind", "rule", "due_at", "joined_at", "ended_at"),
    *("moment_id", "moment__joined_into_id", "moment__person__now__current_id"),
)
"""The columns of `Called`."""


@dataclass
class Corrections:
    """What was found: what keeps its moment, and moments (now standing) with the change.

    `settled` are (event, rule), `noticed_before` (signal, kind, rule) that ever had a moment.
    """

    settled: set[tuple[UUID, str]] = field(default_factory=set)
    noticed_before: set[tuple[UUID, str, str]] = field(default_factory=set)
    changed: dict[UUID, str] = field(default_factory=dict)
    standing: list[Moment] = field(default_factory=list)
    members: set[UUID] = field(default_factory=set)


def correct(
    *, events: Sequence[Corrected], signal_ids: Iterable[UUID], at: datetime
) -> Corrections:
    """Bring the triggers of corrected signals into line with what these say now.

    A trigger ends when its event is gone, calls for no moment any more, or is another child's. Of
    rules that look back, that does not follow from one signal: they are asked again afterwards.
    """
    ever = [Called(*facts) for facts in _ever_called(signal_ids=list(signal_ids))]
    says = {event.event_id: event for event in events}
    found = settle(
        [
            (trigger, *_change(trigger, says))
            for trigger in ever
            if trigger.ended_at is None and guidance.rule(trigger.rule).alone
        ],
        at,
    )
    found.noticed_before = {(each.signal_id, each.event_kind, each.rule) for each in ever}
    return found


@Question
def _ever_called(signal_ids: Any) -> QuerySet[Trigger, Any]:
    called = Trigger.objects.filter(signal_id__among=signal_ids)
    return called.order_by("id").values_list(*CALLED)


def settle(changes: Sequence[tuple[Called, str, datetime | None]], at: datetime) -> Corrections:
    """End and reclock triggers, each given with its change and the clock that it has now."""
    found = Corrections()
    if not changes:
        return found
    of_moments: dict[UUID, str] = {}
    for trigger, change, _ in changes:
        if change != ENDED:
            found.settled.add((trigger.event_id, trigger.rule))
        before = of_moments.get(trigger.moment_id, "")
        of_moments[trigger.moment_id] = ENDED if ENDED in (before, change) else change or before
    ended = [trigger.id for trigger, change, _ in changes if change == ENDED]
    Trigger.objects.filter(id__among=ended).update(ended_at=at)
    reclocked = [(trigger.id, due) for trigger, change, due in changes if change == RECLOCKED]
    bulk_update(Trigger, "id", ["due_at"], reclocked)
    _find_standing(found, of_moments, {each.moment_id: each.joined_into_id for each, *_ in changes})
    return found


def _change(trigger: Called, says: Mapping[UUID, Corrected]) -> tuple[str, datetime | None]:
    event = says.get(trigger.event_id)
    kept = event.kept.get(trigger.rule) if event else None
    if event is None or kept is None:
        return ENDED, None
    if event.current_id != trigger.current_id:
        return ENDED, None
    return (RECLOCKED if kept.child_due_at != trigger.due_at else ""), kept.child_due_at


def _find_standing(
    found: Corrections, changes: dict[UUID, str], joined_into: Mapping[UUID, UUID | None]
) -> None:
    """Lock the moments that stand for the changed ones, so that nobody acts on them meanwhile."""
    tops = standing_of(joined_into)
    for moment_id, change in changes.items():
        before = found.changed.get(tops[moment_id], "")
        found.changed[tops[moment_id]] = ENDED if ENDED in (before, change) else change or before
    found.members = set(tops)
    found.standing = list(
        Moment.objects.select_for_update().filter(id__among=set(tops.values())).order_by("id")
    )

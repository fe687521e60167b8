"""What opened a moment or joined it, by which rules, and what helps because of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.foundation.errors import NotFound
from reachable.moments.joined import families
from reachable.moments.merging import Called, Part, StepDone, merged
from reachable.moments.models import Action, Moment, Trigger
from reachable.moments.pathway_versions import pathway_of
from reachable.practice import guidance

STEP_DONE = "step_done"


@dataclass(frozen=True)
class Fired:
    """A rule that an event fired: `opened` if the moment began with it, else it joined."""

    event_id: UUID
    rule: str
    version: int
    kind: str
    opened: bool
    due_at: datetime


def fired(moment: Moment, triggers: Iterable[Trigger]) -> dict[UUID, list[Fired]]:
    """Return event → the rules by which it stands in the moment."""
    found: dict[UUID, list[Fired]] = {}
    for each in triggers:
        found.setdefault(each.event_id, []).append(
            Fired(
                each.event_id,
                guidance.rule(each.rule).title,
                each.rule_version,
                guidance.moment_kind(each.kind).title,
                each.moment_id == moment.id and each.joined_at == moment.opened_at,
                each.due_at,
            )
        )
    return found


def what_helps(
    moment: Moment, together: Collection[UUID], triggers: Iterable[Trigger]
) -> list[Part]:
    """Return the pathway of every kind that stands in it, doubles once, and what was done."""
    acts = Action.objects.filter(moment_id__in=together, kind=STEP_DONE).order_by("id")
    done = [
        StepDone(step, how or opened_as, at)
        for step, how, opened_as, at in acts.values_list("step", "how", "moment__kind", "at")
    ]
    return merged(_called(moment, triggers), done, read=pathway_of)


def kind_of_step(moment: Moment, step: str, kind: str) -> str:
    """Return of which kind a step is done; without one said, the first that has such a step."""
    triggers = Trigger.objects.filter(moment_id__in=list(families([moment.id])), ended_at=None)
    for each in merged(_called(moment, triggers), (), read=pathway_of):
        for one in each.steps:
            if one.key == step and kind in ("", *(of.key for of in one.kinds)):
                return kind or one.kind
    raise NotFound


def _called(moment: Moment, triggers: Iterable[Trigger]) -> list[Called]:
    """Where a correction took everything back, it is still what it was opened as."""
    standing = [
        Called(each.kind, each.pathway_version, each.joined_at)
        for each in triggers
        if each.ended_at is None
    ]
    # Of those that came at once, the kind as which it was opened comes first.
    standing.sort(key=lambda each: (each.kind != moment.kind, each.kind))
    return standing or [Called(moment.kind, moment.pathway_version, moment.opened_at)]

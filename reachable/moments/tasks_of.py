"""Tasks of a moment, as its page, a phone and a conversation's page show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.moments.joined import families
from reachable.moments.models import Task

DONE, DROPPED = "done", "dropped"


@dataclass(frozen=True)
class TaskFacts:
    """A task. `ended` is empty while it is open; `may_end` says whether the reader may end it."""

    id: UUID
    text: str
    for_whom: str
    for_whom_id: UUID
    due_on: date
    added_at: datetime
    added_by: str
    conversation_id: UUID | None
    proposal: str
    ended: str
    ended_at: datetime | None
    ended_by: str
    reason: str
    may_end: bool


def tasks_of(
    *, by: Actor, moment_ids: Iterable[UUID], holder_id: UUID | None = None
) -> tuple[TaskFacts, ...]:
    """Return the tasks of moments whom the caller has found visible: what is open first."""
    held = Task.objects.filter(moment_id__in=list(moment_ids))
    rows = held.select_related("for_whom", "added_by", "ended_by").order_by("due_on", "id")
    found = [_facts(by, task, holder_id) for task in rows]
    return tuple(sorted(found, key=lambda task: bool(task.ended)))


def open_tasks(*, by: Actor, moment_ids: Iterable[UUID]) -> dict[UUID, list[TaskFacts]]:
    """Return moment → what is still to be done in it, with what was joined to it: of moments whom
    the caller has found visible, all at once."""
    members = families(moment_ids)
    found: dict[UUID, list[TaskFacts]] = {}
    held = Task.objects.filter(moment_id__in=list(members), ended="")
    rows = held.select_related("for_whom", "added_by", "ended_by")
    for task in rows.order_by("due_on", "id"):
        found.setdefault(members[task.moment_id], []).append(_facts(by, task, None))
    return found


def may_end(by: Actor, task: Task, holder_id: UUID | None) -> bool:
    """Whoever it is for or added it, whoever has the moment, and who leads a team."""
    theirs = (task.for_whom_id, task.added_by_id, holder_id)
    return by.can("moments.assign") or (by.id is not None and by.id in theirs)


def _facts(by: Actor, task: Task, holder_id: UUID | None) -> TaskFacts:
    return TaskFacts(
        id=task.id,
        text=task.text,
        for_whom=task.for_whom.name,
        for_whom_id=task.for_whom_id,
        due_on=task.due_on,
        added_at=task.added_at,
        added_by=task.added_by.name if task.added_by else "",
        conversation_id=task.conversation_id,
        proposal=task.proposal,
        ended=task.ended,
        ended_at=task.ended_at,
        ended_by=task.ended_by.name if task.ended_by else "",
        reason=task.reason,
        may_end=not task.ended and may_end(by, task, holder_id),
    )

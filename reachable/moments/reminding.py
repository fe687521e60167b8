"""Telling people before time runs out, not only after: once for each clock.

Whoever has a moment hears when a quarter of the child's clock is left, at least an hour before its
end; whoever is asked, when half of the time to answer has passed; and whoever is to ask a child
again who said no, on the day that was named; and whoever a task is for, in the morning of the day
by which it is to be done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.closures import Closures
from reachable.moments.joined import standing_for
from reachable.moments.models import OPEN, Action, Moment, Task
from reachable.moments.rules import ASKING
from reachable.moments.selectors import is_visible
from reachable.notices import services as notices
from reachable.notices.selectors import told_already
from reachable.notices.services import Telling
from reachable.practice import guidance
from reachable.practice.time import LONDON

_FOLLOWED = timedelta(days=7)
"""For how long whoever comes to have a moment is told that the day for something has come."""
_MORNING = timedelta(hours=8)
"""After midnight when a task of that day is told: in the night it would wake, and help nobody."""


def remind(*, by: Actor) -> int:
    """Tell whoever has, or is asked to take, what is due soon; return how many were told."""
    at = now()
    tellings = [*_holders(at), *_asked(at), *_ask_again(by, at), *_tasks(by, at)]
    if not tellings:
        return 0
    with transaction.atomic():
        told = notices.tell(by=by, tellings=tellings)
        if told:
            audit.record(
                by=by, action="moments.reminded", subject=("partnership", None), count=told
            )
    return told


def _holders(at: datetime) -> list[Telling]:
    """Those of a clock that runs: not reached, not paused, not missed yet."""
    warned = {
        kind.key: rules.warned_before(kind.child_clock.span) for kind in guidance.moment_kinds()
    }
    soon = Moment.objects.filter(
        _within("child_due_at", at, warned),
        Q(paused_until=None) | Q(paused_until__lte=at),
        state="held",
        reached_at=None,
        child_due_at__gte=at,
    )
    rows = soon.values_list("id", "kind", "holder_id", "held_at", "child_due_at")
    return [
        Telling(who, "moment.due_soon", ("moment", moment_id), _key("due", moment_id, who, due_at))
        for moment_id, kind, who, held_at, due_at in rows
        if who and rules.is_warned(now=at, due_at=due_at, held_at=held_at, before=warned[kind])
    ]


def _asked(at: datetime) -> list[Telling]:
    longest = {kind.key: kind.acknowledge_clock.span.at_most for kind in guidance.moment_kinds()}
    waiting = Moment.objects.filter(
        _within("answer_by", at, longest), state="waiting", answer_by__gt=at
    )
    rows = list(waiting.values_list("id", "asked_id", "answer_by"))
    since = _asked_since(moment_id for moment_id, *_ in rows)
    return [
        Telling(who, "moment.answer_soon", ("moment", moment_id), _key("ask", moment_id, who, by))
        for moment_id, who, by in rows
        if who and by and rules.is_half_over(now=at, since=since.get(moment_id, by), until=by)
    ]


def _ask_again(by: Actor, at: datetime) -> list[Telling]:
    """Whoever was named, and whoever has it; where nobody is left, everybody in the team: of them,
    to whom the child is open."""
    come = Moment.objects.filter(
        state__in=OPEN, ask_again_at__lte=at, ask_again_at__gte=at - _FOLLOWED
    )
    columns = ("id", "team_id", "holder_id", "ask_again_at", "person__now__current_id")
    rows = list(come.values_list(*columns))
    if not rows:
        return []
    said = Action.objects.filter(moment_id__among=[row[0] for row in rows], kind="declined")
    named = dict(said.order_by("id").values_list("moment_id", "about_id"))
    able = access.able(capability="moments.hold")
    closures = Closures(by, at, {row[-1] for row in rows})
    tellings = []
    for moment_id, team_id, holder_id, again_at, current in rows:
        there = [
            who
            for who in {named.get(moment_id), holder_id}
            if who and who in able and closures.opens(current, who)
        ]
        members = [] if there else access.members_to_tell(team_id=team_id, at=at)
        for who in there or closures.reached(current, members):
            key = f"again:{moment_id}:{again_at:%Y%m%d}:{who}"
            tellings.append(Telling(who, "moment.ask_again", ("moment", moment_id), key))
    return tellings


def _tasks(by: Actor, at: datetime) -> list[Telling]:
    """Whoever it is for; where they are away, or can no longer see it, whoever has the moment too,
    or the team."""
    day = (at.astimezone(LONDON) - _MORNING).date()
    due = Task.objects.filter(ended="", due_on__lte=day, due_on__gte=day - _FOLLOWED)
    tasks = list(due.select_related("moment", "for_whom__agency"))
    if not tasks:
        return []
    tops = standing_for(task.moment for task in tasks)
    standing = Moment.objects.filter(id__among=set(tops.values()), state__in=OPEN)
    open_now = standing.select_related("person__now").in_bulk()
    due_there = [
        (task, open_now[top]) for task in tasks if (top := tops[task.moment_id]) in open_now
    ]
    reached = _Reached.of(by, due_there, at)
    return [
        Telling(who, "moment.task_due", ("moment", moment.id), _task_key(task, who))
        for task, moment in due_there
        for who in reached.whom(task, moment)
    ]


@dataclass(frozen=True)
class _Reached:
    """Whom a reminder of a task reaches: who may hold moments, who is away, what was told, and to
    whom the children are closed."""

    able: frozenset[UUID]
    away: frozenset[UUID]
    told: frozenset[str]
    closures: Closures
    team: Callable[[UUID], list[UUID]]

    @classmethod
    def of(cls, by: Actor, due: list[tuple[Task, Moment]], at: datetime) -> _Reached:
        keys = {
            _task_key(task, who)
            for task, moment in due
            for who in (task.for_whom_id, moment.holder_id)
            if who is not None
        }
        return cls(
            access.able(capability="moments.hold", user_ids={task.for_whom_id for task, _ in due}),
            frozenset(access.away_since(at=at)),
            told_already(by=by, keys=keys),
            Closures(by, at, {moment.person.now.current_id for _, moment in due}),
            cache(lambda team_id: access.members_to_tell(team_id=team_id, at=at)),
        )

    def whom(self, task: Task, moment: Moment) -> list[UUID]:
        """Of each person several questions are asked: only of whom nothing is known yet."""
        current, away = moment.person.now.current_id, task.for_whom_id in self.away
        opens = self.closures.opens(current, task.for_whom_id)
        theirs = opens and self._told(task, task.for_whom_id)
        if self._told(task, moment.holder_id) or (theirs and not away):
            return []
        sees = theirs or (
            opens
            and task.for_whom_id in self.able
            and is_visible(by=access.actor_for(task.for_whom), moment=moment)
        )
        if sees and not away:
            return [task.for_whom_id]
        having = [moment.holder_id] if moment.holder_id else self.team(moment.team_id)
        reached = self.closures.reached(current, having)
        return [*([task.for_whom_id] if sees else []), *reached]

    def _told(self, task: Task, who: UUID | None) -> bool:
        return who is not None and _task_key(task, who) in self.told


def _task_key(task: Task, who: UUID) -> str:
    return f"task_due:{task.id}:{task.due_on:%Y%m%d}:{who}"


def _asked_since(moment_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return since when the time to answer runs: from being asked, or from what joined."""
    asked = Action.objects.filter(moment_id__among=list(moment_ids), kind__in=[*ASKING, "joined"])
    return dict(asked.values_list("moment_id").annotate(Max("at")))


def _within(field: str, at: datetime, lengths: dict[str, timedelta]) -> Q:
    """Match moments of which less is left than their kind's length: one part for each length."""
    kinds = defaultdict(list)
    for kind, length in lengths.items():
        kinds[length].append(kind)
    found = Q(pk__in=[])
    for length, same in kinds.items():
        found |= Q(kind__in=same, **{f"{field}__lte": at + length})
    return found


def _key(what: str, moment_id: UUID, who: UUID, until: datetime) -> str:
    """The same clock is told to the same person once; one that was paused is another."""
    return f"{what}_soon:{moment_id}:{until:%Y%m%d%H%M%S}:{who}"

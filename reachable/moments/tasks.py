"""Tasks beside the steps of a moment's pathway: added, done, or dropped with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.moments.acting import NOTHING_CHANGED, open_moment, say_why
from reachable.moments.closures import refuse_closed
from reachable.moments.joined import standing_for
from reachable.moments.kept_words import refuse_kept_words
from reachable.moments.models import Action, Moment, Task
from reachable.moments.selectors import is_visible
from reachable.moments.tasks_of import DONE, DROPPED, may_end
from reachable.notices import services as notices
from reachable.notices.services import Telling

MOST = 700
"""The most characters of a task."""
LATEST = timedelta(days=366)
ADDED, GIVEN_ON = "task_added", "task_given_on"


@transaction.atomic
def add_task(
    *,
    by: Actor,
    moment_id: UUID,
    text: str,
    due_on: date,
    for_whom: UUID | None = None,
    conversation_id: UUID | None = None,
    proposal: str = "",
) -> UUID:
    """Add a task to an open moment, for a colleague of its team or for `by`; return which it is.

    What a conversation proposed is made once: a second time leads to the first. Nobody's
    half-written note is lost to it, so the moment's version stays.
    """
    moment = open_moment(by, moment_id, None)
    if proposal:
        made = Task.objects.filter(conversation_id=conversation_id, proposal=proposal).first()
        if made is not None:
            return made.id
    text, whom = " ".join(text.split()), for_whom or by.own_id
    _check(text, due_on)
    refuse_kept_words(by, moment.person.now.current_id, text, kept=NOTHING_CHANGED)
    if whom != by.own_id and whom not in {
        who.user_id for who in access.members(team_id=moment.team_id)
    }:
        raise BadInput(
            "Please choose yourself, or somebody of the moment’s team.", kept=NOTHING_CHANGED
        )
    refuse_closed(by, moment, whom, kept=NOTHING_CHANGED)
    at = now()
    task = Task.objects.create(
        moment=moment,
        text=text,
        for_whom_id=whom,
        due_on=due_on,
        added_at=at,
        added_by_id=by.own_id,
        conversation_id=conversation_id,
        proposal=proposal,
    )
    _append(by, task, ADDED, at, about=whom)
    if whom != by.own_id:
        _tell(by, whom, "moment.task_given", moment.id, f"task_given:{task.id}:{whom}")
    return task.id


def _check(text: str, due_on: date) -> None:
    if not text:
        raise BadInput("Please say what is to be done.", kept=NOTHING_CHANGED)
    if len(text) > MOST:
        raise BadInput(
            f"A task has {MOST} characters at most; this one has {len(text)}.",
            kept=NOTHING_CHANGED,
            next="Say what is to be done. What was said stands in the conversation.",
        )
    first = today()
    if due_on < first:
        raise BadInput(
            "That day has passed.", kept=NOTHING_CHANGED, next="Choose a day from today on."
        )
    if due_on - first > LATEST:
        raise BadInput(
            "That day is more than a year away.",
            kept=NOTHING_CHANGED,
            next="Choose an earlier day.",
        )


@transaction.atomic
def do_task(*, by: Actor, task_id: UUID) -> UUID:
    """Record that a task is done; return the moment in which it stands. Twice is the same."""
    task, moment = _found(by, task_id)
    if task.ended == DONE:
        return moment.id
    _end(by, task, moment, DONE, "")
    holder = moment.holder_id
    if holder is not None and holder != by.id:
        _tell(by, holder, "moment.task_done", moment.id, f"task_done:{task.id}:{holder}")
    return moment.id


@transaction.atomic
def drop_task(*, by: Actor, task_id: UUID, reason: str) -> None:
    """Record that a task is not to be done any more, and why."""
    say_why(reason)
    task, moment = _found(by, task_id)
    _end(by, task, moment, DROPPED, reason.strip())


def moment_of(*, by: Actor, task_id: UUID) -> UUID:
    """Return the moment in which a task stands now; hidden and absent are the same."""
    by.require("moments.hold")
    known = Task.objects.select_related("moment").filter(id=task_id).first()
    if known is None or not is_visible(by=by, moment=known.moment):
        raise NotFound
    return standing_for([known.moment])[known.moment_id]


def _found(by: Actor, task_id: UUID) -> tuple[Task, Moment]:
    """Lock the moment in which a task stands now, then the task."""
    moment = open_moment(by, moment_of(by=by, task_id=task_id), None)
    return Task.objects.select_for_update().get(id=task_id), moment


def _end(by: Actor, task: Task, moment: Moment, how: str, reason: str) -> None:
    if task.ended:
        raise Conflict("Somebody has ended this task meanwhile.", kept=NOTHING_CHANGED)
    if not may_end(by, task, moment.holder_id):
        raise Conflict(
            "Whoever it is for, whoever added it, or whoever has the moment says that.",
            kept=NOTHING_CHANGED,
            next="Ring them.",
        )
    task.ended, task.ended_at, task.ended_by_id, task.reason = how, now(), by.own_id, reason
    task.save(update_fields=["ended", "ended_at", "ended_by", "reason"])
    _append(by, task, f"task_{how}", task.ended_at, note=reason)


def _append(
    by: Actor,
    task: Task,
    kind: str,
    at: datetime,
    *,
    about: UUID | None = None,
    note: str = "",
) -> None:
    """It stands with the task's own moment, also where that was joined: it may be separated."""
    Action.objects.create(
        moment_id=task.moment_id,
        kind=kind,
        at=at,
        by_id=by.own_id,
        about_id=about,
        step=str(task.id),
        note=note,
    )
    subject = ("moment", task.moment_id)
    audit.record(by=by, action=f"moments.{kind}", subject=subject, about=about, task=task.id)


def _tell(by: Actor, user_id: UUID, kind: str, moment_id: UUID, key: str) -> None:
    notices.tell(by=by, tellings=[Telling(user_id, kind, ("moment", moment_id), key)])

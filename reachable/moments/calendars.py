"""When somebody is due, for their own calendar: times and links, and nothing of a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from icalendar import Calendar, Event

from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.joined import standing_for
from reachable.moments.measuring import DECLINED
from reachable.moments.models import OPEN, Action, Task
from reachable.moments.selectors import visible_moments
from reachable.practice.time import LONDON, start_of_day

HAS, ASKED = "A moment you have is due", "A moment waits for your answer"
AGAIN = "In one of your moments something is to be done today"
"""On the day on which a child who said no is asked again; a calendar may be seen by others."""
TASK = "In one of your moments a task of yours is to be done by today"
LASTS = timedelta(minutes=15)
FETCHED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Entry:
    """One time in a calendar; it names the moment, or a task in it, by its identifier alone."""

    moment_id: UUID
    words: str
    at: datetime
    whole_day: bool = False
    task_id: UUID | None = None

    @property
    def uid(self) -> str:
        of_day = f"{self.moment_id}-day" if self.whole_day else str(self.moment_id)
        return f"{self.task_id or of_day}@reachable"


def entries(*, by: Actor) -> list[Entry]:
    """Return when this person is due: children they have to reach, and answers they owe."""
    by.require("moments.hold")
    own = visible_moments(by=by).filter(Q(holder_id=by.id) | Q(asked_id=by.id), state__in=OPEN)
    found = []
    for moment_id, state, answer_by, due_at, reached_at in own.order_by("id").values_list(
        "id", "state", "answer_by", "child_due_at", "reached_at"
    ):
        if state == "waiting" and answer_by:
            found.append(Entry(moment_id, ASKED, answer_by))
        elif state == "held" and reached_at is None:
            found.append(Entry(moment_id, HAS, due_at))
    return [*found, *_to_ask_again(by), *_tasks(by)]


def _to_ask_again(by: Actor) -> list[Entry]:
    """Days on which this person asks a child again: as they were named, or as they have it."""
    named = Action.objects.filter(
        moment_id=OuterRef("id"),
        kind=DECLINED,
        about_id=by.id,
        again_at=OuterRef("ask_again_at"),
    )
    held = visible_moments(by=by).filter(
        Q(holder_id=by.id) | Q(Exists(named)), state__in=OPEN, ask_again_at__isnull=False
    )
    days = held.order_by("id").values_list("id", "ask_again_at")
    return [Entry(moment_id, AGAIN, at, whole_day=True) for moment_id, at in days if at]


def _tasks(by: Actor) -> list[Entry]:
    """Days by which this person is to do something, in moments that are open and theirs to see."""
    open_tasks = Task.objects.filter(for_whom_id=by.id, ended="").select_related("moment")
    tasks = list(open_tasks.order_by("due_on", "id"))
    tops = standing_for(task.moment for task in tasks)
    visible = visible_moments(by=by).filter(id__in=set(tops.values()), state__in=OPEN)
    seen = set(visible.values_list("id", flat=True))
    return [
        Entry(top, TASK, start_of_day(task.due_on), whole_day=True, task_id=task.id)
        for task in tasks
        if (top := tops[task.moment_id]) in seen
    ]


def written(due: Iterable[Entry], link: Callable[[UUID], str]) -> bytes:
    """Return a calendar with these entries, as RFC 5545 has it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Reachable//Moments//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Reachable")
    calendar.add("refresh-interval", FETCHED_EVERY, parameters={"value": "DURATION"})
    for entry in due:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now())
        if entry.whole_day:
            day = entry.at.astimezone(LONDON).date()
            event.add("dtstart", day)
            event.add("dtend", day + timedelta(days=1))
        else:
            event.add("dtstart", entry.at)
            event.add("dtend", entry.at + LASTS)
        event.add("summary", entry.words)
        event.add("url", link(entry.moment_id))
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()

"""When somebody is due, for their own calendar: times and links, and nothing of a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from icalendar import Calendar, Event

from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.models import OPEN
from reachable.moments.selectors import visible_moments

HAS, ASKED = "A moment you have is due", "A moment waits for your answer"
LASTS = timedelta(minutes=15)
FETCHED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Entry:
    """One time in a calendar; it names the moment by its identifier alone."""

    moment_id: UUID
    words: str
    at: datetime


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
    return found


def written(due: Iterable[Entry], link: Callable[[UUID], str]) -> bytes:
    """Return a calendar with these entries, as RFC 5545 has it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Reachable//Moments//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Reachable")
    calendar.add("refresh-interval", FETCHED_EVERY, parameters={"value": "DURATION"})
    for entry in due:
        event = Event()
        event.add("uid", f"{entry.moment_id}@reachable")
        event.add("dtstamp", now())
        event.add("dtstart", entry.at)
        event.add("dtend", entry.at + LASTS)
        event.add("summary", entry.words)
        event.add("url", link(entry.moment_id))
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()

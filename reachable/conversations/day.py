"""A worker's own day as a phone keeps it: what is needed where there is no signal, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.access import selectors as access
from reachable.conversations import child_words, selectors, service_choices
from reachable.conversations.devices import IDLE_SECONDS
from reachable.conversations.models import Device
from reachable.conversations.rules.parts import PARTS, Field, Part
from reachable.conversations.selectors import ConversationFacts
from reachable.conversations.wording import ANSWERS
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.geography.selectors import area_names
from reachable.moments import selectors as moments
from reachable.moments.models import OPEN, Moment
from reachable.moments.selectors import Row
from reachable.moments.tasks_of import TaskFacts, open_tasks
from reachable.offers.words import UNSAID
from reachable.people import selectors as people
from reachable.practice import guidance
from reachable.practice.items import Guide
from reachable.practice.time import When, say_when

MOST = 60
"""Moments on one phone: nobody has more in a day, and each is a child’s name outside the house."""

Json = dict[str, Any]


def day(*, by: Actor, valid_until: datetime) -> Json:
    """Return what a phone keeps for its owner: the moments that they have, or are asked to take.

    Each says until when it may be kept, by what is known now: the phone may not be able to ask.
    """
    by.require("moments.hold")
    rows, teams = _own_rows(by)
    children = [row.person_id for row in rows]
    threads = selectors.conversations_of_children(by=by, person_ids=children)
    needs = people.communication_needs_of(by=by, current_ids=children)
    ends = people.seen_until(by=by, current_ids=children)
    areas, names = people.areas(by=by, current_ids=children), area_names()
    tasks = open_tasks(by=by, moment_ids=[row.id for row in rows])
    members = access.members_of(team_ids={*teams.values(), *by.team_ids})
    services, fitting = service_choices.for_phone(by=by, rows=rows)
    return {
        "server_now": now().isoformat(),
        "valid_until": valid_until.isoformat(),
        "idle_seconds": IDLE_SECONDS,
        "user": {"id": str(by.own_id), "name": by.name},
        "parts": [_part(part) for part in PARTS],
        "services": services,
        "unsaid": UNSAID,
        "guides": [_guide(each) for each in guidance.guides()],
        "words": child_words.for_phone(by=by),
        "colleagues": _people(each for team in by.team_ids for each in members.get(team, ())),
        "moments": [
            _moment(
                row,
                threads[row.person_id],
                needs.get(row.person_id, ()),
                names.get(areas.get(row.person_id, ""), ""),
            )
            | {
                "until": min(ends.get(row.person_id) or valid_until, valid_until).isoformat(),
                "colleagues": _people(members.get(teams[row.id], ())),
                "services": fitting.get(row.person_id, []),
                "tasks": [_task(each) for each in tasks.get(row.id, ())],
            }
            for row in rows
        ],
    }


def _own_rows(by: Actor) -> tuple[list[Row], dict[UUID, UUID]]:
    """Return the open moments that this person has or is asked to take, the most urgent first, and
    the team of each."""
    held = list(_own(by).select_related(*moments.NAMED).order_by("child_due_at", "id")[:MOST])
    found = moments.rows_of(by=by, moments=held, at=now())
    return [found[each.id] for each in held], {each.id: each.team_id for each in held}


def gone(*, by: Actor, device: Device, held: Iterable[Any]) -> list[str]:
    """Return which of the moments that a phone has are no part of its owner's day any more: closed
    to them, over, or somebody else's. Of what it was never given nothing is said."""
    given = {str(each) for each in held}.intersection(device.day_for)
    if not given:
        return []
    own = set[str]()
    if by.can("moments.hold"):
        ids = _own(by).filter(id__in=[UUID(each) for each in given]).values_list("id", flat=True)
        own = {str(each) for each in ids}
    return sorted(given - own)


def _own(by: Actor) -> QuerySet[Moment]:
    visible = moments.visible_moments(by=by).filter(state__in=OPEN)
    return visible.filter(holder_id=by.own_id) | visible.filter(asked_id=by.own_id)


def _people(members: Iterable[tuple[UUID, str]]) -> list[Json]:
    """Return each once, whatever number of teams they share."""
    return [{"id": str(user_id), "name": name} for user_id, name in dict(members).items()]


def _moment(row: Row, thread: list[ConversationFacts], needs: tuple[str, ...], area: str) -> Json:
    return {
        "id": str(row.id),
        "name": row.name,
        "age": row.age,
        "kind": row.kind.title,
        "guide": guidance.guide_for(row.kind.key).key,
        "due": say_when(When.at(row.child_due_at)),
        "due_at": row.child_due_at.isoformat(),
        "reached": row.reached_at is not None,
        "address_hint": area,
        "communication_needs": list(needs),
        "safe_contact": _safe_contact(thread),
        "thread": [_held(each) for each in thread[:20]],
        "conversations": [_conversation(each) for each in thread if each.moment_id == row.id],
    }


def _task(task: TaskFacts) -> Json:
    return {"text": task.text, "for_whom": task.for_whom, "due_on": task.due_on.isoformat()}


def _safe_contact(thread: list[ConversationFacts]) -> Mapping[str, Any] | None:
    """Return the newest that was written of it, whoever wrote it."""
    for held in thread:
        for version in reversed(held.versions):
            if found := version.content.get("contact"):
                return found
    return None


def _held(facts: ConversationFacts) -> Json:
    return {
        "at": facts.began_at.isoformat(),
        "who": facts.begun_by,
        "guide": facts.guide.title,
        "answer": facts.answer,
        "said": ANSWERS.get(facts.answer, "Not finished"),
    }


def _conversation(facts: ConversationFacts) -> Json:
    return {
        "conversation_id": str(facts.id),
        "guide": facts.guide.key,
        "began_at": facts.began_at.isoformat(),
        "heads": [
            {
                "version_id": str(version.id),
                "by": version.writer,
                "written_at": version.written_at.isoformat(),
                "finished": version.finished,
                "content": version.content,
            }
            for version in facts.versions
        ],
    }


def _part(part: Part) -> Json:
    return {
        "key": part.key,
        "title": part.title,
        "lead": part.lead,
        "audience": part.audience,
        "fields": [_field(field) for field in part.fields],
    }


def _field(field: Field) -> Json:
    held: Json = {
        "key": field.key,
        "label": field.label,
        "hint": field.hint,
        "kind": field.kind,
        "options": [list(option) for option in field.options],
        "fields": [_field(inner) for inner in field.fields],
        "most": field.most,
    }
    if field.shown_if is not None:
        held["shown_if"] = {"field": field.shown_if[0], "is": list(field.shown_if[1])}
    return held


def _guide(guide: Guide) -> Json:
    return {
        "key": guide.key,
        "title": guide.title,
        "lead": guide.detail,
        "say": list(guide.say),
        "do": list(guide.good),
        "do_not": list(guide.avoid),
        "parts": [part.key for part in PARTS],
        "basis": guide.basis.words,
        "source": "; ".join(source.title for source in guide.sources),
        "certainty": guide.standing,
    }


def moment_ids(day_held: Json) -> list[UUID]:
    """Return which moments a day holds."""
    return [UUID(each["id"]) for each in day_held["moments"]]

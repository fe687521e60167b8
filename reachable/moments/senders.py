"""What the sender of a signal is told of it, and what is asked of them.

They are told what follows from their own signal, and what people did after it came, as they would
be told it of a child whom nobody knew: never what else opened or joined the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reachable.access import closing
from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.moments import rules, telling
from reachable.moments.acting import NOTHING_CHANGED
from reachable.moments.joined import joins
from reachable.moments.models import OPEN, Action, Moment, Summary, Trigger
from reachable.moments.pathway_versions import pathway_of
from reachable.moments.pathways import STEP_DONE
from reachable.moments.prepared import POLICE, own_told, told
from reachable.moments.rules import Done
from reachable.moments.telling import Came, Change
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people_now
from reachable.practice import guidance
from reachable.practice.clocks import england_and_wales
from reachable.practice.items import Pathway, Step

TOLD, HELD, FINISHED = "told", "held", "finished"


@dataclass(frozen=True)
class Task:
    """A step that is asked of the sender; `done_at` is when somebody of their agency did it."""

    step: Step
    done_at: datetime | None


@dataclass(frozen=True)
class Heard:
    """What they were told of a conversation that followed, and when."""

    at: datetime
    sentences: tuple[str, ...]
    own: str


@dataclass(frozen=True)
class Whereabouts:
    """What the sender of a signal may know: who has it, whom to ring, and when it ended.

    `who` is empty while nobody has taken it, and where whoever had it has it no longer. `on_duty`
    is whoever is first on duty for the team, whether or not they were asked. `reached_at` is when
    the child was first seen or spoken with after the signal came. `heard` is what they were told of
    conversations that began after it came, `is_police` that they learn nothing of what was said.
    """

    state: str
    who: str
    phone: str
    team: str
    team_phone: str
    on_duty: str
    on_duty_phone: str
    answer_by: datetime
    is_late: bool
    since: datetime | None
    reached_at: datetime | None
    tasks: tuple[Task, ...]
    can_do: bool
    heard: tuple[Heard, ...]
    is_police: bool


@dataclass(frozen=True)
class _Sent:
    """A signal's trigger with the moment in which it stands now, and what was done since."""

    trigger: Trigger
    top: Moment
    acts: list[tuple[Done, str, UUID | None]]
    came: Came
    summaries: list[Summary]

    @property
    def changes(self) -> list[Change]:
        return telling.changes(done for done, _, _ in self.acts)

    @property
    def reached_at(self) -> datetime | None:
        """The first time is told, and stays: a later one would tell that more had happened."""
        began = self.trigger.joined_at
        times = [done.said_at or done.at for done, _, _ in self.acts if done.kind == "reached"]
        return next((at for at in times if at >= began), None)


@looks_beyond("what a sender is told of their own signal")
def whereabouts(*, by: Actor, signal_ids: Iterable[UUID]) -> dict[UUID, Whereabouts]:
    """Return signal → who has it, for senders; never whether the child was known."""
    by.require("signals.send")
    sent = _sent(signal_ids)
    at, calendar = now(), england_and_wales()
    has_it = {
        signal_id: telling.has_it(each.changes, now=at, calendar=calendar)
        for signal_id, each in sent.items()
    }
    on_duty = access.everybody_on_duty(at=at) if sent else {}
    first = {team: users[0] for team, users in on_duty.items() if users}
    having = [each.who for each in has_it.values() if each and each.who]
    people = access.contacts(by=by, user_ids=[*having, *first.values()])
    agency = access.agency_kind(by=by) if sent else ""
    asked = cache(lambda kind, version: asked_of(pathway_of(kind, version), agency))
    found = {
        signal_id: _whereabouts(by, each, has_it[signal_id], first, people, asked, at, agency)
        for signal_id, each in sent.items()
    }
    kept_from = _in_conflict(by, [each.top for each in sent.values()])
    return {
        signal_id: replace(each, heard=()) if sent[signal_id].top.id in kept_from else each
        for signal_id, each in found.items()
    }


def _in_conflict(by: Actor, tops: Iterable[Moment]) -> set[UUID]:
    """Return the moments of children with whom a sender has a conflict of interest: they know whom
    to ring, as of every child, and nothing of what was talked about."""
    mine = set(closing.in_conflict(by=by, kind="person")) if by.is_person else set()
    if not mine:
        return set()
    child = {each.id: each.person.now.current_id for each in tops}
    same = people_now.same_people(by=by, current_ids=set(child.values()))
    closed = {current for person, current in same.items() if person in mine}
    return {moment for moment, current in child.items() if current in closed}


def _whereabouts(
    by: Actor,
    sent: _Sent,
    change: Change | None,
    first: Mapping[UUID, UUID],
    people: Mapping[UUID, tuple[str, str]],
    asked: Callable[[str, int], list[Step]],
    at: datetime,
    agency: str,
) -> Whereabouts:
    trigger, team = sent.trigger, sent.top.team
    taken = next((each for each in sent.changes if each.who is not None), None)
    who, phone = people.get(change.who, ("", "")) if change and change.who else ("", "")
    duty, duty_phone = people.get(first[team.id], ("", "")) if team.id in first else ("", "")
    answer_by = rules.answer_by(trigger.kind, trigger.joined_at)
    is_open = sent.top.state in OPEN
    return Whereabouts(
        state=FINISHED if not is_open else HELD if change else TOLD,
        who=who,
        phone=phone,
        team=team.name,
        team_phone=team.phone,
        on_duty=duty,
        on_duty_phone=duty_phone,
        answer_by=answer_by,
        is_late=change is None and answer_by <= at,
        since=taken.at if taken and change and change.who == taken.who else None,
        reached_at=sent.reached_at,
        tasks=tuple(
            Task(step, _done_at(sent, step, by.agency_id))
            for step in asked(trigger.kind, trigger.pathway_version)
        ),
        can_do=is_open,
        heard=tuple(_heard(sent.summaries, agency)),
        is_police=agency == POLICE,
    )


def _heard(summaries: Iterable[Summary], agency: str) -> Iterator[Heard]:
    for each in summaries:
        sentences = told(each.said, agency)
        own = own_told(each.own, agency, to_police=each.own_to_police)
        if sentences or own:
            yield Heard(each.at, sentences, own)


def asked_of(pathway: Pathway, agency_kind: str) -> list[Step]:
    """Return the steps of a signal's own pathway that its sender does."""
    return [step for step in pathway.steps if {"sender", agency_kind}.intersection(step.asked_of)]


def _done_at(sent: _Sent, step: Step, agency_id: UUID | None) -> datetime | None:
    """What others did is not told: they may have done it for something else that happened."""
    done = [
        done.at
        for done, key, agency in sent.acts
        if done.kind == STEP_DONE
        and (key, done.how, agency) == (step.key, sent.trigger.kind, agency_id)
    ]
    return min(done, default=None)


@transaction.atomic
def do_task(*, by: Actor, signal_id: UUID, step: str) -> None:
    """Record that the sender did what was asked of them. The caller has found the signal theirs.

    Whoever has the moment sees it there; what they are writing meanwhile stays as it is.
    """
    by.require("signals.send")
    by.require_to_write("welfare", own=True)
    sent = _sent([signal_id]).get(signal_id)
    if sent is None:
        raise NotFound
    moment = Moment.objects.select_for_update().get(id=sent.top.id)
    sent = _sent([signal_id])[signal_id]
    pathway = pathway_of(sent.trigger.kind, sent.trigger.pathway_version)
    steps = {each.key: each for each in asked_of(pathway, access.agency_kind(by=by))}
    if step not in steps:
        raise BadInput("This is not asked of you here.", kept=NOTHING_CHANGED)
    if moment.state not in OPEN:
        raise Conflict("What this began is finished.", kept=NOTHING_CHANGED)
    if _done_at(sent, steps[step], by.agency_id):
        return
    kind = sent.trigger.kind
    at = now()
    Action.objects.create(moment=moment, kind=STEP_DONE, at=at, by_id=by.id, step=step, how=kind)
    _tell_holder(by, moment, at)
    audit.record(by=by, action="moments.task_done", subject=("signal", signal_id), step=step)


def _tell_holder(by: Actor, moment: Moment, at: datetime) -> None:
    """Tell whoever has the moment, once in an hour however many are ticked; nobody else waits."""
    if moment.state == "held" and moment.holder_id and moment.holder_id != by.id:
        key = f"task_done:{moment.id}:{at:%Y%m%d%H}:{moment.holder_id}"
        told = Telling(moment.holder_id, "moment.task_done", ("moment", moment.id), key)
        notices.tell(by=by, tellings=[told])


def unanswered(signal_ids: Iterable[UUID]) -> list[UUID]:
    """Return those of these signals of which nobody had taken up what they began."""
    sent = _sent(signal_ids)
    return [
        signal_id
        for signal_id, each in sent.items()
        if not any(change.who for change in each.changes)
    ]


def signals_that_hear(
    signal_ids: Iterable[UUID], talks: Iterable[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], list[UUID]]:
    """Return conversation, by moment and beginning → those of these signals whose senders hear."""
    came = {signal_id: each.came for signal_id, each in _sent(signal_ids).items()}
    return {
        talk: [signal_id for signal_id, each in came.items() if telling.hears(each, *talk)]
        for talk in talks
    }


def standing_signals(moment_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return the signals that stand in these moments by themselves, not with what others sent, and
    since when."""
    standing = Trigger.objects.filter(moment_id__in=list(moment_ids), ended_at=None)
    found: dict[UUID, datetime] = {}
    rows = standing.order_by("joined_at", "id").values_list("signal_id", "rule", "joined_at")
    for signal_id, rule, since in rows:
        if guidance.rule(rule).alone:
            found.setdefault(signal_id, since)
    return found


def _sent(signal_ids: Iterable[UUID]) -> dict[UUID, _Sent]:
    of_signals = Trigger.objects.filter(signal_id__in=list(signal_ids)).select_related("moment")
    # Where a correction gave the signal to another child, what stands now comes last, and counts.
    found = of_signals.order_by(F("ended_at").asc(nulls_last=True), "-due_at", "id")
    # A rule that looks back fires because of what others sent, which is not the sender's to know.
    triggers = [trigger for trigger in found if guidance.rule(trigger.rule).alone]
    ways = joins(trigger.moment for trigger in triggers)
    passed = {*ways, *(moment for way in ways.values() for moment, _ in way)}
    standing = Moment.objects.select_related("team", "person__now").in_bulk(passed)
    acts = _acts(passed)
    latest = {trigger.signal_id: trigger for trigger in triggers}
    given = list(Summary.objects.filter(moment_id__in=passed).order_by("at", "id"))
    sent: dict[UUID, _Sent] = {}
    for signal_id, trigger in latest.items():
        came = telling.came(
            trigger.joined_at,
            trigger.moment_id,
            ways[trigger.moment_id],
            ended=trigger.ended_at is not None,
        )
        top, _ = came.links[-1]
        heard = [each for each in given if telling.hears(came, each.moment_id, each.about_at)]
        sent[signal_id] = _Sent(trigger, standing[top], _since(came, acts), came, heard)
    return sent


Acts = list[tuple[Done, str, UUID | None]]


def _since(came: Came, acts: Mapping[UUID, Acts]) -> Acts:
    """Return what was done since the signal came: in each moment for as long as it stood there.

    Whoever had the other moment when the two became one has this from then on.
    """
    found: Acts = []
    for place, (moment, since) in enumerate(came.links):
        until = came.links[place + 1][1] if place + 1 < len(came.links) else None
        there = acts.get(moment, [])
        before = telling.changes(done for done, *_ in there if done.at < since)
        if place and before and before[-1].who:
            found.append((Done("claimed", since, before[-1].who), "", None))
        found += (
            each for each in there if since <= each[0].at and (until is None or each[0].at < until)
        )
    return found


def _acts(moment_ids: Iterable[UUID]) -> dict[UUID, Acts]:
    rows = Action.objects.filter(moment_id__in=list(moment_ids)).order_by("at", "id")
    found: dict[UUID, Acts] = {}
    for moment_id, step, agency, *done in rows.values_list(
        *("moment_id", "step", "by__agency_id", "kind", "at", "by_id", "about_id", "how"),
        "said_at",
    ):
        found.setdefault(moment_id, []).append((Done(*done), step, agency))
    return found

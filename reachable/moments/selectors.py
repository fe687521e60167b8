"""Moments, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.chronology import selectors as chronology
from reachable.chronology.selectors import EventFacts
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.joined import families, standing_for
from reachable.moments.measuring import CHECKS, check_due
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.pauses import PAUSED_BY
from reachable.people import selectors as people
from reachable.people.rules import age_on
from reachable.practice import guidance
from reachable.practice.items import MomentKind, Pathway
from reachable.practice.time import LONDON

NAMED = ("team", "asked", "holder", "person__now")
"""What a row needs with its moment."""


@dataclass(frozen=True)
class Row:
    """A line of the worklist. `due_at` is None when no clock runs: the child was reached.

    `clock_ended_at` is when that was written down, which may be later than `reached_at`.
    `told_too_late` says that the child's clock had run out before we were told. `paused_until` is
    set while it stands still, `ask_again_on` while a child who said no is left in peace.
    """

    id: UUID
    person_id: UUID
    name: str
    birth_date: date | None
    age: int | None
    kind: MomentKind
    state: str
    team: str
    asked: str
    holder: str
    holder_id: UUID | None
    mine: bool
    answer_by: datetime | None
    child_due_at: datetime
    due_at: datetime | None
    missed: bool
    told_too_late: bool
    paused_until: datetime | None
    paused_why: str
    ask_again_on: date | None
    reached_at: datetime | None
    clock_ended_at: datetime | None
    opened_at: datetime
    triggers: int
    outcome: str


@dataclass(frozen=True)
class ActionFacts:
    kind: str
    at: datetime
    by: str
    about: str
    step: str
    how: str
    note: str
    said_at: datetime | None
    again_at: datetime | None


@dataclass(frozen=True)
class MomentFacts:
    """Everything on a moment's page. `events` lacks those in compartments kept from `by`.

    `taken_back` counts what had opened or joined it until its agency corrected it. `checks` are
    those whose day has come on which it is asked whether contact has lasted.
    """

    row: Row
    version: int
    pathway: Pathway
    events: list[EventFacts]
    hidden_events: int
    taken_back: int
    actions: list[ActionFacts]
    done: frozenset[str]
    communication_needs: tuple[str, ...]
    opened_by_rule: str
    due_note: str
    held_at: datetime | None
    attempted_at: datetime | None
    closed_at: datetime | None
    outcome: str
    asked_me: bool
    can_assign: bool
    members: list[access.OnDuty]
    on_duty: list[access.OnDuty]
    received_at: datetime
    why_visible: list[str]
    checks: tuple[str, ...]


def visible_moments(*, by: Actor) -> QuerySet[Moment]:
    """Moments of the children with whom this person works now."""
    if by.is_system:
        return Moment.objects.all()
    if not _works_with_moments(by):
        return Moment.objects.none()
    return Moment.objects.filter(person__now__current_id__in=people.visible_people(by=by))


def is_visible(*, by: Actor, moment: Moment) -> bool:
    """Say of one moment, quickly, whether it is among those that this person may see."""
    may = by.is_system or _works_with_moments(by)
    return may and people.is_visible(by=by, person_id=moment.person_id)


def _works_with_moments(by: Actor) -> bool:
    return by.can("moments.hold") and by.scope("welfare") in {"involved", "all"}


def _members_there(team_id: UUID, at: datetime) -> list[access.OnDuty]:
    """Whoever is away cannot be handed a moment."""
    away = access.away_since(at=at)
    return [who for who in access.members(team_id=team_id) if who.user_id not in away]


def rows_of(*, by: Actor, moments: list[Moment], at: datetime) -> dict[UUID, Row]:
    names = people.names(by=by, current_ids={m.person.now.current_id for m in moments})
    members = families([moment.id for moment in moments])
    triggers = Trigger.objects.filter(moment_id__in=list(members), ended_at=None).values_list(
        "moment_id"
    )
    joined: dict[UUID, int] = {}
    for member, count in triggers.annotate(count=Count("id")):
        joined[members[member]] = joined.get(members[member], 0) + count
    return {moment.id: _row(by, moment, names, joined.get(moment.id, 0), at) for moment in moments}


def _row(
    by: Actor, moment: Moment, names: dict[UUID, people.Name], triggers: int, at: datetime
) -> Row:
    current = moment.person.now.current_id
    known = names.get(current)
    paused_until = None if moment.reached_at or moment.closed_at else moment.paused_until
    return Row(
        id=moment.id,
        person_id=current,
        name=known.name if known else "Name kept back",
        birth_date=known.birth_date if known else None,
        age=_age(known, at),
        kind=guidance.moment_kind(moment.kind),
        state=moment.state,
        team=moment.team.name,
        asked=moment.asked.name if moment.asked else "",
        holder=moment.holder.name if moment.holder else "",
        holder_id=moment.holder_id,
        mine=by.id is not None and by.id in (moment.holder_id, moment.asked_id),
        answer_by=moment.answer_by,
        child_due_at=moment.child_due_at,
        due_at=moment.next_due_at if moment.state in OPEN else None,
        missed=rules.missed(
            due_at=moment.child_due_at,
            recorded_at=moment.reach_recorded_at,
            now=moment.closed_at or at,
        ),
        told_too_late=rules.told_too_late(
            due_at=moment.child_due_at, received_at=moment.received_at
        ),
        paused_until=paused_until if paused_until and paused_until > at else None,
        paused_why=PAUSED_BY.get(moment.paused_why, ""),
        ask_again_on=moment.ask_again_at.astimezone(LONDON).date() if moment.ask_again_at else None,
        reached_at=moment.reached_at,
        clock_ended_at=moment.reach_recorded_at,
        opened_at=moment.opened_at,
        triggers=triggers,
        outcome=moment.outcome,
    )


def _age(known: people.Name | None, at: datetime) -> int | None:
    born = known.birth_date if known else None
    return age_on(born, at.astimezone(LONDON).date()) if born else None


def moment(*, by: Actor, moment_id: UUID) -> MomentFacts:
    """Return one moment; hidden and absent are the same. The look is logged.

    One that was joined to an older moment is answered with that one.
    """
    by.require("moments.hold")
    found = visible_moments(by=by).select_related(*NAMED).filter(id=moment_id).first()
    if found is not None and found.joined_into_id is not None:
        top = standing_for([found])[found.id]
        found = visible_moments(by=by).select_related(*NAMED).filter(id=top).first()
    if found is None:
        raise NotFound
    audit.looked(by=by, subject=("moment", found.id), page="moment")
    audit.looked(by=by, subject=("person", found.person.now.current_id), page="moment")
    at = now()
    together = list(families([found.id]))
    triggers = Trigger.objects.filter(moment_id__in=together).order_by("joined_at", "id")
    standing = [trigger.event_id for trigger in triggers if trigger.ended_at is None]
    events = chronology.events(by=by, event_ids=standing)
    actions = _actions(together)
    return MomentFacts(
        row=rows_of(by=by, moments=[found], at=at)[found.id],
        version=found.version,
        pathway=guidance.pathway(found.kind, found.pathway_version),
        events=sorted(events.values(), key=lambda event: event.occurred.earliest),
        hidden_events=len(standing) - len(events),
        taken_back=len(triggers) - len(standing),
        actions=actions,
        done=frozenset(action.step for action in actions if action.kind == "step_done"),
        communication_needs=people.communication_needs(
            by=by, person_id=found.person.now.current_id
        ),
        opened_by_rule=_rule_in_words(found),
        due_note=_due_note(triggers),
        held_at=found.held_at,
        attempted_at=found.attempted_at,
        closed_at=found.closed_at,
        outcome=found.outcome,
        asked_me=found.asked_id == by.id,
        can_assign=by.can("moments.assign") or found.holder_id == by.id,
        members=_members_there(found.team_id, at),
        on_duty=access.on_duty(team_id=found.team_id, at=at),
        received_at=found.received_at,
        why_visible=access.why_involved(
            by=by,
            kind="person",
            subject_ids=people.same_people(by=by, current_ids=[found.person.now.current_id]),
        ),
        checks=_checks_due(found, at),
    )


def _checks_due(moment: Moment, at: datetime) -> tuple[str, ...]:
    reached_at = moment.reached_at
    if reached_at is None:
        return ()
    return tuple(check for check in CHECKS if check_due(reached_at, check) <= at)


def _rule_in_words(moment: Moment) -> str:
    return f"“{guidance.rule(moment.rule).title}”, version {moment.rule_version}"


def _due_note(triggers: Iterable[Trigger]) -> str:
    """What the clock that runs out first says of itself."""
    standing = [trigger for trigger in triggers if trigger.ended_at is None]
    first = min(standing, key=lambda trigger: trigger.due_at, default=None)
    return first.due_note if first else ""


def _actions(moment_ids: list[UUID]) -> list[ActionFacts]:
    rows = (
        Action.objects.filter(moment_id__in=moment_ids)
        .order_by("at", "id")
        .values_list(
            *("kind", "at", "by__name", "about__name", "step", "how", "note", "said_at", "again_at")
        )
    )
    # A pause is written down with each moment of a family, and said once.
    return list(
        dict.fromkeys(
            ActionFacts(kind, at, by or "", about or "", step, how, note, said_at, again_at)
            for kind, at, by, about, step, how, note, said_at, again_at in rows
        )
    )


def moments_of_child(*, by: Actor, person_id: UUID) -> list[Row]:
    """Return the moments of a child with whom `by` works, newest first."""
    held = Moment.objects.select_related(*NAMED).filter(
        person__now__current_id=person_id,
        person__now__current_id__in=people.visible_people(by=by),
        joined_into=None,
    )
    moments = list(held.order_by("-opened_at"))
    rows = rows_of(by=by, moments=moments, at=now())
    return [rows[moment.id] for moment in moments]


def triggers_of_signals(*, by: Actor) -> QuerySet[Trigger]:
    """Return what opened moments or joined them, to be counted by signal and never shown."""
    by.require("intake.used")
    return Trigger.objects.filter(ended_at=None)


@dataclass(frozen=True)
class Whereabouts:
    """What the sender of a signal may know: who has it, whom to ring, and when it ended.

    `reached_at` is when the child was seen or spoken with, if they were.
    """

    state: str
    who: str
    phone: str
    team: str
    team_phone: str
    answer_by: datetime | None
    since: datetime | None
    reached_at: datetime | None


def whereabouts(*, by: Actor, signal_ids: Iterable[UUID]) -> dict[UUID, Whereabouts]:
    """Return signal → who has it, for senders; never whether the child was known."""
    by.require("signals.send")
    found: dict[UUID, Whereabouts] = {}
    of_signals = Trigger.objects.filter(signal_id__in=list(signal_ids)).select_related("moment")
    # Where a correction gave the signal to another child, what stands now comes last, and counts.
    triggers = list(of_signals.order_by(F("ended_at").asc(nulls_last=True), "id"))
    tops = standing_for(trigger.moment for trigger in triggers)
    standing = Moment.objects.select_related(*NAMED).in_bulk(set(tops.values()))
    reached_last = dict(
        Action.objects.filter(moment_id__in=standing, kind="reached")
        .values_list("moment_id")
        .annotate(Max("said_at"))
    )
    for trigger in triggers:
        held = standing[tops[trigger.moment_id]]
        who = held.holder or held.asked
        found[trigger.signal_id] = Whereabouts(
            state=held.state,
            who=who.name if who else "",
            phone=who.phone if who else "",
            team=held.team.name,
            team_phone=held.team.phone,
            answer_by=held.answer_by,
            since=_after(held.held_at, trigger.joined_at),
            reached_at=_after(reached_last.get(held.id), trigger.joined_at),
        )
    return found


def _after(at: datetime | None, joined_at: datetime) -> datetime | None:
    """What was so before a signal came would tell its sender that the child was known."""
    return at if at and at >= joined_at else None


def counts(*, by: Actor) -> dict[str, int]:
    """Return moments, overdue, missed, told_too_late and reached of the whole partnership.

    Overdue is open now, past the child's clock and not reached; missed is every clock that ran out
    unreached, whatever came later; of these, told_too_late had run out before we were told.
    """
    by.require("figures.read")
    at = now()
    past = Q(reach_recorded_at=None, child_due_at__lt=at)
    missed = (past & (Q(closed_at=None) | Q(closed_at__gt=F("child_due_at")))) | Q(
        reach_recorded_at__gt=F("child_due_at")
    )
    too_late = Q(child_due_at__lte=F("received_at"))
    return Moment.objects.filter(joined_into=None).aggregate(
        moments=Count("id"),
        overdue=Count("id", filter=past & Q(closed_at=None)),
        missed=Count("id", filter=missed),
        told_too_late=Count("id", filter=missed & too_late),
        reached=Count("id", filter=Q(reached_at__isnull=False)),
    )

"""Moments, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.chronology import selectors as chronology
from reachable.chronology.selectors import EventFacts
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.joined import families, standing_for
from reachable.moments.knowing import FIRST, why_first
from reachable.moments.measuring import CHECKS, check_due
from reachable.moments.merging import Part
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.pathways import Fired, fired, what_helps
from reachable.moments.pauses import PAUSED_BY
from reachable.moments.tasks_of import TaskFacts, tasks_of
from reachable.people import selectors as people
from reachable.people.opening import works_with
from reachable.people.rules import age_on
from reachable.practice import guidance
from reachable.practice.birthdays import turns
from reachable.practice.items import MomentKind, Step
from reachable.practice.time import LONDON

NAMED = ("team", "asked", "holder", "person__now")
"""What a row needs with its moment."""
INTO_ADULTHOOD = ("nrm_consent", "adult_lead", "care_leaver", "again")
"""Steps for growing up that count whatever opened the moment."""


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

    `fired` says by which rules each event stands in it, `parts` what helps because of each kind.
    `taken_back` counts what had opened or joined it until its agency corrected it. `checks` are
    those whose day has come on which it is asked whether contact has lasted. `tasks` stand beside
    the pathways, also once it is closed. `adult_since`
    is set from the 18th birthday on while it is open; then `into_adulthood` says what changes.
    """

    row: Row
    version: int
    parts: list[Part]
    events: list[EventFacts]
    fired: dict[UUID, list[Fired]]
    hidden_events: int
    taken_back: int
    actions: list[ActionFacts]
    communication_needs: tuple[str, ...]
    opened_by_rule: str
    due_note: str
    held_at: datetime | None
    attempted_at: datetime | None
    closed_at: datetime | None
    outcome: str
    asked_me: bool
    asked_first_because: str
    may_take: bool
    can_assign: bool
    members: list[access.OnDuty]
    on_duty: list[access.OnDuty]
    received_at: datetime
    why_visible: list[str]
    checks: tuple[str, ...]
    tasks: tuple[TaskFacts, ...]
    adult_since: date | None
    into_adulthood: tuple[Step, ...]


def visible_moments(*, by: Actor) -> QuerySet[Moment]:
    """Moments of the children with whom this person works now."""
    if by.is_system:
        return Moment.objects.all()
    if not _works_with_moments(by):
        return Moment.objects.none()
    return Moment.objects.filter(person_id__in=people.visible_persons(by=by))


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


def _looked_at(by: Actor, moment_id: UUID) -> Moment:
    """Return a moment, or the older one to which it was joined, and log the look."""
    by.require("moments.hold")
    found = visible_moments(by=by).select_related(*NAMED).filter(id=moment_id).first()
    if found is not None and found.joined_into_id is not None:
        top = standing_for([found])[found.id]
        found = visible_moments(by=by).select_related(*NAMED).filter(id=top).first()
    if found is None:
        raise NotFound
    child = ("person", found.person.now.current_id)
    audit.looked(by=by, subject=("moment", found.id), also=child, page="moment")
    return found


def line_of(*, by: Actor, moment_id: UUID) -> tuple[Row, list[access.OnDuty]]:
    """Return the line of one moment and who of its team is there; the look is logged.

    For whoever writes something of it, which costs a third of its whole page.
    """
    found, at = _looked_at(by, moment_id), now()
    row = rows_of(by=by, moments=[found], at=at)[found.id]
    return row, _members_there(found.team_id, at)


def moment(*, by: Actor, moment_id: UUID) -> MomentFacts:
    """Return one moment; hidden and absent are the same. The look is logged.

    One that was joined to an older moment is answered with that one.
    """
    found, at = _looked_at(by, moment_id), now()
    together = list(families([found.id]))
    triggers = Trigger.objects.filter(moment_id__in=together).order_by("joined_at", "id")
    by_rule = fired(found, (trigger for trigger in triggers if trigger.ended_at is None))
    standing = list(by_rule)
    events = chronology.events(by=by, event_ids=standing)
    actions = _actions(together)
    row = rows_of(by=by, moments=[found], at=at)[found.id]
    adult_since = _adult_since(row, at)
    return MomentFacts(
        row=row,
        version=found.version,
        parts=what_helps(found, together, triggers),
        events=sorted(events.values(), key=lambda event: event.occurred.earliest),
        fired=by_rule,
        hidden_events=len(standing) - len(events),
        taken_back=len({each.event_id for each in triggers} - by_rule.keys()),
        actions=actions,
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
        asked_first_because=_why_first(by, found, actions),
        may_take=_may_take(by, found),
        can_assign=by.can("moments.assign") or found.holder_id == by.id,
        members=_members_there(found.team_id, at),
        on_duty=access.on_duty(team_id=found.team_id, at=at),
        received_at=found.received_at,
        why_visible=people.why_seen(by=by, current_id=found.person.now.current_id),
        checks=_checks_due(found, at),
        tasks=tasks_of(by=by, moment_ids=together, holder_id=found.holder_id),
        adult_since=adult_since,
        into_adulthood=_into_adulthood() if adult_since else (),
    )


def _may_take(by: Actor, found: Moment) -> bool:
    """Say whether `by`, who sees an open moment that nobody has, may take it: not who sees the
    child by an invitation or an emergency only. Whoever is asked, or of its team, works with it."""
    if found.state not in OPEN or found.holder_id is not None or by.id is None:
        return False
    if found.asked_id == by.id or found.team_id in by.team_ids:
        return True
    return works_with(by=by, current_id=found.person.now.current_id)


def _adult_since(row: Row, at: datetime) -> date | None:
    """Say since when whoever an open moment is about is 18: it goes on, and they decide more."""
    if row.birth_date is None or row.state == "closed":
        return None
    birthday = turns(row.birth_date, "turned_18")
    return birthday if birthday <= at.astimezone(LONDON).date() else None


def _into_adulthood() -> tuple[Step, ...]:
    pathway = guidance.pathway("growing_up")
    return tuple(step for key in INTO_ADULTHOOD if (step := pathway.step(key)) is not None)


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


def _why_first(by: Actor, moment: Moment, actions: list[ActionFacts]) -> str:
    """Say why whoever is asked now was asked first, if the child knows them; else nothing."""
    asking = [each for each in actions if each.kind in rules.ASKING or each.kind == FIRST][-2:]
    if moment.asked_id is None or len(asking) < 2 or asking[0].kind != FIRST:
        return ""
    known, you = asking[0], moment.asked_id == by.id
    return f"{'you' if you else known.about} {why_first(known.how, known.said_at, you=you)}"


def moments_of_child(*, by: Actor, person_id: UUID) -> list[Row]:
    """Return the moments of a child with whom `by` works, newest first."""
    held = Moment.objects.select_related(*NAMED).filter(
        person__now__current_id=person_id,
        person__now__current_id__in=people.visible_now(by=by),
        joined_into=None,
    )
    moments = list(held.order_by("-opened_at"))
    rows = rows_of(by=by, moments=moments, at=now())
    return [rows[moment.id] for moment in moments]


def triggers_of_signals(*, by: Actor) -> QuerySet[Trigger]:
    """Return what opened moments or joined them, to be counted by signal and never shown."""
    by.require("intake.used")
    return Trigger.objects.filter(ended_at=None)


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

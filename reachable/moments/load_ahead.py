"""The load ahead of somebody's teams, and what hangs on the wall of their duty room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from reachable.access import selectors as access
from reachable.access.rota import answering
from reachable.foundation.actor import Actor
from reachable.foundation.time import now, today
from reachable.moments import ahead
from reachable.moments.ahead import Slot
from reachable.moments.measuring import ask_again_ends
from reachable.moments.models import OPEN, Moment
from reachable.moments.selectors import visible_moments
from reachable.practice import guidance

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class LoadAhead:
    """What is due of the reader's teams: what has run out, and the rest by hour and day."""

    at: datetime
    overdue: int
    hours: list[Slot]
    days: list[Slot]
    teams: list[str]

    @property
    def in_a_day(self) -> int:
        return sum(slot.due for slot in self.hours)

    @property
    def unstaffed(self) -> list[Slot]:
        """Hours in which nobody is on duty."""
        return [slot for slot in self.hours if not slot.on_duty]


def load_ahead(*, by: Actor) -> LoadAhead:
    """Count what is due of this person's teams: the child's clock, ours to answer, asking again.

    A child who said no is asked again by the end of the day that was named.
    """
    by.require("moments.hold")
    at = now()
    last = ahead.last_day_ends(today())
    due: list[datetime] = []
    clocks = _of_teams(by).filter(
        Q(child_due_at__lt=last) | Q(answer_by__lt=last) | Q(ask_again_at__lt=last)
    )
    for child_due_at, reached_at, state, answer_by, again_at in clocks.values_list(
        "child_due_at", "reached_at", "state", "answer_by", "ask_again_at"
    ):
        if again_at:
            due.append(ask_again_ends(again_at) - A_MINUTE)
        if reached_at is None:
            due.append(child_due_at)
        if state == "waiting" and answer_by:
            due.append(answer_by)
    shifts = answering(by=by, first=at, last=last)
    return LoadAhead(
        at=at,
        overdue=sum(each < at for each in due),
        hours=ahead.by_hour(due, shifts, at),
        days=ahead.by_day(due, shifts, at),
        teams=_names_of_teams(by),
    )


def _of_teams(by: Actor) -> QuerySet[Moment]:
    return visible_moments(by=by).filter(state__in=OPEN, team_id__in=by.team_ids)


def _names_of_teams(by: Actor) -> list[str]:
    return [team.name for team in access.teams() if team.id in by.team_ids]


@dataclass(frozen=True)
class Tile:
    """A moment as a visitor may read it: nothing says whose it is.

    `answers` tells that what runs out first is the time to answer, not the child's clock.
    """

    kind: str
    team: str
    state: str
    who: str
    due_at: datetime
    answers: bool


@dataclass(frozen=True)
class Again:
    """How many children who said no somebody is to ask again today, or was to ask before.

    `who` is empty where nobody has them.
    """

    who: str
    children: int


@dataclass(frozen=True)
class Wall:
    """Moments of the reader's teams whose child was not reached yet; what fits, by their clocks.

    `again` are those in which a child is to be asked again today; it is due by no clock.
    """

    at: datetime
    tiles: list[Tile]
    total: int
    untaken: int
    overdue: int
    again: list[Again]
    on_duty: list[tuple[str, list[str]]]


def wall(*, by: Actor) -> Wall:
    """Return what may hang on a wall: kinds, teams, clocks and workers, never a child."""
    by.require("moments.wall")
    at = now()
    running = _running(by)
    shifts = access.everybody_on_duty(at=at)
    names = access.names({who for people in shifts.values() for who in people})
    return Wall(
        at=at,
        tiles=ahead.on_the_wall(running, at),
        total=len(running),
        untaken=sum(tile.state != "held" for tile in running),
        overdue=sum(tile.due_at < at for tile in running),
        again=_to_ask_again(by, at),
        on_duty=[
            (team.name, [names[who] for who in shifts.get(team.id, [])])
            for team in access.teams()
            if team.id in by.team_ids
        ],
    )


def _to_ask_again(by: Actor, at: datetime) -> list[Again]:
    come = _of_teams(by).filter(ask_again_at__lte=at)
    people = come.values_list(Coalesce("holder__name", "asked__name", Value("")))
    found = [Again(who, children) for who, children in people.annotate(Count("id"))]
    return sorted(found, key=lambda each: (-each.children, each.who))


def _running(by: Actor) -> list[Tile]:
    held = _of_teams(by).filter(next_due_at__isnull=False).order_by("next_due_at", "id")
    facts = held.values_list(
        "kind", "team__name", "state", "holder__name", "asked__name", "next_due_at", "answer_by"
    )
    return [
        Tile(
            kind=guidance.moment_kind(kind).title,
            team=team,
            state=state,
            who=holder or asked or "",
            due_at=due_at,
            answers=state == "waiting" and due_at == answer_by,
        )
        for kind, team, state, holder, asked, due_at, answer_by in facts
        if due_at
    ]

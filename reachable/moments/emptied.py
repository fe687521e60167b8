"""Which teams have nobody who may take a moment, and what waits there: numbers, of no child."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from reachable.foundation.actor import Actor
from reachable.moments.models import Moment
from reachable.moments.teams import TeamsNow


@dataclass(frozen=True)
class Emptied:
    """A team in which nobody may take a moment, and how many wait there."""

    name: str
    waiting: int


@dataclass(frozen=True)
class EmptiedTeams:
    """`all_of_them` says that no team has anybody: nothing can be sent, and nothing moves."""

    teams: tuple[Emptied, ...]
    all_of_them: bool

    @property
    def waiting(self) -> int:
        return sum(team.waiting for team in self.teams)


def emptied_teams(*, by: Actor) -> EmptiedTeams:
    """Return the teams in which nobody may take a moment, for whoever can put somebody there."""
    by.require("accounts.manage")
    teams = TeamsNow()
    empty = teams.empty
    held = Moment.objects.filter(state="with_team", team_id__in=[team.id for team in empty])
    waiting = dict(held.values_list("team_id").annotate(Count("id")))
    found = tuple(
        Emptied(team.name, waiting.get(team.id, 0))
        for team in empty
        if not team.ended or waiting.get(team.id)
    )
    return EmptiedTeams(found, not teams.holding)

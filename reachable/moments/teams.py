"""Which team a moment goes to, as the teams stand now."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from uuid import UUID

from reachable.access import selectors as access
from reachable.access.rules import TeamFacts
from reachable.moments import rules


class TeamsNow:
    """Every team, and those in which somebody may hold a moment: each read once, when asked for.

    One that has ended is only known by its identifier: it is empty, and nothing goes to it.

    Who is on duty may hold one, so whoever finds somebody there need not ask the second.
    """

    @cached_property
    def by_id(self) -> dict[UUID, TeamFacts]:
        return {team.id: team for team in access.teams(also_ended=True)}

    @cached_property
    def holding(self) -> frozenset[UUID]:
        return frozenset(access.holding_since())

    @property
    def empty(self) -> list[TeamFacts]:
        return [team for team in self.by_id.values() if team.id not in self.holding]

    def nearest(self, areas: Collection[str]) -> TeamFacts | None:
        """Return the team that answers for these areas, whether or not anybody is left in it."""
        standing = [team for team in self.by_id.values() if not team.ended]
        return rules.team_for(standing, areas, holding={team.id for team in standing})

    def answering(self, areas: Collection[str]) -> TeamFacts | None:
        """Return the nearest team in which somebody may hold a moment; None when none has any."""
        return rules.team_for(list(self.by_id.values()), areas, holding=self.holding)

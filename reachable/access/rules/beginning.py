"""What a partnership has to have before it works, and what of it is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """How far a partnership has come. `waits` are the roles of people who were invited."""

    managers: int
    teams: int
    teams_without_holders: int
    planned: int
    roles: frozenset[str]
    waits: frozenset[str]
    areas: int


@dataclass(frozen=True)
class Missing:
    """Something to do next, where, and whether it only waits for somebody to come."""

    what: str
    page: str
    waits: bool = False


def missing(here: Standing) -> Sequence[Missing]:
    """Return what is still to be done, in the order in which it is best done."""
    found = []
    if here.managers < 2:
        found.append(
            Missing(
                "A second system administrator: what takes two people cannot be given by one",
                "staff",
                "system_administrator" in here.waits,
            )
        )
    if not here.teams:
        found.append(Missing("A team that takes reachable moments", "team_new"))
    elif here.teams_without_holders == here.teams:
        found.append(
            Missing(
                "Somebody in a team who may take a reachable moment, such as a practitioner",
                "invite",
                bool(here.waits & {"practitioner", "supervisor", "duty_manager"}),
            )
        )
    if not here.roles & {"supervisor", "duty_manager"}:
        found.append(
            Missing(
                "A supervisor in a team, who plans its rota",
                "invite",
                bool(here.waits & {"supervisor", "duty_manager"}),
            )
        )
    elif here.teams and not here.planned:
        found.append(Missing("A rota: the supervisor of a team plans it, under Rota", "teams"))
    if "information_governance" not in here.roles:
        found.append(
            Missing(
                "Somebody for information governance, who watches who looked at whom",
                "invite",
                "information_governance" in here.waits,
            )
        )
    if not here.areas:
        found.append(
            Missing(
                "The areas and postcodes of the partnership: whoever looks after the server loads "
                "them",
                "teams",
            )
        )
    return found

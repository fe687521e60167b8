"""The measures of the moments of somebody's own teams, in a period, by team and by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.joined import families
from reachable.moments.measuring import COUNTED, Followed, Measured, Tallied, measured, tallied
from reachable.moments.models import Action, Moment, Trigger
from reachable.moments.rules import Done
from reachable.people import selectors as people
from reachable.practice import guidance
from reachable.practice.time import start_of_day


@dataclass(frozen=True)
class Asked:
    """Which moments are counted: those opened on these days, of a team and a kind, if chosen."""

    first: date
    last: date
    team: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Group:
    """The measures of one team, or of one kind of moment."""

    key: str
    words: str
    tallied: Tallied


@dataclass(frozen=True)
class Measures:
    """The measures of all that is counted, and the same parted in two ways.

    `teams` and `kinds` are what can be chosen. Joined moments are not in here.
    """

    asked: Asked
    everything: Tallied
    by_team: list[Group]
    by_kind: list[Group]
    teams: list[tuple[str, str]]
    kinds: list[tuple[str, str]]


@dataclass(frozen=True)
class _One:
    team: str
    kind: str
    measured: Measured


@looks_beyond("figures of their own teams, without the children")
def measures(*, by: Actor, asked: Asked) -> Measures:
    """Return the measures of this person's own teams. The look is logged: numbers are exact."""
    by.require("moments.measures")
    audit.looked(by=by, subject=("partnership", None), page="measures")
    every = _measured(_opened(by, asked))
    chosen = [one for one in every if asked.team in ("", one.team) and asked.kind in ("", one.kind)]
    teams = own_teams(by=by)
    kinds = [(kind.key, kind.title) for kind in guidance.moment_kinds()]
    return Measures(
        asked=asked,
        everything=tallied(one.measured for one in chosen),
        by_team=_parted(chosen, lambda one: one.team, teams),
        by_kind=_parted(chosen, lambda one: one.kind, kinds),
        teams=teams,
        kinds=[kind for kind in kinds if kind[0] in {one.kind for one in every}],
    )


def own_teams(*, by: Actor) -> list[tuple[str, str]]:
    """Return the teams whose measures this person may see, with their names."""
    return [(str(team.id), team.name) for team in access.teams() if team.id in by.team_ids]


def _opened(by: Actor, asked: Asked) -> QuerySet[Moment]:
    """Without children who are closed to `by`: a day and a kind can be chosen, and few come on one,
    so that a number of theirs would say what became of them."""
    return Moment.objects.filter(
        team_id__in=by.team_ids,
        joined_into=None,
        opened_at__gte=start_of_day(asked.first),
        opened_at__lt=start_of_day(asked.last + timedelta(days=1)),
    ).exclude(person__now__current_id__in=people.closed_people(by=by))


def _measured(moments: QuerySet[Moment]) -> list[_One]:
    """Ask for all moments at once, and for all that was done with them."""
    at = now()
    standing = Trigger.objects.filter(moment_id=OuterRef("id"), ended_at=None)
    facts = list(
        moments.annotate(standing=Exists(standing)).values_list(
            "id", "kind", "team_id", "received_at", "child_due_at", "standing"
        )
    )
    done = _done(moments)
    taken_back = _taken_back(moment_id for moment_id, *_, stands in facts if not stands)
    return [
        _One(
            str(team_id),
            kind,
            measured(
                Followed(
                    kind, received_at, due_at, done.get(moment_id, []), moment_id in taken_back
                ),
                at,
            ),
        )
        for moment_id, kind, team_id, received_at, due_at, _ in facts
    ]


def _done(moments: QuerySet[Moment]) -> dict[UUID, list[Done]]:
    acts = Action.objects.filter(moment__in=moments, kind__in=COUNTED)
    found: dict[UUID, list[Done]] = defaultdict(list)
    for moment_id, *facts in acts.values_list(
        *("moment_id", "kind", "at", "by_id", "about_id", "how", "said_at", "again_at", "step")
    ):
        found[moment_id].append(Done(*facts))
    return found


def _taken_back(moment_ids: Iterable[UUID]) -> set[UUID]:
    """Return those for which nothing stands: neither what opened them, nor what joined them."""
    members = families(moment_ids)
    if not members:
        return set()
    standing = Trigger.objects.filter(moment_id__among=members, ended_at=None)
    stands = {members[member] for member in standing.values_list("moment_id", flat=True)}
    return set(members.values()) - stands


def _parted(
    held: list[_One], key: Callable[[_One], str], words: list[tuple[str, str]]
) -> list[Group]:
    parts: dict[str, list[Measured]] = defaultdict(list)
    for one in held:
        parts[key(one)].append(one.measured)
    return [Group(each, said, tallied(parts[each])) for each, said in words if each in parts]

"""What somebody has that goes on without them: found in every room, and handed to colleagues.

Rooms above say it through the registry `holdings`. It is counts only: whoever looks after accounts
sees nothing of any child.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from reachable.access import managing, planning
from reachable.access.models import Invitation, SecondPersonRequest, Shift, TeamMembership, User
from reachable.access.registries import Held, holdings
from reachable.access.selectors import able, away_since, members
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now

HANDS = system("handover")


@dataclass(frozen=True)
class HeldFacts:
    """Something that somebody has, under the name by which it is handed on."""

    name: str
    title: str
    count: int
    to: tuple[tuple[UUID, str], ...]
    otherwise: str


@looks_beyond("in numbers, for whoever ends an account")
def held_by(*, by: Actor, user_id: UUID) -> list[HeldFacts]:
    """Return what somebody has whose account this person looks after, in numbers."""
    if not managing.accounts_of(by).filter(id=user_id).exists():
        raise NotFound
    return [
        HeldFacts(
            name=_name(holding.key, each.team_id),
            title=each.title,
            count=each.count,
            to=each.to if holding.hand_on is not None else (),
            otherwise=each.otherwise,
        )
        for holding in holdings.items()
        for each in holding.find(by=HANDS, user_id=user_id, team_id=None)
        if each.count
    ]


@transaction.atomic
def hand_over(*, by: Actor, user_id: UUID, to: Mapping[str, UUID]) -> int:
    """Give what somebody has to the colleagues named; return how many things were handed on.

    `to` says for each name of `held_by` who takes it: somebody who was offered for it, now.
    """
    managing.found(by, user_id)
    handed = 0
    for holding in holdings.items():
        if holding.hand_on is None:
            continue
        for each in holding.find(by=HANDS, user_id=user_id, team_id=None):
            to_user = to.get(_name(holding.key, each.team_id))
            if to_user is None or not each.count:
                continue
            if to_user not in dict(each.to):
                raise BadInput(
                    f"{each.title}: whom you chose cannot take it now.",
                    kept="Nothing was handed over.",
                    next="Choose somebody else.",
                )
            holding.hand_on(by=by, user_id=user_id, team_id=each.team_id, to_user=to_user)
            audit.record(
                by=by,
                action="access.handed_over",
                subject=("user", user_id),
                about=to_user,
                what=holding.key,
                count=each.count,
            )
            handed += each.count
    return handed


def _name(key: str, team_id: UUID | None) -> str:
    return f"hand-{key}-{team_id}" if team_id else f"hand-{key}"


def colleagues(team_id: UUID, user_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """Return who else of a team may hold a moment and is not away, by name."""
    away = away_since(at=now())
    return tuple(
        (who.user_id, who.name)
        for who in members(team_id=team_id)
        if who.user_id != user_id and who.user_id not in away
    )


def colleagues_at_agency(capability: str, user_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """Return who else of somebody's agency may do this and is not away, by name."""
    agency = User.objects.filter(id=user_id).values("agency_id")
    there = User.objects.filter(agency_id__in=agency, id__in=able(capability=capability))
    away = away_since(at=now())
    return tuple(
        (other, name)
        for other, name in there.exclude(id=user_id).order_by("name").values_list("id", "name")
        if other not in away
    )


def shifts(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many shifts somebody has that are not over, by team."""
    del by
    found = Shift.objects.filter(user_id=user_id, ends_at__gt=now())
    if team_id is not None:
        found = found.filter(team_id=team_id)
    counted: dict[tuple[UUID, str], int] = {}
    for team, name in found.order_by("team__name").values_list("team_id", "team__name"):
        counted[team, name] = counted.get((team, name), 0) + 1
    return [
        Held(
            title=f"Shifts on the rota of {name}",
            count=count,
            team_id=team,
            to=colleagues(team, user_id),
            otherwise="they are passed over, and the next on the rota is asked",
        )
        for (team, name), count in counted.items()
    ]


def hand_on_shifts(*, by: Actor, user_id: UUID, team_id: UUID | None, to_user: UUID) -> None:
    """Give the shifts of a team to a colleague, who is told once of each team."""
    del by
    ids = Shift.objects.filter(user_id=user_id, ends_at__gt=now()).filter(team=team_id)
    for shift_id in ids.order_by("starts_at").values_list("id", flat=True):
        planning.hand_over(by=HANDS, shift_id=shift_id, to_user=to_user)


def only_leader(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Say of which teams somebody is the last who plans their rota."""
    del by
    mine = TeamMembership.objects.filter(user_id=user_id, ended_at=None)
    if team_id is not None:
        mine = mine.filter(team_id=team_id)
    if user_id not in able(capability="rota.plan", user_ids=[user_id]):
        return []
    found = []
    for team, name in mine.order_by("team__name").values_list("team_id", "team__name"):
        others = TeamMembership.objects.filter(team_id=team, ended_at=None).exclude(user_id=user_id)
        if not able(capability="rota.plan", user_ids=others.values_list("user_id", flat=True)):
            found.append(
                Held(
                    f"Rota of {name}, to be planned",
                    1,
                    team,
                    (),
                    "nobody else of the team can plan it",
                )
            )
    return found


def invited(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many people somebody invited who have not come; they belong to no team."""
    del by
    if team_id is not None:
        return []
    waiting = Invitation.objects.filter(invited_by=user_id, taken_back_at=None, accepted_at=None)
    otherwise = "their links are good no more: send each again"
    return [Held("People they invited who have not come", waiting.count(), None, (), otherwise)]


def asked_for(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how much somebody asked for waits for a second person; it belongs to no team."""
    del by
    if team_id is not None:
        return []
    waiting = SecondPersonRequest.objects.filter(
        asked_by=user_id, decision="", expires_at__gt=now()
    )
    otherwise = "nobody can approve it then: ask for it anew"
    return [Held("Requests for a second person", waiting.count(), None, (), otherwise)]

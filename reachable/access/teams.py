"""Agencies and teams as they are kept: made, renamed, filled; a team ends and another goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.text import slugify

from reachable.access import managing, services
from reachable.access.models import Agency, Involvement, Shift, Team, TeamMembership, User
from reachable.access.registries import (
    Held,
    RightsEnded,
    areas,
    rights_ended,
    team_holdings,
)
from reachable.access.rules.partners import KINDS, AskedAgency, AskedTeam, wrong_agency, wrong_team
from reachable.access.selectors import members
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now

MANAGES = "accounts.manage"
NOTHING_CHANGED = "Nothing was changed."
BESIDE = "Children with whom the team works besides"
BESIDE_OTHERWISE = "that team works with them from then on"


@dataclass(frozen=True)
class AgencyRow:
    """An agency, how many teams and people it has, and whom to ask there."""

    id: UUID
    key: str
    name: str
    kind: str
    kind_in_words: str
    contact: str
    email: str
    phone: str
    teams: int
    people: int


@dataclass(frozen=True)
class TeamRow:
    """A team as it is kept; `holders` are those of it who may take a reachable moment."""

    id: UUID
    key: str
    name: str
    agency: str
    email: str
    phone: str
    areas: tuple[str, ...]
    area_names: tuple[str, ...]
    minutes: int
    people: int
    holders: int
    rota: bool
    ended: bool


def agencies(*, by: Actor) -> list[AgencyRow]:
    """Return every agency, by name."""
    by.require(MANAGES)
    counted = Agency.objects.annotate(
        teams=Count("team", filter=Q(team__ended_at=None), distinct=True),
        people=Count("user", filter=Q(user__is_active=True), distinct=True),
    )
    return [
        AgencyRow(
            each.id,
            each.key,
            each.name,
            each.kind,
            KINDS.get(each.kind, each.kind.replace("_", " ").capitalize()),
            each.contact,
            each.contact_email,
            each.contact_phone,
            each.teams,
            each.people,
        )
        for each in counted.order_by("name")
    ]


def agency(*, by: Actor, agency_id: UUID) -> AgencyRow:
    found = next((each for each in agencies(by=by) if each.id == agency_id), None)
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def make_agency(*, by: Actor, asked: AskedAgency) -> UUID:
    """Let a partner be an agency here; its key, which files and the shell use, follows the name."""
    by.require(MANAGES)
    _refuse(wrong_agency(asked), "No agency was made.")
    _refuse_taken(Agency.objects.filter(name__iexact=asked.name), asked.name)
    agency_id = services.create_agency(
        by=by,
        key=_free_key(asked.name, set(Agency.objects.values_list("key", flat=True))),
        name=asked.name,
        kind=asked.kind,
        contact=asked.contact,
    )
    Agency.objects.filter(id=agency_id).update(contact_email=asked.email, contact_phone=asked.phone)
    return agency_id


@transaction.atomic
def change_agency(*, by: Actor, agency_id: UUID, asked: AskedAgency) -> None:
    """Rename an agency, or say anew what it is and whom to ask; its key stays."""
    by.require(MANAGES)
    found = Agency.objects.select_for_update().filter(id=agency_id).first()
    if found is None:
        raise NotFound
    # A kind from before these were chosen from a list stays as it is.
    kinds = {*KINDS, found.kind}
    _refuse(wrong_agency(asked, kinds), NOTHING_CHANGED)
    others = Agency.objects.filter(name__iexact=asked.name).exclude(id=agency_id)
    _refuse_taken(others, asked.name)
    found.name, found.kind = asked.name, asked.kind
    found.contact, found.contact_email = asked.contact, asked.email
    found.contact_phone = asked.phone
    found.save()
    audit.record(by=by, action="access.agency_changed", subject=("agency", agency_id))


def teams(*, by: Actor, also_ended: bool = False) -> list[TeamRow]:
    """Return the teams of every agency, by name."""
    by.require(MANAGES)
    there = Q(memberships__ended_at=None, memberships__user__is_active=True)
    held = Team.objects.select_related("agency").annotate(
        people=Count("memberships", filter=there, distinct=True),
        shifts_ahead=Count("shifts", filter=Q(shifts__ends_at__gt=now()), distinct=True),
    )
    if not also_ended:
        held = held.filter(ended_at=None)
    named = area_names()
    return [
        TeamRow(
            each.id,
            each.key,
            each.name,
            each.agency.name,
            each.email,
            each.phone,
            tuple(each.areas),
            tuple(named.get(code, code) for code in each.areas),
            each.acknowledge_minutes,
            each.people,
            len(members(team_id=each.id)),
            bool(each.shifts_ahead),
            each.ended_at is not None,
        )
        for each in held.order_by("name", "id")
    ]


def team(*, by: Actor, team_id: UUID) -> TeamRow:
    found = next((each for each in teams(by=by, also_ended=True) if each.id == team_id), None)
    if found is None:
        raise NotFound
    return found


def area_names() -> dict[str, str]:
    """Return code → name of the areas of the partnership, by name."""
    found = {code: name for named in areas.items() for code, name in named().items()}
    return dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


def people_of(*, by: Actor, team_id: UUID) -> list[tuple[UUID, str, str]]:
    """Return who is in a team (person, name, agency), by name."""
    by.require(MANAGES)
    held = TeamMembership.objects.filter(team_id=team_id, ended_at=None, user__is_active=True)
    return list(
        held.order_by("user__name").values_list("user_id", "user__name", "user__agency__name")
    )


def people_to_add(*, by: Actor, team_id: UUID) -> list[tuple[UUID, str]]:
    """Return whom this person can put into a team: everybody not in it, but not themselves."""
    by.require(MANAGES)
    there = TeamMembership.objects.filter(team_id=team_id, ended_at=None).values("user_id")
    held = User.objects.filter(is_active=True).exclude(id__in=there).exclude(id=by.own_id)
    return [
        (user_id, f"{name}, {agency_name}")
        for user_id, name, agency_name in held.order_by("name").values_list(
            "id", "name", "agency__name"
        )
    ]


@transaction.atomic
def make_team(*, by: Actor, agency_id: UUID, asked: AskedTeam) -> UUID:
    """Make a team of an agency; nobody is in it yet."""
    by.require(MANAGES)
    if not Agency.objects.filter(id=agency_id).exists():
        raise NotFound
    _refuse(wrong_team(asked, area_names()), "No team was made.")
    _refuse_taken(Team.objects.filter(name__iexact=asked.name, ended_at=None), asked.name)
    return services.create_team(
        by=by,
        key=_free_key(asked.name, set(Team.objects.values_list("key", flat=True))),
        name=asked.name,
        agency_id=agency_id,
        areas=asked.areas,
        phone=asked.phone,
        email=asked.email,
        acknowledge_minutes=asked.minutes,
    )


@transaction.atomic
def change_team(*, by: Actor, team_id: UUID, asked: AskedTeam) -> None:
    """Rename a team, or say anew where it answers and how fast; its key and agency stay."""
    by.require(MANAGES)
    found = _standing_team(team_id)
    _refuse(wrong_team(asked, {**area_names(), **dict.fromkeys(found.areas)}), NOTHING_CHANGED)
    others = Team.objects.filter(name__iexact=asked.name, ended_at=None).exclude(id=team_id)
    _refuse_taken(others, asked.name)
    found.name, found.email, found.phone = asked.name, asked.email, asked.phone
    found.areas, found.acknowledge_minutes = list(asked.areas), asked.minutes
    found.save()
    audit.record(by=by, action="access.team_changed", subject=("team", team_id))


@transaction.atomic
def add(*, by: Actor, team_id: UUID, user_id: UUID) -> str:
    """Put somebody into a team, from their next step on; return their name."""
    by.require(MANAGES)
    managing.lock(by)
    _standing_team(team_id)
    user = managing.found(by, user_id)
    if TeamMembership.objects.filter(team_id=team_id, user_id=user_id, ended_at=None).exists():
        raise BadInput(f"{user.name} is in this team already.", kept=NOTHING_CHANGED)
    TeamMembership.objects.create(team_id=team_id, user_id=user_id, started_at=now())
    audit.record(by=by, action="access.membership_begun", subject=("user", user_id), team=team_id)
    return user.name


def held_by(*, by: Actor, team_id: UUID) -> list[Held]:
    """Return what a team has that somebody has to go on with, in numbers."""
    by.require(MANAGES)
    found = [
        each for holding in team_holdings.items() for each in holding.find(by=by, team_id=team_id)
    ]
    because = Involvement.objects.in_force(at=now()).filter(team_id=team_id).exclude(basis="team")
    found.append(Held(BESIDE, because.count(), team_id, (), BESIDE_OTHERWISE))
    return [each for each in found if each.count]


def teams_to_go_on(*, by: Actor, team_id: UUID) -> list[tuple[UUID, str]]:
    """Return the other teams in which somebody may take a reachable moment, by name."""
    return [(each.id, each.name) for each in teams(by=by) if each.holders and each.id != team_id]


@transaction.atomic
def end(*, by: Actor, team_id: UUID, to_team: UUID | None) -> None:
    """End a team. Everybody leaves it, its rota ends, and `to_team` goes on with what it had.

    Refused where it has something and no team is named that can.
    """
    by.require(MANAGES)
    managing.lock(by)
    found = _standing_team(team_id)
    held = held_by(by=by, team_id=team_id)
    _refuse_nobody(by, team_id, to_team, held)
    if to_team is not None:
        for holding in team_holdings.items():
            holding.hand_on(by=by, team_id=team_id, to_team=to_team)
    at = now()
    there = TeamMembership.objects.filter(team_id=team_id, ended_at=None)
    left = list(there.order_by("id").values_list("user_id", flat=True))
    there.update(ended_at=at)
    ahead = Shift.objects.filter(team_id=team_id)
    ahead.filter(starts_at__lt=at, ends_at__gt=at).update(ends_at=at)
    ahead.filter(starts_at__gte=at).delete()
    found.ended_at, found.goes_on_id = at, to_team
    found.save(update_fields=["ended_at", "goes_on"])
    for user_id in left:
        for follow in rights_ended.items():
            follow(by=by, ended=RightsEnded(user_id, team_id))
    _hand_on_involvements(by, team_id, to_team)
    audit.record(
        by=by,
        action="access.team_ended",
        subject=("team", team_id),
        goes_on=to_team,
        people=len(left),
    )


def _refuse_nobody(by: Actor, team_id: UUID, to_team: UUID | None, held: list[Held]) -> None:
    can = teams_to_go_on(by=by, team_id=team_id)
    if to_team is not None and to_team not in dict(can):
        raise BadInput(
            "Nobody in the team that you chose may take a reachable moment.",
            kept=NOTHING_CHANGED,
            next="Choose another team, or put somebody there who may.",
        )
    if to_team is not None or not held:
        return
    has = ", ".join(f"{each.title.lower()}: {each.count}" for each in held)
    raise BadInput(
        f"This team still has something ({has}).",
        kept=NOTHING_CHANGED,
        next="Choose the team that goes on with it."
        if can
        else "Put a practitioner or a supervisor into another team first; it can go on with it.",
    )


def _hand_on_involvements(by: Actor, team_id: UUID, to_team: UUID | None) -> None:
    """What the team itself still works with ends with it, and begins for the other."""
    in_force = Involvement.objects.in_force(at=now()).filter(team_id=team_id)
    rows = list(in_force.values_list("subject_kind", "subject_id", "basis", "because_of"))
    in_force.update(ended_at=now())
    for kind in {row[0] for row in rows} if to_team else ():
        begun: list[services.Involved] = [
            (None, to_team, subject, basis, because_of)
            for of, subject, basis, because_of in rows
            if of == kind
        ]
        services.involve(by=by, kind=kind, rows=begun)


def standing(team_ids: Collection[UUID]) -> list[UUID]:
    """Return those of these teams that have not ended."""
    held = Team.objects.filter(id__in=team_ids, ended_at=None)
    return list(held.values_list("id", flat=True))


def _standing_team(team_id: UUID) -> Team:
    found = Team.objects.select_for_update().filter(id=team_id, ended_at=None).first()
    if found is None:
        raise NotFound
    return found


def _free_key(name: str, taken: Collection[str]) -> str:
    plain = slugify(name)[:34].strip("-") or "one"
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (plain, *numbered) if key not in taken)


def _refuse(wrong: list[str], kept: str) -> None:
    if wrong:
        raise BadInput(" ".join(wrong), kept=kept)


def _refuse_taken(others: QuerySet[Any], name: str) -> None:
    if others.exists():
        raise BadInput(
            f"There is one called {name} already.",
            kept=NOTHING_CHANGED,
            next="Choose another name, so that nobody mistakes one for the other.",
        )

"""Who somebody is, who is on duty, and with whom they work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from reachable.access import closing
from reachable.access.models import (
    Absence,
    Agency,
    Involvement,
    Role,
    Shift,
    Team,
    TeamMembership,
    User,
)
from reachable.access.policy import policy
from reachable.access.rules import TeamFacts
from reachable.access.rules.rota import Planned
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.questions import Question
from reachable.foundation.time import now


@dataclass(frozen=True)
class OnDuty:
    """A person who answers for a team now, and how to reach them."""

    user_id: UUID
    name: str
    phone: str
    position: int


def actor_for(user: User) -> Actor:
    """Return what this person may do now: roles and teams are read anew at each request."""
    roles = frozenset(role for (role,) in _held_roles(user_id=user.id))
    in_force = policy()
    return Actor(
        kind="person",
        id=user.id,
        name=user.name,
        agency_id=user.agency_id,
        agency=user.agency.name,
        agency_kind=user.agency.kind,
        team_ids=frozenset(team for (team,) in _held_teams(user_id=user.id)),
        roles=roles,
        capabilities=in_force.capabilities_of(roles),
        scopes=in_force.scopes_of(roles),
        writes=in_force.scopes_of(roles, "writes"),
        shares=in_force.scopes_of(roles, "shares"),
    )


@Question
def _held_roles(user_id: Any) -> QuerySet[Role, Any]:
    return Role.objects.filter(user_id=user_id, ended_at=None).values_list("role")


@Question
def _held_teams(user_id: Any) -> QuerySet[TeamMembership, Any]:
    return TeamMembership.objects.filter(user_id=user_id, ended_at=None).values_list("team_id")


def _roles_with(capability: str) -> list[str]:
    return [role.key for role in policy().roles.values() if capability in role.may]


def able(*, capability: str, user_ids: Iterable[UUID] | None = None) -> frozenset[UUID]:
    """Return who may do something now: of these people, or of all."""
    held = Role.objects.filter(
        user__is_active=True, ended_at=None, role__in=_roles_with(capability)
    )
    if user_ids is not None:
        held = held.filter(user_id__in=list(user_ids))
    return frozenset(held.values_list("user_id", flat=True))


def of_agencies(
    *, by: Actor, capability: str, agency_ids: Iterable[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Return agency → who may do something there, for telling them."""
    by.require("intake.watch_all")
    held = Role.objects.filter(
        user__is_active=True,
        user__agency_id__in=list(agency_ids),
        ended_at=None,
        role__in=_roles_with(capability),
    )
    found: dict[UUID, set[UUID]] = {}
    for agency_id, user_id in held.values_list("user__agency_id", "user_id"):
        found.setdefault(agency_id, set()).add(user_id)
    return {agency_id: frozenset(users) for agency_id, users in found.items()}


def _may_hold() -> Q:
    """The user of a shift or a membership may hold a moment: account and role still stand."""
    held = Role.objects.filter(
        user_id=OuterRef("user_id"), ended_at=None, role__in=_roles_with("moments.hold")
    )
    return Q(Exists(held), user__is_active=True)


def on_duty(*, team_id: UUID, at: datetime) -> list[OnDuty]:
    """Return who answers for the team at that instant, in the order in which they are asked.

    A shift of somebody who is away, left the team, or may no longer hold a moment is passed over.
    """
    seen: dict[UUID, OnDuty] = {}
    for user_id, name, phone, position in _on_duty(
        team_id=team_id, at=at, roles=_roles_with("moments.hold")
    ):
        seen.setdefault(user_id, OnDuty(user_id, name, phone, position))
    return list(seen.values())


@Question
def _on_duty(team_id: Any, at: Any, roles: Any) -> QuerySet[Shift, Any]:
    shifts = _shifts(at, roles).filter(team_id=team_id)
    return shifts.values_list("user_id", "user__name", "user__phone", "position")


def shifts_between(
    *, by: Actor, first: datetime, last: datetime
) -> list[tuple[UUID, datetime, datetime]]:
    """Return who was, or is to be, on duty in that time for any team: (person, from, until)."""
    by.require("moments.rules")
    held = Shift.objects.filter(starts_at__lt=last, ends_at__gt=first)
    return list(held.values_list("user_id", "starts_at", "ends_at"))


def everybody_on_duty(*, at: datetime) -> dict[UUID, list[UUID]]:
    """Return team → who answers for it at that instant, in the order in which they are asked."""
    found: dict[UUID, list[UUID]] = {}
    shifts = _shifts(at, _roles_with("moments.hold"))
    for team_id, user_id in shifts.values_list("team_id", "user_id"):
        asked = found.setdefault(team_id, [])
        if user_id not in asked:
            asked.append(user_id)
    return found


def _shifts(at: Any, roles: Any) -> QuerySet[Shift]:
    """Shifts that run, of members who may answer. Who has two such roles is in it twice."""
    running = Shift.objects.filter(
        ~Q(Exists(_absences(at).filter(user_id=OuterRef("user_id")))),
        starts_at__lte=at,
        ends_at__gt=at,
        user__is_active=True,
        user__held_roles__ended_at=None,
        user__held_roles__role__among=roles,
        user__team_memberships__ended_at=None,
        user__team_memberships__team_id=F("team_id"),
    )
    return running.order_by("position", "starts_at", "user_id")


def _absences(at: Any) -> QuerySet[Absence]:
    return Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


def away_since(*, at: datetime) -> dict[UUID, datetime]:
    """Return who is away at that instant, and since when that has been known."""
    running = _absences(at).annotate(since=Greatest("starts_at", "entered_at"))
    return dict(running.order_by("since").values_list("user_id", "since"))


def shifts_that_count(*, team_id: UUID, first: datetime, last: datetime) -> list[Planned]:
    """Return the team's shifts in that time, of members who may answer."""
    held = Shift.objects.filter(
        _may_hold(),
        Exists(
            TeamMembership.objects.filter(
                user_id=OuterRef("user_id"), team_id=team_id, ended_at=None
            )
        ),
        team_id=team_id,
        starts_at__lt=last,
        ends_at__gt=first,
    )
    columns = ("user_id", "starts_at", "ends_at", "position")
    return [Planned(*each) for each in held.values_list(*columns)]


def holding_since() -> dict[UUID, datetime]:
    """Return team → since when one of those who are in it now may hold a moment.

    A team in which nobody may is left out.
    """
    holders = TeamMembership.objects.filter(
        ended_at=None,
        user__is_active=True,
        user__held_roles__ended_at=None,
        user__held_roles__role__in=_roles_with("moments.hold"),
    )
    since = Greatest("started_at", "user__held_roles__started_at")
    return dict(holders.values_list("team_id").annotate(since=Min(since)))


def has_left(*, user: str) -> Q:
    """The user in that column may hold no moment, or has left the row's team.

    Somebody of another team who works with the same child has not left this one.
    """
    may = Role.objects.filter(
        user_id=OuterRef(user),
        user__is_active=True,
        ended_at=None,
        role__in=_roles_with("moments.hold"),
    )
    ever = TeamMembership.objects.filter(user_id=OuterRef(user), team_id=OuterRef("team_id"))
    return ~Q(Exists(may)) | (Q(Exists(ever)) & ~Q(Exists(ever.filter(ended_at=None))))


def members(*, team_id: UUID) -> list[OnDuty]:
    """Return everybody in the team who may hold a moment, by name."""
    found = TeamMembership.objects.filter(_may_hold(), team_id=team_id, ended_at=None).order_by(
        "user__name"
    )
    return [
        OnDuty(user_id, name, phone, 0)
        for user_id, name, phone in found.values_list("user_id", "user__name", "user__phone")
    ]


def members_of(*, team_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Return team → (user, name) of everybody in it who may hold a moment, by name."""
    held = TeamMembership.objects.filter(_may_hold(), team_id__in=set(team_ids), ended_at=None)
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for team_id, user_id, name in held.order_by("user__name").values_list(
        "team_id", "user_id", "user__name"
    ):
        found.setdefault(team_id, []).append((user_id, name))
    return found


def members_to_tell(*, team_id: UUID, at: datetime) -> list[UUID]:
    """Return members whom to tell what waits for their team: all but those away, unless all are."""
    everybody = [who.user_id for who in members(team_id=team_id)]
    away = away_since(at=at)
    return [user for user in everybody if user not in away] or everybody


def teams(*, also_ended: bool = False) -> list[TeamFacts]:
    """Return every team that stands, by key; on demand also those that have ended."""
    held = Team.objects.order_by("key")
    return [
        TeamFacts(
            id=team.id,
            key=team.key,
            name=team.name,
            phone=team.phone,
            acknowledge_minutes=team.acknowledge_minutes,
            areas=frozenset(team.areas),
            ended=team.ended_at is not None,
        )
        for team in (held if also_ended else held.filter(ended_at=None))
    ]


def team_now(team_id: UUID) -> UUID:
    """Return the team itself or, where it has ended, the one that has what it had."""
    while goes_on := Team.objects.filter(id=team_id).values_list("goes_on_id", flat=True).first():
        team_id = goes_on
    return team_id


def teams_without_holders(*, by: Actor) -> list[str]:
    """Return the names of teams in which nobody may hold a moment: none comes to them."""
    by.require("accounts.manage")
    holding = holding_since()
    return [team.name for team in teams() if team.id not in holding]


def involved_because(
    *, by: Actor, user_id: UUID, basis: str, because_of: Iterable[UUID]
) -> dict[UUID, UUID]:
    """Return reason → subject of what somebody works with now on this basis, for these reasons."""
    by.require("people.read")
    held = Involvement.objects.in_force(at=now()).filter(
        user_id=user_id, basis=basis, because_of__in=list(because_of)
    )
    pairs = held.values_list("because_of", "subject_id")
    return {reason: subject for reason, subject in pairs if reason}


def allocations(
    *, by: Actor, because_of: Iterable[UUID]
) -> list[tuple[UUID | None, UUID | None, UUID, datetime]]:
    """Return (reason, worker, subject, since) of whom agencies' records allocate now."""
    by.require("rebuild")
    held = Involvement.objects.in_force(at=now()).filter(
        because_of__among=set(because_of), basis="allocated"
    )
    return list(held.values_list("because_of", "user_id", "subject_id", "started_at"))


def working_with(
    *, by: Actor, kind: str, subject_ids: Iterable[UUID], basis: str
) -> list[tuple[UUID, UUID, datetime]]:
    """Return who works with these subjects now on this basis: (subject, person, since)."""
    del by
    return [
        (subject, user, since)
        for subject, user, since in _working_with(
            kind=kind, subject_ids=set(subject_ids), basis=basis, at=now()
        )
    ]


def working_now(
    *, by: Actor, kind: str, subject_ids: Iterable[UUID], capability: str
) -> frozenset[UUID]:
    """Return who works with a subject now, by themselves or with a team, may do that, and is kept
    from it by nothing. `subject_ids` are all who are that subject: one person of several records.

    The caller has found the subject visible to `by`.
    """
    same = list(subject_ids)
    held = Involvement.objects.in_force(at=now()).filter(subject_kind=kind, subject_id__in=same)
    pairs = list(held.values_list("user_id", "team_id"))
    teams = {team for _, team in pairs if team}
    members = TeamMembership.objects.filter(team_id__in=teams, ended_at=None)
    users = {user for user, _ in pairs if user} | set(members.values_list("user_id", flat=True))
    one = next(iter(same), None)
    if one is None or not users:
        return frozenset()
    shut = closing.closed(by=by, kind=kind, same=dict.fromkeys(same, one))
    may = able(capability=capability, user_ids=users)
    return frozenset(user for user in may if shut.opens(one, user))


@Question
def _working_with(kind: Any, subject_ids: Any, basis: Any, at: Any) -> QuerySet[Involvement, Any]:
    held = Involvement.objects.in_force(at=at).filter(
        subject_kind=kind, subject_id__among=subject_ids, basis=basis, user__isnull=False
    )
    return held.values_list("subject_id", "user_id", "started_at")


def left_teams(*, by: Actor, user_ids: Iterable[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Return (team, person) of teams that these people were in once, and are not now."""
    del by
    held = TeamMembership.objects.filter(user_id__in=set(user_ids))
    ever: set[tuple[UUID, UUID]] = set()
    now_in: set[tuple[UUID, UUID]] = set()
    for team_id, user_id, ended_at in held.values_list("team_id", "user_id", "ended_at"):
        (now_in if ended_at is None else ever).add((team_id, user_id))
    return frozenset(ever - now_in)


def names(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of workers: never of children."""
    return dict(User.objects.filter(id__in=set(user_ids)).values_list("id", "name"))


def workers(user_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return user → name and agency."""
    found = User.objects.filter(id__in=set(user_ids)).values_list("id", "name", "agency__name")
    return {user_id: (name, agency) for user_id, name, agency in found}


def kinds_of(*, by: Actor, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return user → of what kind their agency is, of those whose account still stands."""
    del by
    found = User.objects.filter(id__in=set(user_ids), is_active=True)
    return dict(found.values_list("id", "agency__kind"))


def contacts(*, by: Actor, user_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return user → name and telephone, of those whose account still stands."""
    del by
    found = User.objects.filter(id__in=set(user_ids), is_active=True)
    return {
        user_id: (name, phone) for user_id, name, phone in found.values_list("id", "name", "phone")
    }


def account_named(*, by: Actor, username: str) -> UUID:
    """Return whose account has this username, in any case."""
    by.require("accounts.manage")
    found = User.objects.filter(username__iexact=username, is_active=True)
    user_id = found.values_list("id", flat=True).first()
    if user_id is None:
        raise NotFound
    return user_id


def own_phone(*, by: Actor) -> str:
    """Return this person's own number, to spare them typing it."""
    return User.objects.values_list("phone", flat=True).get(id=by.own_id)


def agency_id(key: str) -> UUID:
    return Agency.objects.values_list("id", flat=True).get(key=key)


def agency_choices(*, by: Actor) -> list[tuple[UUID, str]]:
    """Return every agency with its name, by name."""
    del by
    return list(Agency.objects.order_by("name").values_list("id", "name"))


def agency_keys(*, by: Actor) -> dict[str, UUID]:
    """Return every agency by the key that the shell and folders name it with."""
    del by
    return dict(Agency.objects.values_list("key", "id"))


def agency_kind(*, by: Actor) -> str:
    """Return of what kind this person's own agency is."""
    return by.agency_kind or Agency.objects.values_list("kind", flat=True).get(id=by.own_agency_id)


@dataclass(frozen=True)
class AgencyFacts:
    """An agency, and whom to ask there."""

    id: UUID
    key: str
    name: str
    kind: str
    contact: str
    email: str
    phone: str


def agencies(*, by: Actor) -> list[AgencyFacts]:
    """Return every agency by name for whoever watches all of them, or this person's own."""
    by.require("intake.watch")
    held = Agency.objects.order_by("name")
    if not by.can("intake.watch_all"):
        held = held.filter(id=by.own_agency_id)
    names = ("id", "key", "name", "kind", "contact", "contact_email", "contact_phone")
    return [AgencyFacts(*each) for each in held.values_list(*names)]


def agency_names(agency_ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Agency.objects.filter(id__in=set(agency_ids)).values_list("id", "name"))


def demonstration_accounts() -> list[tuple[str, str, str]]:
    """Return one account per role (username, name, role); only a fictional place lists them."""
    held = Role.objects.filter(ended_at=None, role__in=policy().roles).order_by("user__username")
    first: dict[str, tuple[str, str, str]] = {}
    for role, username, name in held.values_list("role", "user__username", "user__name"):
        first.setdefault(role, (username, name, policy().roles[role].title))
    return [first[role] for role in policy().roles if role in first]

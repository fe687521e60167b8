"""Who looks after whose account, which roles they give, and that somebody is left who can."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from reachable.access.models import Agency, Role, Team, User
from reachable.access.policy import policy
from reachable.access.rules import EVERY_AGENCY, OF_ONE_AGENCY, RolePolicy
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import today

NOTHING_CHANGED = "Nothing was changed."


def require(by: Actor) -> None:
    """Raise Forbidden unless this person looks after accounts, of one agency or of all."""
    if not by.can(EVERY_AGENCY):
        by.require(OF_ONE_AGENCY)


def agencies_of(by: Actor) -> QuerySet[Agency]:
    """Return the agencies whose accounts this person looks after."""
    require(by)
    every = Agency.objects.order_by("name")
    return every if by.can(EVERY_AGENCY) else every.filter(id=by.own_agency_id)


def agency_choices(*, by: Actor) -> list[tuple[UUID, str]]:
    """Return the agencies whose accounts this person looks after, by name."""
    return list(agencies_of(by).values_list("id", "name"))


def accounts_of(by: Actor) -> QuerySet[User]:
    """Return the accounts that this person looks after, those that have ended too."""
    require(by)
    every = User.objects.all()
    return every if by.can(EVERY_AGENCY) else every.filter(agency_id=by.own_agency_id)


def lock(by: Actor) -> None:
    """Let one at a time end accounts and roles: two must not each count on the other to stay.

    Whoever waited may have been ended meanwhile by the one before: their right is read anew.
    """
    exclusive("access.administrators")
    if not by.is_person:
        return
    held = Role.objects.filter(user_id=by.own_id, user__is_active=True, ended_at=None)
    may = policy().capabilities_of(held.values_list("role", flat=True))
    for capability in (EVERY_AGENCY, OF_ONE_AGENCY):
        if by.can(capability) and capability not in may:
            raise Forbidden(capability)


def found(by: Actor, user_id: UUID) -> User:
    """Return an account that stands and that this person may change; another is not there."""
    account = accounts_of(by).filter(id=user_id, is_active=True).first()
    if account is None:
        raise NotFound
    refuse_own(by, user_id)
    beyond = beyond_reach(by, user_id)
    if beyond:
        raise BadInput(
            f"{account.name} is {' and '.join(beyond)}, which only a system administrator gives.",
            kept=NOTHING_CHANGED,
            next="Ask a system administrator to change or end this account.",
        )
    return account


def refuse_own(by: Actor, user_id: UUID) -> None:
    if by.id == user_id:
        raise BadInput(
            "This is your own account, which somebody else has to change.",
            kept=NOTHING_CHANGED,
            next="Ask another administrator.",
        )


def beyond_reach(by: Actor, user_id: UUID) -> list[str]:
    """Return the roles that somebody holds and this person could not give, by their titles."""
    return [role.title for role in _held_roles(user_id) if not by.can(role.given_by)]


def _held_roles(user_id: UUID) -> list[RolePolicy]:
    held = set(Role.objects.filter(user_id=user_id, ended_at=None).values_list("role", flat=True))
    return [role for key, role in policy().roles.items() if key in held]


def roles_to_give(by: Actor) -> list[RolePolicy]:
    """Return the roles that this person may give to somebody else."""
    return [role for role in policy().roles.values() if by.can(role.given_by)]


def check_roles(by: Actor, roles: Collection[str]) -> None:
    """Raise BadInput for a role that the policy lacks, or that this person may not give."""
    unknown = sorted(set(roles) - policy().roles.keys())
    if unknown:
        raise BadInput(f"The policy has no role {', '.join(unknown)}.", kept=NOTHING_CHANGED)
    given = {role.key for role in roles_to_give(by)}
    refused = [policy().roles[role].title for role in roles if role not in given]
    if refused:
        raise BadInput(
            f"You cannot give the role {' or '.join(refused)}.",
            kept=NOTHING_CHANGED,
            next="Ask a system administrator, who can.",
        )


def teams_to_give(by: Actor) -> list[tuple[UUID, str]]:
    """Return the teams into which this person may put somebody, by name: of their own agency, or
    of every agency."""
    held = Team.objects.filter(agency__in=agencies_of(by), ended_at=None).order_by("name")
    return list(held.values_list("id", "name"))


def check_teams(by: Actor, teams: Iterable[UUID]) -> None:
    """Raise BadInput for a team into which this person may put nobody."""
    if not {team_id for team_id, _ in teams_to_give(by)}.issuperset(teams):
        raise BadInput(
            "One of these teams belongs to another agency, or has ended.",
            kept=NOTHING_CHANGED,
            next="Choose from the teams that are offered, or ask a system administrator.",
        )


def two_needed(roles: Iterable[str]) -> list[str]:
    """Return those of these roles that a second person has to approve."""
    return sorted(role for role in roles if policy().roles[role].second_person)


def refuse_last(*, user_id: UUID, ending: Collection[str], on: date | None = None) -> None:
    """Raise BadInput where nobody would be left who looks after the accounts of every agency.

    `ending` are the roles that end. The lock is held. An account that has a last day counts no
    longer than that: without `on`, only those that have none yet are left for good.
    """
    if not _is_last(user_id, ending, on):
        return
    raise BadInput(
        "Nobody else can look after all accounts: this is the last system administrator.",
        kept=NOTHING_CHANGED,
        next="Invite another one first, and wait until they have come.",
    )


def _is_last(user_id: UUID, ending: Collection[str], on: date | None) -> bool:
    managing = {key for key, role in policy().roles.items() if EVERY_AGENCY in role.may}
    mine = _active(managing).filter(user_id=user_id)
    held = set(mine.values_list("role", flat=True))
    if not held or held - set(ending):
        return False
    others = _active(managing).exclude(user_id=user_id)
    if on is not None:
        others = others.filter(Q(user__last_day=None) | Q(user__last_day__gt=on))
    return not others.exists()


def is_over(user: User) -> bool:
    """Whether somebody's last day is over, though the account has not been ended yet.

    Not for the last who looks after all accounts: they stay, and the page of people says so.
    """
    if user.last_day is None or user.last_day >= today():
        return False
    return not _is_last(user.id, policy().roles.keys(), today() - timedelta(days=1))


def _active(roles: Collection[str]) -> QuerySet[Role]:
    return Role.objects.filter(ended_at=None, user__is_active=True, role__in=roles)


def left_alone(*, user_id: UUID, ending: Collection[str]) -> list[str]:
    """Return who of an agency would stay without an administrator of their own, by name.

    Nobody, where this person is not the last one or stays.
    """
    looking = {key for key, role in policy().roles.items() if OF_ONE_AGENCY in role.may}
    agency_id = User.objects.values_list("agency_id", flat=True).get(id=user_id)
    there = _active(looking).filter(user__agency_id=agency_id)
    held = set(there.filter(user_id=user_id).values_list("role", flat=True))
    if not held or held - set(ending) or there.exclude(user_id=user_id).exists():
        return []
    others = User.objects.filter(agency_id=agency_id, is_active=True).exclude(id=user_id)
    return list(others.order_by("name").values_list("name", flat=True))


def refuse_alone(names: list[str], knowing: bool) -> None:
    """Raise BadInput where people would be left alone and whoever does this has not said so."""
    if not names or knowing:
        return
    raise BadInput(
        f"Nobody of this agency would look after its accounts any more: {in_short(names)} "
        f"{'stays' if len(names) == 1 else 'stay'} without an administrator of their own.",
        kept=NOTHING_CHANGED,
        next="Ask a system administrator to appoint another first, or say that you know it.",
    )


def in_short(names: list[str], most: int = 3) -> str:
    """Say names as a list, and of many only how many more there are."""
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]

"""Accounts, teams, rota and involvement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from reachable.access import allocating, managing, organisations, planning, sessions
from reachable.access.models import Agency, Involvement, Role, Team, TeamMembership, User
from reachable.access.policy import policy
from reachable.access.registries import RightsEnded, rights_ended
from reachable.access.rules.rota import Planned
from reachable.access.selectors import teams_without_holders
from reachable.audit import services as audit
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert, exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.models import Partnership
from reachable.foundation.time import now

COUNTS = system("accounts")
"""Sees which teams have nobody left, whoever ends an account of them."""


@transaction.atomic
def name_partnership(*, by: Actor, name: str, fictional: bool) -> None:
    """Say whom this deployment serves, and whether anybody in it is real."""
    by.require("accounts.manage")
    Partnership.objects.update_or_create(only=True, defaults={"name": name, "fictional": fictional})
    audit.record(by=by, action="access.partnership_named", subject=("partnership", None))


@transaction.atomic
def create_agency(*, by: Actor, key: str, name: str, kind: str, contact: str = "") -> UUID:
    by.require("accounts.manage")
    agency = Agency.objects.create(key=key, name=name, kind=kind, contact=contact)
    audit.record(by=by, action="access.agency_created", subject=("agency", agency.id))
    return agency.id


@transaction.atomic
def set_contact(*, by: Actor, agency_id: UUID, contact: str, email: str, phone: str) -> None:
    """Say whom to ask at an agency, a person or a desk."""
    by.require("agencies.contact")
    changed = Agency.objects.filter(id=agency_id).update(
        contact=contact, contact_email=email, contact_phone=phone
    )
    if not changed:
        raise NotFound
    audit.record(by=by, action="access.contact_changed", subject=("agency", agency_id))


@transaction.atomic
def create_team(
    *,
    by: Actor,
    key: str,
    name: str,
    agency_id: UUID,
    areas: Sequence[str] = (),
    phone: str = "",
    email: str = "",
    acknowledge_minutes: int = 30,
) -> UUID:
    by.require("accounts.manage")
    team = Team.objects.create(
        key=key,
        name=name,
        agency_id=agency_id,
        areas=list(areas),
        phone=phone,
        email=email,
        acknowledge_minutes=acknowledge_minutes,
    )
    audit.record(by=by, action="access.team_created", subject=("team", team.id))
    return team.id


@transaction.atomic
def create_account(
    *,
    by: Actor,
    username: str,
    name: str,
    agency_id: UUID,
    roles: Iterable[str],
    teams: Iterable[UUID] = (),
    job_title: str = "",
    email: str = "",
    phone: str = "",
    staff_number: str = "",
    password_hash: str = "",
    last_day: date | None = None,
) -> UUID:
    """Create an account with its roles and teams; without a password hash nobody signs in."""
    by.require("accounts.manage")
    roles = tuple(roles)
    unknown = set(roles) - policy().roles.keys()
    if unknown:
        raise BadInput(f"The policy has no role {', '.join(sorted(unknown))}.")
    if User.objects.filter(username__iexact=username).exists():
        raise BadInput(
            f"There is an account {username} already; capital letters make no difference.",
            kept="No account was created.",
            next="Choose another username.",
        )
    user = User(
        username=username,
        name=name,
        agency_id=agency_id,
        job_title=job_title,
        email=email,
        phone=phone,
        staff_number=allocating.as_kept(staff_number),
        made_at=now(),
        last_day=last_day,
    )
    if user.staff_number:
        exclusive("people.identify")
        allocating.refuse_taken(agency_id=agency_id, number=user.staff_number)
    user.password = password_hash
    if not password_hash:
        user.set_unusable_password()
    user.save(force_insert=True)
    at = now()
    for role in roles:
        Role.objects.create(user=user, role=role, started_at=at)
    for team_id in teams:
        TeamMembership.objects.create(user=user, team_id=team_id, started_at=at)
    audit.record(
        by=by, action="access.account_created", subject=("user", user.id), roles=sorted(roles)
    )
    allocating.tell_of_numbers(by=by, agency_id=agency_id, numbers={user.staff_number} - {""})
    return user.id


@transaction.atomic
def end_role(*, by: Actor, user_id: UUID, role: str, knowing: bool = False) -> list[str]:
    """End a role; it is gone at the person's next request.

    Return the names of teams in which that leaves nobody who may hold a moment. Refused for the
    last who looks after all accounts; for the last who does so for an agency, unless `knowing`.
    """
    managing.lock(by)
    managing.found(by, user_id)
    _somebody_stays(user_id, [role], knowing or by.is_system)
    empty = teams_without_holders(by=COUNTS)
    if not Role.objects.filter(user_id=user_id, role=role, ended_at=None).update(ended_at=now()):
        raise NotFound
    audit.record(by=by, action="access.role_ended", subject=("user", user_id), role=role)
    return _follow(by, RightsEnded(user_id), empty)


@transaction.atomic
def end_membership(*, by: Actor, user_id: UUID, team_id: UUID) -> list[str]:
    """Take somebody out of a team: what they saw with it closes, what they hold passes on.

    Return the name of the team if that leaves nobody in it who may hold a moment.
    """
    managing.lock(by)
    managing.found(by, user_id)
    empty = teams_without_holders(by=COUNTS)
    held = TeamMembership.objects.filter(user_id=user_id, team_id=team_id, ended_at=None)
    if not held.update(ended_at=now()):
        raise NotFound
    audit.record(by=by, action="access.membership_ended", subject=("user", user_id), team=team_id)
    return _follow(by, RightsEnded(user_id, team_id), empty)


@transaction.atomic
def end_account(*, by: Actor, user_id: UUID, knowing: bool = False) -> list[str]:
    """End an account with its roles and teams; what the person holds passes on.

    Return the names of teams in which that leaves nobody who may hold a moment. Refused for the
    last who looks after all accounts; for the last who does so for an agency, unless `knowing`.
    """
    managing.lock(by)
    managing.found(by, user_id)
    _somebody_stays(user_id, policy().roles.keys(), knowing or by.is_system)
    empty = teams_without_holders(by=COUNTS)
    if not User.objects.filter(id=user_id, is_active=True).update(is_active=False):
        raise NotFound
    at = now()
    Role.objects.filter(user_id=user_id, ended_at=None).update(ended_at=at)
    TeamMembership.objects.filter(user_id=user_id, ended_at=None).update(ended_at=at)
    Involvement.objects.in_force(at=at).filter(user_id=user_id).update(ended_at=at)
    sessions.end_all(user_id, by=by)
    organisations.end_all(by=by, user_id=user_id)
    audit.record(by=by, action="access.account_ended", subject=("user", user_id))
    return _follow(by, RightsEnded(user_id), empty)


def _follow(by: Actor, ended: RightsEnded, empty_before: list[str]) -> list[str]:
    for follow in rights_ended.items():
        follow(by=by, ended=ended)
    return [name for name in teams_without_holders(by=COUNTS) if name not in empty_before]


def _somebody_stays(user_id: UUID, ending: Collection[str], knowing: bool) -> None:
    """Raise BadInput where nobody would be left who can; the lock is held."""
    managing.refuse_last(user_id=user_id, ending=ending)
    managing.refuse_alone(managing.left_alone(user_id=user_id, ending=ending), knowing)


@transaction.atomic
def plan_shifts(
    *, by: Actor, team_id: UUID, shifts: Iterable[tuple[UUID, datetime, datetime, int]]
) -> int:
    """Add shifts (user, starts, ends, position) to a team's rota: of its members only."""
    by.require("accounts.manage")
    return planning.add(by=by, team_id=team_id, shifts=[Planned(*each) for each in shifts])


# (user, team, subject, basis, because of which moment); either a user or a team.
Involved = tuple[UUID | None, UUID | None, UUID, str, UUID | None]


def involve(*, by: Actor, rows: Sequence[Involved], kind: str) -> None:
    """Begin involvements, in the caller's transaction, whose audit entry covers them."""
    del by
    at = now()
    bulk_insert(
        Involvement,
        [
            *("id", "user", "team", "subject_kind", "subject_id"),
            *("basis", "because_of", "started_at", "ended_at"),
        ],
        [
            (new_id(), user, team, kind, subject, basis, because_of, at, None)
            for user, team, subject, basis, because_of in rows
        ],
    )


def involve_until(
    *, by: Actor, user_id: UUID, kind: str, subject_id: UUID, basis: str, until: datetime
) -> UUID:
    """Begin what ends by itself, in the caller's transaction, whose audit entry covers it."""
    del by
    held = Involvement.objects.create(
        user_id=user_id,
        subject_kind=kind,
        subject_id=subject_id,
        basis=basis,
        started_at=now(),
        until=until,
    )
    return held.id


def end_early(*, by: Actor, involvement_id: UUID) -> bool:
    """End what would end by itself later, in the caller's transaction; say whether it still ran."""
    del by
    at = now()
    held = Involvement.objects.in_force(at=at).filter(id=involvement_id)
    return bool(held.update(ended_at=at))


def end_involvement(
    *,
    by: Actor,
    because_of: UUID,
    user_id: UUID | None = None,
    except_user: UUID | None = None,
    keep_team: bool = False,
) -> int:
    """End what somebody was given because of a moment: of one person, of all but one, or all.

    The team's own involvement stays with `except_user` and with `keep_team`.
    """
    del by
    ending = Involvement.objects.in_force(at=now()).filter(because_of=because_of)
    if user_id is not None:
        ending = ending.filter(user_id=user_id)
    if except_user is not None:
        ending = ending.exclude(user_id=except_user)
    if except_user is not None or keep_team:
        ending = ending.exclude(user__isnull=True)
    return ending.update(ended_at=now())


def end_involvements(*, by: Actor, basis: str, because_of: Sequence[UUID]) -> int:
    """End what anybody was given on a basis for any of these reasons."""
    del by
    in_force = Involvement.objects.in_force(at=now())
    ending = in_force.filter(basis=basis, because_of__in=because_of)
    return ending.update(ended_at=now())


def signed_out(*, by: Actor) -> None:
    """Note that somebody signed out."""
    with transaction.atomic():
        audit.record(by=by, action="access.signed_out", subject=("user", by.id))

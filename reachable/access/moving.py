"""Movers and leavers: roles and teams change, details change, an account ends at once or on a day.

Each change is in force at the person's next request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.access import allocating, handing, managing, second_person, services
from reachable.access.models import Role, TeamMembership, User
from reachable.access.policy import policy
from reachable.access.registries import sign_in_changed
from reachable.access.rules.joining import Asked, wrong_with
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now, today

KIND = "access.role"
NOTHING_CHANGED = "Nothing was changed."
LONGEST = timedelta(days=731)


@dataclass(frozen=True)
class Changed:
    """What became of a change: what waits for a second person, and teams that it left empty."""

    handed: int
    waits_for: tuple[str, ...]
    empty_teams: tuple[str, ...]


@transaction.atomic
def change_roles_and_teams(
    *,
    by: Actor,
    user_id: UUID,
    roles: Collection[str],
    teams: Collection[UUID],
    to: Mapping[str, UUID] | None = None,
    reason: str = "",
    knowing: bool = False,
) -> Changed:
    """Let somebody have these roles and teams from now on, and hand on first what `to` says.

    A role that takes two people waits for the second one, for `reason`; everything else is done.
    """
    managing.lock(by)
    managing.found(by, user_id)
    held, member = held_roles(user_id), teams_of(user_id)
    if not roles:
        raise BadInput(
            "An account needs a role.",
            kept=NOTHING_CHANGED,
            next="Choose one, or end the account.",
        )
    managing.check_roles(by, set(roles) - held)
    managing.check_teams(by, set(teams) - member)
    handed = handing.hand_over(by=by, user_id=user_id, to=to or {})
    waits_for = tuple(_give(by, user_id, sorted(set(roles) - held), reason))
    for team_id in sorted(set(teams) - member):
        TeamMembership.objects.create(user_id=user_id, team_id=team_id, started_at=now())
        audit.record(
            by=by, action="access.membership_begun", subject=("user", user_id), team=team_id
        )
    empty: list[str] = []
    for team_id in sorted(member - set(teams)):
        empty += services.end_membership(by=by, user_id=user_id, team_id=team_id)
    for role in sorted(held - set(roles)):
        empty += services.end_role(by=by, user_id=user_id, role=role, knowing=knowing)
    return Changed(handed, waits_for, tuple(dict.fromkeys(empty)))


def held_roles(user_id: UUID) -> set[str]:
    held = Role.objects.filter(user_id=user_id, ended_at=None, role__in=policy().roles)
    return set(held.values_list("role", flat=True))


def teams_of(user_id: UUID) -> set[UUID]:
    held = TeamMembership.objects.filter(user_id=user_id, ended_at=None)
    return set(held.values_list("team_id", flat=True))


def _give(by: Actor, user_id: UUID, roles: list[str], reason: str) -> list[str]:
    """Give roles; return the titles of those that wait for a second person."""
    needed = managing.two_needed(roles)
    for role in roles:
        if role not in needed:
            _begin(by, user_id, role)
    if needed:
        second_person.ask(
            by=by, kind=KIND, subject=("user", user_id), details={"roles": needed}, reason=reason
        )
    return [policy().roles[role].title for role in needed]


def _begin(by: Actor, user_id: UUID, role: str) -> None:
    Role.objects.create(user_id=user_id, role=role, started_at=now())
    audit.record(by=by, action="access.role_given", subject=("user", user_id), role=role)


def in_words(*, subject_id: UUID, details: dict[str, Any]) -> str:
    """Say what somebody is to be given."""
    user = User.objects.select_related("agency").get(id=subject_id)
    titles = " and ".join(policy().roles[role].title for role in details["roles"])
    return f"Give {user.name} of {user.agency.name} the role {titles}"


def carry_out(*, by: Actor, subject_id: UUID, details: dict[str, Any]) -> None:
    """Give roles that a second person approved."""
    managing.found(by, subject_id)
    held = held_roles(subject_id)
    for role in details["roles"]:
        if role not in held:
            _begin(by, subject_id, role)


def give_up(*, by: Actor, subject_id: UUID) -> None:
    """A role that nobody approved was never given."""
    del by, subject_id


@transaction.atomic
def change_details(
    *,
    by: Actor,
    user_id: UUID,
    name: str,
    job_title: str,
    email: str,
    phone: str,
    staff_number: str,
) -> None:
    """Change what an account says of somebody. Roles, teams and the agency stay."""
    user = managing.found(by, user_id)
    asked = Asked(name, user.username, email, job_title, roles=("as they are",))
    wrong = wrong_with(asked, today())
    if len(phone) > 30 or not phone.isprintable():
        wrong.append("A telephone number has 30 signs at most.")
    if wrong:
        raise BadInput(" ".join(wrong), kept=NOTHING_CHANGED)
    before = user.email
    user.name, user.job_title = " ".join(name.split()), " ".join(job_title.split())
    user.email, user.phone = email, phone.strip()
    user.save(update_fields=["name", "job_title", "email", "phone"])
    audit.record(by=by, action="access.details_changed", subject=("user", user_id))
    if before.casefold() != email.casefold():
        _tell_of_new_address(by, user_id, before)
    if allocating.as_kept(staff_number) != user.staff_number:
        allocating.give_staff_number(by=by, user_id=user_id, number=staff_number)


def _tell_of_new_address(by: Actor, user_id: UUID, before: str) -> None:
    """Tell of it where mail went until now: whoever moves an address takes what is sent to it."""
    audit.record(by=by, action="access.email_changed", subject=("user", user_id))
    for tells in sign_in_changed.items():
        tells(by=by, user_id=user_id, kind="email_changed", to=before)


@transaction.atomic
def leave(
    *,
    by: Actor,
    user_id: UUID,
    last_day: date | None,
    to: Mapping[str, UUID] | None = None,
    knowing: bool = False,
) -> Changed:
    """End an account at once or, with `last_day`, at the end of that day; hand on what `to` says.

    What was not handed on passes on by itself when the account ends.
    """
    managing.lock(by)
    managing.found(by, user_id)
    if last_day is None:
        handed = handing.hand_over(by=by, user_id=user_id, to=to or {})
        empty = services.end_account(by=by, user_id=user_id, knowing=knowing)
        return Changed(handed, (), tuple(empty))
    if not today() <= last_day <= today() + LONGEST:
        raise BadInput(
            "The last day is today or later, and two years ahead at most.",
            kept=NOTHING_CHANGED,
            next="Choose another day, or end the account at once.",
        )
    ending = policy().roles.keys()
    managing.refuse_last(user_id=user_id, ending=ending, on=last_day)
    managing.refuse_alone(managing.left_alone(user_id=user_id, ending=ending), knowing)
    handed = handing.hand_over(by=by, user_id=user_id, to=to or {})
    User.objects.filter(id=user_id).update(last_day=last_day)
    audit.record(by=by, action="access.last_day_said", subject=("user", user_id))
    return Changed(handed, (), ())


@transaction.atomic
def stay(*, by: Actor, user_id: UUID) -> None:
    """Take a last day back: the account goes on."""
    user = managing.found(by, user_id)
    if user.last_day is None:
        raise BadInput("This account has no last day.", kept=NOTHING_CHANGED)
    User.objects.filter(id=user_id).update(last_day=None)
    audit.record(by=by, action="access.last_day_taken_back", subject=("user", user_id))


def end_those_due(*, by: Actor) -> int:
    """End each account whose last day is over, in a transaction of its own; return how many.

    The last who looks after all accounts stays, and the page of people says so.
    """
    by.require("accounts.manage")
    over = User.objects.filter(is_active=True, last_day__lt=today()).order_by("last_day", "id")
    ended = 0
    for user_id in over.values_list("id", flat=True):
        try:
            services.end_account(by=by, user_id=user_id, knowing=True)
        except (BadInput, NotFound):
            continue
        ended += 1
    return ended

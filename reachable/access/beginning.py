"""A partnership begins: its first agency, and two people who look after all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from reachable.access import invitations, services, teams
from reachable.access.models import Invitation, Role, Shift, User
from reachable.access.policy import policy
from reachable.access.rules.beginning import Missing, Standing, missing
from reachable.access.rules.joining import Asked
from reachable.access.rules.partners import AskedAgency
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now

MANAGER = "system_administrator"
NOTHING_BEGUN = "Nothing was begun."


@dataclass(frozen=True)
class First:
    """One of the first two administrators, and the link that is shown this once."""

    name: str
    username: str
    link: str


@transaction.atomic
def begin(
    *, by: Actor, name: str, agency: AskedAgency, administrators: Sequence[Asked]
) -> list[First]:
    """Name the partnership, make its first agency, and invite two system administrators.

    Each gets a link of their own, which works once, for seven days. No e-mail leaves.
    """
    by.require("accounts.manage")
    exclusive("access.administrators")
    exclusive("access.invitations")
    _refuse_begun()
    if not name.strip() or len(name) > 120 or not name.isprintable():
        raise BadInput("The partnership needs a name of 120 letters at most.", kept=NOTHING_BEGUN)
    _refuse_one(administrators)
    services.name_partnership(by=by, name=" ".join(name.split()), fictional=False)
    agency_id = teams.make_agency(by=by, asked=agency)
    return [_invite(by, agency_id, each) for each in administrators]


def _refuse_begun() -> None:
    if User.objects.exists():
        raise BadInput(
            "People have accounts here already.",
            kept="Nothing was changed.",
            next="A system administrator invites others under People.",
        )
    waiting = Invitation.objects.filter(taken_back_at=None, accepted_at=None)
    if waiting.exists():
        names = " and ".join(waiting.order_by("username").values_list("username", flat=True)[:2])
        raise BadInput(
            f"This partnership has begun, and {names} were invited.",
            kept="Nothing was changed.",
            next="If a link was lost: reachable account invitation-link USERNAME",
        )


def _refuse_one(administrators: Sequence[Asked]) -> None:
    """Two halves of what takes two people must not be one person."""
    names = {each.username.casefold() for each in administrators}
    addresses = {each.email.casefold() for each in administrators}
    if len(names) < 2 or len(addresses) < 2:
        raise BadInput(
            "Two different people are needed, with two user names and two e-mail addresses: some "
            "roles are given by two.",
            kept=NOTHING_BEGUN,
            next="Name a second person.",
        )


def _invite(by: Actor, agency_id: UUID, asked: Asked) -> First:
    invitations.invite_first(by=by, agency_id=agency_id, asked=asked)
    link = invitations.link_for(by=by, username=asked.username)
    return First(asked.name, asked.username, link)


def still_missing(*, by: Actor) -> Sequence[Missing]:
    """Return what a partnership needs before it works, for whoever can do something about it."""
    by.require("accounts.manage")
    held = Role.objects.filter(ended_at=None, user__is_active=True, role__in=policy().roles)
    roles = list(held.values_list("user_id", "role"))
    every = teams.teams(by=by)
    waiting = Invitation.objects.filter(taken_back_at=None, accepted_at=None)
    return missing(
        Standing(
            managers=len({user for user, role in roles if role == MANAGER}),
            teams=len(every),
            teams_without_holders=sum(not team.holders for team in every),
            planned=Shift.objects.filter(ends_at__gt=now(), team__ended_at=None).count(),
            roles=frozenset(role for _, role in roles),
            waits=frozenset(
                role for roles in waiting.values_list("roles", flat=True) for role in roles
            ),
            areas=len(teams.area_names()),
        )
    )

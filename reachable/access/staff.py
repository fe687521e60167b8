"""The people of an agency, for whoever looks after their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from reachable.access import managing, second_person
from reachable.access.invitations import KIND, mail_leaves, may_hand_over, stands
from reachable.access.models import Invitation, Role, Team, TeamMembership, User
from reachable.access.policy import policy
from reachable.access.selectors import away_since
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now, today

A_PAGE = 50
UNUSED_AFTER = timedelta(days=90)
SHOWN = {
    "": "Everybody",
    "unused": "Not used for 90 days",
    "leaving": "With a last day",
    "ended": "Ended",
}


@dataclass(frozen=True)
class PersonRow:
    """Somebody with an account. `unused` where nobody used it for 90 days."""

    id: UUID
    name: str
    username: str
    job_title: str
    agency: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    since: datetime | None
    last_signed_in: datetime | None
    last_day: date | None
    away: bool
    unused: bool
    ended: bool

    @property
    def overdue(self) -> bool:
        """The last day is over and the account stands: nobody else could manage accounts."""
        return not self.ended and self.last_day is not None and self.last_day < today()


@dataclass(frozen=True)
class InvitationRow:
    """Somebody who was invited and has not come; `state` says where it stands."""

    id: UUID
    name: str
    username: str
    email: str
    agency: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    invited_by: str
    invited_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    last_day: date | None
    next_try_at: datetime | None
    by_hand: bool
    state: str


@dataclass(frozen=True)
class People:
    """One page of people, those invited, and how many there are of what is to be looked at."""

    rows: tuple[PersonRow, ...]
    invited: tuple[InvitationRow, ...]
    number: int
    pages: int
    total: int
    unused: int
    leaving: int
    requests: int
    agencies: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class PersonFacts:
    """Everything that an account says of somebody, and what `by` may do with it."""

    row: PersonRow
    email: str
    phone: str
    staff_number: str
    role_keys: frozenset[str]
    team_ids: frozenset[UUID]
    beyond: tuple[str, ...]
    own: bool
    waits_for: tuple[str, ...]

    @property
    def may_change(self) -> bool:
        return not (self.row.ended or self.beyond or self.own)


def people(
    *, by: Actor, words: str = "", show: str = "", agency_id: UUID | None = None, page: int = 1
) -> People:
    """Return the people whose accounts this person looks after, by name, narrowed and paged."""
    mine = managing.accounts_of(by)
    if agency_id is not None:
        mine = mine.filter(agency_id=agency_id)
    active = mine.filter(is_active=True)
    kinds = {
        "unused": _unused(active),
        "leaving": active.exclude(last_day=None),
        "ended": mine.filter(is_active=False),
    }
    found = _named(kinds.get(show, active), words)
    total = found.count()
    pages = max(1, ceil(total / A_PAGE))
    number = min(max(1, page), pages)
    first = (number - 1) * A_PAGE
    held = found.select_related("agency").order_by("name", "id")[first : first + A_PAGE]
    return People(
        rows=tuple(_rows(list(held))),
        invited=tuple(_invited(by, words, agency_id)) if not show and number == 1 else (),
        number=number,
        pages=pages,
        total=total,
        unused=kinds["unused"].count(),
        leaving=kinds["leaving"].count(),
        requests=len(second_person.waiting(by=by)),
        agencies=tuple(managing.agencies_of(by).values_list("id", "name")),
    )


def _unused(held: QuerySet[User]) -> QuerySet[User]:
    """Nobody signed in for 90 days, counted from when the account was made where nobody ever did.

    Accounts from before that was noted count as old.
    """
    used = Coalesce("last_login", "made_at")
    long_ago = now() - UNUSED_AFTER
    return held.annotate(used=used).filter(Q(used=None) | Q(used__lt=long_ago))


def _named(held: QuerySet[User], words: str) -> QuerySet[User]:
    for word in words.split()[:6]:
        held = held.filter(
            Q(name__icontains=word)
            | Q(username__icontains=word)
            | Q(email__icontains=word)
            | Q(job_title__icontains=word)
        )
    return held


def _rows(held: list[User]) -> list[PersonRow]:
    ids = [user.id for user in held]
    roles: dict[UUID, list[str]] = {}
    theirs = Role.objects.filter(user_id__in=ids, ended_at=None, role__in=policy().roles)
    for user_id, role in theirs.order_by("role").values_list("user_id", "role"):
        roles.setdefault(user_id, []).append(policy().roles[role].title)
    teams: dict[UUID, list[str]] = {}
    members = TeamMembership.objects.filter(user_id__in=ids, ended_at=None).order_by("team__name")
    for user_id, name in members.values_list("user_id", "team__name"):
        teams.setdefault(user_id, []).append(name)
    away, long_ago = away_since(at=now()), now() - UNUSED_AFTER
    return [
        PersonRow(
            id=user.id,
            name=user.name,
            username=user.username,
            job_title=user.job_title,
            agency=user.agency.name,
            roles=tuple(roles.get(user.id, ())),
            teams=tuple(teams.get(user.id, ())),
            since=user.made_at,
            last_signed_in=user.last_login,
            last_day=user.last_day,
            away=user.id in away,
            unused=(user.last_login or user.made_at or long_ago) <= long_ago,
            ended=not user.is_active,
        )
        for user in held
    ]


def _invited(by: Actor, words: str, agency_id: UUID | None) -> list[InvitationRow]:
    held = Invitation.objects.filter(
        agency__in=managing.agencies_of(by), taken_back_at=None, accepted_at=None
    )
    if agency_id is not None:
        held = held.filter(agency_id=agency_id)
    for word in words.split()[:6]:
        held = held.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    found = list(held.select_related("agency", "invited_by").order_by("name", "id")[:500])
    awaiting = second_person.awaiting(kind=KIND, subject_ids=[each.id for each in found])
    names = {str(team): name for team, name in Team.objects.values_list("id", "name")}
    return [
        InvitationRow(
            id=each.id,
            name=each.name,
            username=each.username,
            email=each.email,
            agency=each.agency.name,
            roles=tuple(
                policy().roles[role].title for role in each.roles if role in policy().roles
            ),
            teams=tuple(names[team] for team in each.teams if team in names),
            invited_by=each.invited_by.name if each.invited_by else "Reachable",
            invited_at=each.invited_at,
            sent_at=each.sent_at,
            expires_at=each.expires_at,
            last_day=each.last_day,
            next_try_at=each.next_try_at,
            by_hand=may_hand_over(each) and each.id not in awaiting,
            state=_state(each, each.id in awaiting),
        )
        for each in found
    ]


def _state(held: Invitation, awaits_second: bool) -> str:
    """Name where an invitation stands."""
    if awaits_second:
        return "awaits_second"
    if not stands(held):
        return "void"
    if held.waiting:
        if not mail_leaves():
            return "no_mail"
        return "tried_again" if held.tries else "leaves"
    if held.last_error:
        return "lost" if held.digest else "given_up"
    if held.expires_at is None or held.expires_at <= now():
        return "expired"
    return "handed" if held.by_hand else "sent"


def person(*, by: Actor, user_id: UUID) -> PersonFacts:
    """Return one account that this person looks after."""
    user = managing.accounts_of(by).select_related("agency").filter(id=user_id).first()
    if user is None:
        raise NotFound
    roles = Role.objects.filter(user_id=user_id, ended_at=None, role__in=policy().roles)
    teams = TeamMembership.objects.filter(user_id=user_id, ended_at=None)
    waits = second_person.waiting_for(kind="access.role", subject_id=user_id)
    return PersonFacts(
        row=_rows([user])[0],
        email=user.email,
        phone=user.phone,
        staff_number=user.staff_number,
        role_keys=frozenset(roles.values_list("role", flat=True)),
        team_ids=frozenset(teams.values_list("team_id", flat=True)),
        beyond=tuple(managing.beyond_reach(by, user_id)),
        own=by.id == user_id,
        waits_for=tuple(policy().roles[role].title for role in waits),
    )


def team_names(*, by: Actor, team_ids: frozenset[UUID]) -> list[tuple[UUID, str]]:
    """Return these teams with their names: of any agency, as somebody of ours is in them."""
    managing.require(by)
    held = Team.objects.filter(id__in=team_ids).order_by("name")
    return list(held.values_list("id", "name"))

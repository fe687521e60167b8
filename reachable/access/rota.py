"""The rota as a page shows it: who is asked when, who is away, and the hours with nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from reachable.access.models import Absence, Shift, Team, TeamMembership
from reachable.access.registries import RotaNews, rota_news
from reachable.access.rules import rota as rules
from reachable.access.rules.rota import (
    AHEAD,
    NEAR,
    REASONS,
    Away,
    Gap,
    Stretch,
    Unrested,
    gaps,
    stretches,
)
from reachable.access.selectors import able, away_since, names, shifts_that_count
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.practice.clocks import england_and_wales
from reachable.practice.time import LONDON, start_of_day

DAYS = 14
LOOKED_BACK = timedelta(days=7)
"""Whoever has no rest today may have begun on an earlier day."""


@dataclass(frozen=True)
class Hours:
    """A time of one day in which the same people are asked, first to last."""

    starts_at: datetime
    ends_at: datetime
    asked: tuple[str, ...]
    away: tuple[str, ...]
    is_night: bool


@dataclass(frozen=True)
class Day:
    """One day of a rota; a bank holiday where the calendar says so."""

    day: date
    is_weekend: bool
    is_bank_holiday: bool
    hours: tuple[Hours, ...]


@dataclass(frozen=True)
class ShiftFacts:
    """One shift that is not over."""

    id: UUID
    user_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    position: int
    pattern: UUID | None
    mine: bool


@dataclass(frozen=True)
class AbsenceFacts:
    """Somebody is away; `reason` is empty for whoever may not know it."""

    id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime | None
    reason: str
    may_end: bool


@dataclass(frozen=True)
class RotaFacts:
    """Two weeks of a team's rota. `ever` says whether anybody was ever planned, `unrested` who is
    asked first without rest, by name."""

    team_id: UUID
    team: str
    first: date
    days: tuple[Day, ...]
    gaps: tuple[Gap, ...]
    unrested: tuple[tuple[str, Unrested], ...]
    ever: bool
    shifts: tuple[ShiftFacts, ...]
    absences: tuple[AbsenceFacts, ...]
    members: tuple[tuple[UUID, str], ...]
    can_plan: bool
    holidays_known_until: date

    @property
    def has_third(self) -> bool:
        """Say whether there is anybody third, so that a page spares an empty column."""
        return any(len(each.asked) > 2 for day in self.days for each in day.hours)


@dataclass(frozen=True)
class Uncovered:
    """A team with hours with nobody in the next two days, the first of them."""

    team_id: UUID
    team: str
    gap: Gap


def my_teams(*, by: Actor) -> list[tuple[UUID, str]]:
    """Return the teams whose rota this person may see, by name."""
    by.require("rota.read")
    held = Team.objects.filter(id__in=by.team_ids).order_by("name")
    return list(held.values_list("id", "name"))


def rota(*, by: Actor, team_id: UUID, first: date | None = None) -> RotaFacts:
    """Return two weeks of the rota of one of this person's teams, from today or a later day."""
    team = _own_team(by, team_id)
    today = now().astimezone(LONDON).date()
    first = max(today, first or today)
    begins, ends = start_of_day(first), start_of_day(first + timedelta(days=DAYS))
    found = _divided(team_id, begins, ends, rules.midnights(first, DAYS))
    ahead = [Stretch(max(each.starts_at, now()), each.ends_at, each.asked) for each in found]
    called = names(user for each in found for user in (*each.asked, *each.away))
    calendar = england_and_wales()
    can_plan = by.can("rota.plan")
    return RotaFacts(
        team_id=team_id,
        team=team,
        first=first,
        days=tuple(_day(day, found, called, calendar.holidays) for day in rules.days(first, DAYS)),
        gaps=tuple(gaps(each for each in ahead if each.starts_at < each.ends_at)),
        unrested=_unrested(team_id, begins, ends),
        ever=Shift.objects.filter(team_id=team_id).exists(),
        shifts=tuple(_shifts(by, team_id, max(begins, now()), ends)),
        absences=tuple(_absences(by, team_id, can_plan)),
        members=tuple(_members(team_id)),
        can_plan=can_plan,
        holidays_known_until=calendar.last,
    )


def shift(*, by: Actor, shift_id: UUID) -> tuple[UUID, str, ShiftFacts]:
    """Return a shift of one of this person's teams with the team's identifier and name."""
    held = Shift.objects.filter(id=shift_id).values_list("team_id", flat=True).first()
    if held is None:
        raise NotFound
    team = _own_team(by, held)
    return held, team, _facts(by, Shift.objects.select_related("user").get(id=shift_id))


def team_members(*, by: Actor, team_id: UUID) -> tuple[str, list[tuple[UUID, str]]]:
    """Return a team's name and who of it may be on its rota."""
    return _own_team(by, team_id), _members(team_id)


def uncovered(*, by: Actor, team_ids: Collection[UUID] | None = None) -> list[Uncovered]:
    """Return those teams, own ones or of all for whoever manages accounts, that have hours with
    nobody in the next two days.

    A team that never had a rota is not on call, and is left out.
    """
    if not by.is_system and not by.can("accounts.manage"):
        team_ids = by.team_ids if team_ids is None else by.team_ids & set(team_ids)
    held = Team.objects.filter(shifts__isnull=False, ended_at=None).distinct().order_by("name")
    if team_ids is not None:
        held = held.filter(id__in=list(team_ids))
    at = now()
    found = []
    for team_id, name in held.values_list("id", "name"):
        if ahead := gaps(_divided(team_id, at, at + AHEAD)):
            found.append(Uncovered(team_id, name, ahead[0]))
    return found


def answering(
    *, by: Actor, first: datetime, last: datetime
) -> list[tuple[UUID, datetime, datetime]]:
    """Return who answers for one of this person's teams in that time: (person, from, until).

    Somebody who is away answers for nobody, nor does one who has left the team.
    """
    return [
        (user_id, each.starts_at, each.ends_at)
        for team_id in by.team_ids
        for each in _divided(team_id, first, last)
        for user_id in each.asked
    ]


def tell_of_gaps(*, by: Actor) -> int:
    """Tell, once a day, whoever plans a rota that has hours with nobody; return how many are told.

    When they are near, or nobody is there to plan, the system administrators are told too. The day
    turns at eight in the morning, so that nobody is woken for it.
    """
    news = [each for team in uncovered(by=by) for each in _of_gap(team)]
    if news:
        _deliver(by, news)
    return len(news)


def _deliver(by: Actor, news: list[RotaNews]) -> None:
    with transaction.atomic():
        exclusive("rota news")
        for tell in rota_news.items():
            tell(by=by, news=news)


def _of_gap(team: Uncovered) -> list[RotaNews]:
    at = now()
    near = team.gap.starts_at - at <= NEAR
    occasion = f"{team.team_id}:{rules.told_day(at):%Y%m%d}:{'near' if near else 'ahead'}"
    members = TeamMembership.objects.filter(team_id=team.team_id, ended_at=None)
    planners = able(capability="rota.plan", user_ids=members.values_list("user_id", flat=True))
    there = planners - away_since(at=at).keys()
    told = [RotaNews(user, "gap", team.team_id, f"rota.gap:{occasion}:{user}") for user in planners]
    if near or not there:
        told += [
            RotaNews(user, "gap_unanswered", team.team_id, f"rota.gap:{occasion}:{user}")
            for user in able(capability="accounts.manage") - planners
        ]
    return sorted(told, key=lambda each: each.key)


def _own_team(by: Actor, team_id: UUID) -> str:
    by.require("rota.read")
    name = Team.objects.filter(id=team_id).values_list("name", flat=True).first()
    if name is None or not (by.is_system or team_id in by.team_ids):
        raise NotFound
    return name


def _divided(
    team_id: UUID, first: datetime, last: datetime, cut_at: Collection[datetime] = ()
) -> list[Stretch]:
    planned = shifts_that_count(team_id=team_id, first=first, last=last)
    aways = _aways({each.user_id for each in planned}, first, last)
    return stretches(planned, aways, first, last, cut_at=cut_at)


def _aways(users: Iterable[UUID], first: datetime, last: datetime) -> list[Away]:
    held = Absence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=first), user_id__in=list(users), starts_at__lt=last
    )
    return [Away(*each) for each in held.values_list("user_id", "starts_at", "ends_at")]


def _unrested(team_id: UUID, first: datetime, last: datetime) -> tuple[tuple[str, Unrested], ...]:
    """Return who is asked first without rest in that time, by name, since whenever it began."""
    found = rules.unrested(_divided(team_id, first - LOOKED_BACK, last))
    lasting = [spell for spell in found if spell.ends_at > max(first, now())]
    called = names(spell.user_id for spell in lasting)
    return tuple((called[spell.user_id], spell) for spell in lasting)


def _day(
    day: date, found: list[Stretch], called: dict[UUID, str], holidays: frozenset[date]
) -> Day:
    hours = tuple(
        Hours(
            each.starts_at,
            each.ends_at,
            tuple(called[user] for user in each.asked),
            tuple(called[user] for user in each.away),
            rules.is_night(each.starts_at, each.ends_at),
        )
        for each in found
        if each.starts_at.astimezone(LONDON).date() == day
    )
    return Day(day, day.weekday() >= 5, day in holidays, hours)


def _shifts(by: Actor, team_id: UUID, first: datetime, last: datetime) -> list[ShiftFacts]:
    held = Shift.objects.filter(team_id=team_id, starts_at__lt=last, ends_at__gt=first)
    found = held.select_related("user").order_by("starts_at", "position", "user__name", "id")
    return [_facts(by, each) for each in found]


def _facts(by: Actor, each: Shift) -> ShiftFacts:
    return ShiftFacts(
        each.id,
        each.user_id,
        each.user.name,
        each.starts_at,
        each.ends_at,
        each.position,
        each.pattern,
        each.user_id == by.id,
    )


def _absences(by: Actor, team_id: UUID, can_plan: bool) -> list[AbsenceFacts]:
    """Who is away is for the team to know; why is for supervisors and for the person."""
    members = TeamMembership.objects.filter(team_id=team_id, ended_at=None)
    held = Absence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now()), user_id__in=members.values("user_id")
    ).select_related("user")
    return [
        AbsenceFacts(
            each.id,
            each.user.name,
            each.starts_at,
            each.ends_at,
            REASONS[each.reason] if can_plan or each.user_id == by.id else "",
            can_plan or each.user_id == by.id,
        )
        for each in held.order_by("starts_at", "user__name")
    ]


def _members(team_id: UUID) -> list[tuple[UUID, str]]:
    held = TeamMembership.objects.filter(team_id=team_id, ended_at=None, user__is_active=True)
    users = dict(held.order_by("user__name").values_list("user_id", "user__name"))
    may = able(capability="moments.hold", user_ids=users)
    return [(user, name) for user, name in users.items() if user in may]

"""Planning a rota: shifts are added, changed, ended and handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access.models import Shift, TeamMembership
from reachable.access.registries import RotaNews, rota_news
from reachable.access.rules.rota import Pattern, Planned, lay_out, wrong_with
from reachable.access.selectors import able, away_since, names
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.practice.clocks import england_and_wales
from reachable.practice.time import say_day

NOTHING_CHANGED = "The rota is as it was."
OVER = "That shift is over. What was is kept as it was."


@dataclass(frozen=True)
class LaidOut:
    """How many shifts a pattern made, and which bank holidays lie in it."""

    shifts: int
    bank_holidays: tuple[date, ...]
    unknown_from: date | None


@transaction.atomic
def plan(*, by: Actor, team_id: UUID, shift: Planned) -> None:
    """Put one shift onto the rota of one's own team. What is over cannot be planned."""
    _may_plan(by, team_id)
    add(by=by, team_id=team_id, shifts=[_from_now(shift)])
    _tell(by, team_id, "planned", [shift.user_id])


@transaction.atomic
def plan_pattern(
    *, by: Actor, team_id: UUID, user_id: UUID, position: int, pattern: Pattern
) -> LaidOut:
    """Lay out a weekly pattern of one person as shifts, which can be changed one by one."""
    _may_plan(by, team_id)
    if pattern.last_day - pattern.first_day > timedelta(days=366):
        raise BadInput(
            "A rota reaches a year ahead at most.",
            kept=NOTHING_CHANGED,
            next="Choose an earlier last day.",
        )
    calendar = england_and_wales()
    hours = lay_out(pattern, lambda day: day in calendar.holidays)
    shifts = [Planned(user_id, *each, position) for each in hours if each[1] > now()]
    if not shifts:
        raise BadInput(
            "There is no such day in that time.",
            kept=NOTHING_CHANGED,
            next="Look at the days of the week, and at the first and the last day.",
        )
    add(by=by, team_id=team_id, shifts=[_from_now(each) for each in shifts], pattern=new_id())
    _tell(by, team_id, "planned", [user_id])
    first, last = pattern.first_day, pattern.last_day
    inside = sorted(
        day
        for day in calendar.holidays
        if first <= day <= last and day.weekday() in pattern.weekdays
    )
    unknown = max(first, calendar.last + timedelta(days=1))
    return LaidOut(len(shifts), tuple(inside), unknown if unknown <= last else None)


def add(*, by: Actor, team_id: UUID, shifts: Sequence[Planned], pattern: UUID | None = None) -> int:
    """Add shifts in the caller's transaction, of members only; all of them or none."""
    _refuse_wrong(team_id, shifts)
    columns = ["id", "team", "user", "starts_at", "ends_at", "position", "pattern"]
    rows = [
        (new_id(), team_id, each.user_id, each.starts_at, each.ends_at, each.position, pattern)
        for each in shifts
    ]
    count = bulk_insert(Shift, columns, rows)
    audit.record(by=by, action="access.shifts_planned", subject=("team", team_id), shifts=count)
    return count


@transaction.atomic
def change(*, by: Actor, shift_id: UUID, to: Planned) -> None:
    """Change who, when or in which place. Of a shift that runs, what is past stays as it was."""
    shift = _standing(by, shift_id)
    _may_plan(by, shift.team_id)
    before, at = shift.user_id, now()
    if shift.starts_at <= at and to.ends_at > at:
        to = Planned(to.user_id, at, to.ends_at, to.position)
        _refuse_wrong(shift.team_id, [to], without=[shift.id])
        Shift.objects.filter(id=shift.id).update(ends_at=at)
        Shift.objects.create(
            team_id=shift.team_id,
            user_id=to.user_id,
            starts_at=at,
            ends_at=to.ends_at,
            position=to.position,
            pattern=shift.pattern,
        )
    else:
        to = _from_now(to)
        _refuse_wrong(shift.team_id, [to], without=[shift.id])
        Shift.objects.filter(id=shift.id).update(
            user_id=to.user_id, starts_at=to.starts_at, ends_at=to.ends_at, position=to.position
        )
    audit.record(
        by=by, action="access.shift_changed", subject=("shift", shift.id), about=to.user_id
    )
    _tell(by, shift.team_id, "changed", {before, to.user_id})


@transaction.atomic
def end(*, by: Actor, shift_id: UUID, later_too: bool = False) -> int:
    """Take a shift off the rota, or end it now if it runs; `later_too` takes its pattern's rest.

    Return how many.
    """
    shift = _standing(by, shift_id)
    _may_plan(by, shift.team_id)
    whose = Shift.objects.filter(id=shift.id)
    if later_too and shift.pattern:
        whose = Shift.objects.filter(pattern=shift.pattern, starts_at__gte=shift.starts_at)
    told = set(whose.values_list("user_id", flat=True))
    at = now()
    ended = whose.filter(starts_at__lt=at, ends_at__gt=at).update(ends_at=at)
    removed, _ = whose.filter(starts_at__gte=at).delete()
    audit.record(
        by=by,
        action="access.shifts_ended",
        subject=("shift", shift.id),
        team=shift.team_id,
        shifts=ended + removed,
    )
    _tell(by, shift.team_id, "changed", told)
    return ended + removed


@transaction.atomic
def hand_over(*, by: Actor, shift_id: UUID, to_user: UUID) -> None:
    """Give what is left of a shift to a colleague; both are told. It stays in its place.

    Whoever has the shift does so, or somebody who plans the rota.
    """
    shift = _standing(by, shift_id)
    if shift.user_id != by.id and not by.can("rota.plan"):
        raise BadInput(
            "Only whoever has a shift, or somebody who plans the rota, can hand it over.",
            kept=NOTHING_CHANGED,
            next="Ask them, or a supervisor of the team.",
        )
    if to_user == shift.user_id:
        raise BadInput("They have that shift.", kept=NOTHING_CHANGED, next="Choose a colleague.")
    at = now()
    if to_user in away_since(at=max(at, shift.starts_at)):
        raise BadInput(
            f"{names([to_user])[to_user]} is away then, and would be passed over.",
            kept=NOTHING_CHANGED,
            next="Choose another colleague.",
        )
    given = Planned(to_user, max(at, shift.starts_at), shift.ends_at, shift.position)
    _refuse_wrong(shift.team_id, [given])
    if shift.starts_at < at:
        Shift.objects.filter(id=shift.id).update(ends_at=at)
        Shift.objects.create(
            team_id=shift.team_id,
            user_id=to_user,
            starts_at=at,
            ends_at=shift.ends_at,
            position=shift.position,
        )
    else:
        Shift.objects.filter(id=shift.id).update(user_id=to_user, pattern=None)
    audit.record(
        by=by,
        action="access.shift_handed_over",
        subject=("shift", shift.id),
        from_user=shift.user_id,
        about=to_user,
    )
    _tell(by, shift.team_id, "handed_to", [to_user])
    _tell(by, shift.team_id, "handed_away", [shift.user_id])


def _may_plan(by: Actor, team_id: UUID) -> None:
    by.require("rota.plan")
    if not by.is_system and team_id not in by.team_ids:
        raise NotFound


def _standing(by: Actor, shift_id: UUID) -> Shift:
    """Return a shift of one's own teams that is not over, so that nobody else changes it now."""
    by.require("rota.read")
    shift = Shift.objects.select_for_update().filter(id=shift_id).first()
    if shift is None or not (by.is_system or shift.team_id in by.team_ids):
        raise NotFound
    if shift.ends_at <= now():
        raise BadInput(OVER, kept=NOTHING_CHANGED, next="Choose one that is not.")
    return shift


def _from_now(shift: Planned) -> Planned:
    """Nobody becomes responsible for what has been: a shift that has begun begins now."""
    at = now()
    if shift.starts_at < shift.ends_at <= at:
        raise BadInput(
            "That time is over: nobody can be put on duty for it any more.",
            kept=NOTHING_CHANGED,
            next="Choose a time that is to come.",
        )
    if shift.starts_at < at < shift.ends_at:
        return Planned(shift.user_id, at, shift.ends_at, shift.position)
    return shift


def _refuse_wrong(team_id: UUID, new: Sequence[Planned], *, without: Iterable[UUID] = ()) -> None:
    exclusive(f"rota {team_id}")
    users = {each.user_id for each in new}
    called = names(users)
    members = TeamMembership.objects.filter(team_id=team_id, ended_at=None, user__is_active=True)
    strangers = users - set(members.values_list("user_id", flat=True))
    if strangers:
        raise BadInput(
            f"Not in this team: {', '.join(sorted(called.get(user, '?') for user in strangers))}.",
            kept="No shift was planned.",
            next="Choose members of the team: nobody else is ever asked for it.",
        )
    idle = users - able(capability="moments.hold", user_ids=users)
    if idle:
        raise BadInput(
            f"{', '.join(sorted(called[user] for user in idle))} may not take a reachable moment.",
            kept="No shift was planned.",
            next="Choose somebody who may: anybody else would be passed over.",
        )
    earliest = min((each.starts_at for each in new), default=now())
    latest = max((each.ends_at for each in new), default=earliest)
    held = Shift.objects.filter(
        team_id=team_id, user_id__in=users, starts_at__lt=latest, ends_at__gt=earliest
    ).exclude(id__in=list(without))
    columns = ("user_id", "starts_at", "ends_at", "position")
    standing = [Planned(*each) for each in held.values_list(*columns)]
    if wrong := wrong_with(new, standing, called, now()):
        raise BadInput(
            wrong,
            kept="No shift was planned.",
            next="Look at the days and the times, and at what is planned already.",
        )


def _tell(by: Actor, team_id: UUID, kind: str, users: Iterable[UUID]) -> None:
    """Tell whose rota it is; nobody is told of what they did themselves."""
    occasion = new_id()
    news = [
        RotaNews(user, kind, team_id, f"rota.{kind}:{occasion}:{user}")
        for user in sorted(users)
        if user != by.id
    ]
    for tell in rota_news.items():
        tell(by=by, news=news)


def said_of(laid: LaidOut) -> str:
    """Return in words what a pattern became."""
    count = "1 shift was" if laid.shifts == 1 else f"{laid.shifts} shifts were"
    said = f"{count} planned."
    if laid.bank_holidays:
        days = ", ".join(say_day(day) for day in laid.bank_holidays)
        said += f" Bank holidays in that time: {days}. Look at each."
    if laid.unknown_from:
        said += (
            f" Which days are bank holidays from {say_day(laid.unknown_from)} on is not known here "
            "yet: look at them yourself."
        )
    return said

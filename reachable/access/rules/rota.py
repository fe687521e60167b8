"""Who is asked when: shifts, absences, and weekly patterns laid out as shifts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from reachable.practice.time import LONDON, When, read_local, say_day, say_when, start_of_day

AHEAD = timedelta(hours=48)
"""Hours with nobody are told so long before."""
NEAR = timedelta(hours=12)
"""From then on the system administrators are told too."""
LONGEST_AHEAD = timedelta(days=366)
POSITIONS = {1: "first", 2: "second", 3: "third"}
REASONS = {"holiday": "Holiday", "sickness": "Sickness", "other": "Something else"}
NIGHT = (time(20), time(8))
REST = timedelta(hours=11)
AT_A_STRETCH = timedelta(hours=24)
"""Whoever is asked first for longer, with no eleven hours off in between, is named."""
TOLD_FROM = timedelta(hours=8)
"""What is told once a day is told from eight in the morning on."""


@dataclass(frozen=True)
class Planned:
    """A shift of somebody, as it is planned."""

    user_id: UUID
    starts_at: datetime
    ends_at: datetime
    position: int = 1


@dataclass(frozen=True)
class Away:
    """Somebody is away; without an end, until they are back."""

    user_id: UUID
    starts_at: datetime
    ends_at: datetime | None = None

    def at(self, instant: datetime) -> bool:
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)


@dataclass(frozen=True)
class Stretch:
    """A time in which the same people are asked in the same order; `away` are passed over."""

    starts_at: datetime
    ends_at: datetime
    asked: tuple[UUID, ...]
    away: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A time in which nobody is on the rota."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Unrested:
    """Somebody is asked first from one time to another, without eleven hours off in between."""

    user_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Pattern:
    """The same hours on some days of the week, from a first day to a last, both included.

    `weekdays` are counted from Monday, 0. Where `ends` is not after `starts`, it ends on the next
    day.
    """

    weekdays: frozenset[int]
    starts: time
    ends: time
    first_day: date
    last_day: date
    on_bank_holidays: bool = True


def asked_at(planned: Iterable[Planned], aways: Iterable[Away], instant: datetime) -> Stretch:
    """Return who is asked at an instant, first to last, and who would be but is away."""
    gone = {away.user_id for away in aways if away.at(instant)}
    running = sorted(
        (each for each in planned if each.starts_at <= instant < each.ends_at),
        key=lambda each: (each.position, each.starts_at, each.user_id),
    )
    order = list(dict.fromkeys(each.user_id for each in running))
    return Stretch(
        instant,
        instant,
        tuple(user for user in order if user not in gone),
        tuple(user for user in order if user in gone),
    )


def stretches(
    planned: Collection[Planned],
    aways: Collection[Away],
    first: datetime,
    last: datetime,
    *,
    cut_at: Collection[datetime] = (),
) -> list[Stretch]:
    """Divide the time from `first` to `last` by who is asked, and at each of `cut_at`."""
    edges = {first, last, *cut_at}
    edges |= {edge for each in planned for edge in (each.starts_at, each.ends_at)}
    edges |= {edge for each in aways for edge in (each.starts_at, each.ends_at) if edge}
    cuts = sorted(edge for edge in edges if first <= edge <= last)
    found: list[Stretch] = []
    for begins, ends in pairwise(cuts):
        who = asked_at(planned, aways, begins)
        before = found[-1] if found else None
        same = before and (before.asked, before.away) == (who.asked, who.away)
        if before and same and begins not in cut_at:
            found[-1] = Stretch(before.starts_at, ends, who.asked, who.away)
        else:
            found.append(Stretch(begins, ends, who.asked, who.away))
    return found


def gaps(found: Iterable[Stretch]) -> list[Gap]:
    """Return the hours with nobody, each as one."""
    joined: list[Gap] = []
    for each in found:
        if each.asked:
            continue
        if joined and joined[-1].ends_at == each.starts_at:
            joined[-1] = Gap(joined[-1].starts_at, each.ends_at)
        else:
            joined.append(Gap(each.starts_at, each.ends_at))
    return joined


def unrested(found: Iterable[Stretch]) -> list[Unrested]:
    """Return who is asked first for more than a day and a night without rest, earliest first."""
    spells: dict[UUID, list[Unrested]] = {}
    for each in found:
        if not each.asked:
            continue
        first = each.asked[0]
        own = spells.setdefault(first, [])
        if own and each.starts_at - own[-1].ends_at < REST:
            own[-1] = Unrested(first, own[-1].starts_at, each.ends_at)
        else:
            own.append(Unrested(first, each.starts_at, each.ends_at))
    long = [
        spell
        for own in spells.values()
        for spell in own
        if spell.ends_at - spell.starts_at > AT_A_STRETCH
    ]
    return sorted(long, key=lambda spell: (spell.starts_at, spell.user_id))


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=each) for each in range(count)]


def midnights(first: date, count: int) -> list[datetime]:
    return [start_of_day(each) for each in days(first, count + 1)]


def is_night(begins: datetime, ends: datetime) -> bool:
    """Say whether all of it lies between eight in the evening and eight in the morning."""
    local, until = begins.astimezone(LONDON), ends.astimezone(LONDON)
    evening = until.date() == local.date() or until.time() <= NIGHT[1]
    if local.time() >= NIGHT[0]:
        return evening and ends - begins <= timedelta(hours=12)
    return until.date() == local.date() and local.time() < NIGHT[1] and until.time() <= NIGHT[1]


def lay_out(
    pattern: Pattern, is_bank_holiday: Callable[[date], bool]
) -> list[tuple[datetime, datetime]]:
    """Return the shifts of a pattern, from when until when.

    The clock on the wall counts: on the two nights in which it changes a shift has an hour more or
    less. One that lies wholly in the hour that is missing in spring is left out.
    """
    next_day = timedelta(days=pattern.ends <= pattern.starts)
    found: list[tuple[datetime, datetime]] = []
    for day in days(pattern.first_day, (pattern.last_day - pattern.first_day).days + 1):
        if day.weekday() not in pattern.weekdays:
            continue
        if is_bank_holiday(day) and not pattern.on_bank_holidays:
            continue
        begins = read_local(day, pattern.starts).earliest
        ends = read_local(day + next_day, pattern.ends).earliest
        if begins < ends:
            found.append((begins, ends))
    return found


def wrong_with(
    new: Sequence[Planned], standing: Iterable[Planned], names: Mapping[UUID, str], now: datetime
) -> str:
    """Return in a sentence what keeps shifts from being planned, or nothing."""
    for each in new:
        if each.ends_at <= each.starts_at:
            return f"A shift has to end after it starts: {between(each.starts_at, each.ends_at)}."
        if each.ends_at > now + LONGEST_AHEAD:
            return (
                "A rota reaches a year ahead at most, and this would end on "
                f"{say_when(When.at(each.ends_at))}."
            )
        if each.position not in POSITIONS:
            return "Somebody is asked first, second or third."
    latest: dict[tuple[UUID, int], Planned] = {}
    for each in sorted((*standing, *new), key=lambda one: (one.starts_at, one.ends_at)):
        before = latest.get((each.user_id, each.position))
        if before and each.starts_at < before.ends_at and (each in new or before in new):
            who, place = names.get(each.user_id, "This person"), POSITIONS[each.position]
            return (
                f"{who} would be {place} twice at once: {between(before.starts_at, before.ends_at)}"
                f", and {between(each.starts_at, each.ends_at)}."
            )
        latest[each.user_id, each.position] = each
    return ""


def between(begins: datetime, ends: datetime | None) -> str:
    """Return "from Tuesday 1 December 2026, 17:00 to 20:00", naming the last day if it differs."""
    said = f"from {say_when(When.at(begins))}"
    if ends is None:
        return f"{said} until the day of return is known"
    last = (ends - timedelta(microseconds=1)).astimezone(LONDON).date()
    local = ends.astimezone(LONDON)
    hour = f"{local:%H:%M}" if local.date() == last else "24:00"
    same = begins < ends and begins.astimezone(LONDON).date() == last
    return f"{said} to {hour if same else f'{say_day(last)}, {hour}'}"


def hours(begins: datetime, ends: datetime) -> str:
    """Return "20:00 to 24:00" of what lies within one day."""
    local, until = begins.astimezone(LONDON), ends.astimezone(LONDON)
    end = "24:00" if until.date() > local.date() else f"{until:%H:%M}"
    return f"{local:%H:%M} to {end}"


def told_day(now: datetime) -> date:
    """Return the day as which something that is told once a day counts."""
    return (now.astimezone(LONDON) - TOLD_FROM).date()

"""The invented agencies, their teams, the people who work for them, and who is on duty when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from reachable.practice.time import LONDON
from reachable.synthetic.material import material, phone


@dataclass(frozen=True, slots=True)
class Agency:
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Team:
    code: str
    name: str
    agency: str
    on_call: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with an account; the address ends in .example, which nobody can own."""

    username: str
    name: str
    job: str
    agency: str
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    email: str
    phone: str
    staff_number: str = ""
    """By which their own agency's records know them."""


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """A shift of every day; the people in `first` and `second` take their turns week by week."""

    name: str
    starts: time
    ends: time
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of one day, in UTC, with the usernames of whom to tell first and second."""

    team: str
    name: str
    starts_at: datetime
    ends_at: datetime
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Rota:
    """`turns_from` is the first day of a turn in which the first-named people are on duty.

    `sick` is away where the demonstration begins, as `supervisor` enters it.
    """

    team: str
    turns_from: date
    turn_days: int
    patterns: tuple[ShiftPattern, ...]
    supervisor: str
    sick: str

    def shifts(self, first_day: date, last_day: date) -> Iterator[Shift]:
        """Yield the shifts that begin from `first_day` to `last_day`, without a gap between."""
        day = first_day
        while day <= last_day:
            turn = (day - self.turns_from).days // self.turn_days
            for pattern in self.patterns:
                overnight = pattern.ends <= pattern.starts
                yield Shift(
                    team=self.team,
                    name=pattern.name,
                    starts_at=_instant(day, pattern.starts),
                    ends_at=_instant(day + timedelta(days=overnight), pattern.ends),
                    first=pattern.first[turn % len(pattern.first)],
                    second=pattern.second[turn % len(pattern.second)],
                )
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Staff:
    agencies: tuple[Agency, ...]
    teams: tuple[Team, ...]
    workers: tuple[Worker, ...]
    rota: Rota


def make_staff(rng: Random, until: date) -> Staff:
    """Read agencies, teams, workers and rota, and give each worker an address and a phone.

    The turns of the rota are counted from the week that ends the story.
    """
    source = material("agencies")
    workers = tuple(
        Worker(
            username=row["username"],
            name=row["name"],
            job=row["job"],
            agency=row["agency"],
            teams=tuple(row["teams"]),
            roles=tuple(row["roles"]),
            email=f"{row['username']}@{row['agency']}.example",
            phone=phone(rng),
            staff_number=row.get("staff_number", ""),
        )
        for row in source["workers"]
    )
    rota = source["rota"]
    patterns = tuple(
        ShiftPattern(
            name=row["name"],
            starts=time.fromisoformat(row["starts"]),
            ends=time.fromisoformat(row["ends"]),
            first=tuple(row["first"]),
            second=tuple(row["second"]),
        )
        for row in rota["shifts"]
    )
    return Staff(
        agencies=tuple(Agency(**row) for row in source["agencies"]),
        teams=tuple(Team(**row) for row in source["teams"]),
        workers=workers,
        rota=Rota(
            team=rota["team"],
            turns_from=_monday(until),
            turn_days=rota["turn_days"],
            patterns=patterns,
            supervisor=rota["supervisor"],
            sick=rota["sick"],
        ),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LONDON).astimezone(UTC)

"""Invented schools, who goes to which, and when they are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from reachable.synthetic.families import Person
from reachable.synthetic.material import material

PRIMARY, SECONDARY, ALTERNATIVE = "primary", "secondary", "alternative"
STARTS_AT, SECONDARY_AT, LEAVES_AT = 4, 11, 16

# Holidays of most years, as month and day: from the first to the last, both without school.
_HOLIDAYS = (
    ((12, 20), (12, 31)), ((1, 1), (1, 4)), ((2, 14), (2, 20)), ((4, 1), (4, 15)),
    ((5, 26), (5, 31)), ((7, 22), (8, 31)), ((9, 1), (9, 2)), ((10, 24), (10, 31)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class School:
    """`number` is the school's number in pupils' UPNs; no real school has one below 1000."""

    number: int
    name: str
    phase: str
    locality: str


def make_schools() -> tuple[School, ...]:
    """Read the schools."""
    return schools_of(material("place")["schools"])


def schools_of(rows: Iterable[Mapping[str, Any]]) -> tuple[School, ...]:
    """Return schools as they are listed, numbered in that order."""
    return tuple(
        School(at, row["name"], row["phase"], row["locality"]) for at, row in enumerate(rows, 1)
    )


def is_school_day(day: date) -> bool:
    """Say whether schools are open: a weekday outside the holidays."""
    at = (day.month, day.day)
    return day.weekday() < 5 and not any(first <= at <= last for first, last in _HOLIDAYS)


def is_pupil(person: Person, day: date) -> bool:
    """Say whether a child is of school age."""
    return STARTS_AT <= person.age_on(day) < LEAVES_AT


class Roll:
    """Who goes to which school: one near home, or mostly so."""

    def __init__(self, seed: int, schools: Sequence[School]) -> None:
        self._seed = seed
        self._schools = schools

    def school_of(self, child: Person, day: date) -> School:
        """Return the school that a child is at on a day; an older one stays on at the last."""
        phase = PRIMARY if child.age_on(day) < SECONDARY_AT else SECONDARY
        of_phase = [school for school in self._schools if school.phase == phase]
        rng = Random(f"reachable {self._seed} school {phase} {child.id}")
        home = child.homes[0][1].locality
        near = [school for school in of_phase if school.locality == home]
        return rng.choice(near if near and rng.random() < 0.8 else of_phase)

    def other(self, rng: Random, school: School) -> School:
        """Return another school of the same phase."""
        same = [s for s in self._schools if s.phase == school.phase and s != school]
        return rng.choice(same)

    def alternative(self, rng: Random) -> School:
        return rng.choice([s for s in self._schools if s.phase == ALTERNATIVE])

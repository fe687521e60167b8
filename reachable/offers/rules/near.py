"""How far away a service is, in a straight line or by area, and which comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from reachable.provision.rules.fitting import Fit

EARTH = 6_371_000
"""Its mean radius in metres."""
SAME, OTHER, NOT_SAID, KEPT_BACK = "same", "other", "not_said", "kept_back"
COUNTS_AS = {SAME: 5_000, NOT_SAID: 10_000, KEPT_BACK: 10_000, OTHER: 20_000}
"""Where no distance is known: as how many metres away it is put among the others."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A postcode, by the area in which it lies and by its position, as far as they are known."""

    area: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """How far it is from where a child lives: in metres, or else by area."""

    metres: int | None
    where: str

    @property
    def counts_as(self) -> int:
        return COUNTS_AS[self.where] if self.metres is None else self.metres


def travel(home: Spot, places: Iterable[Spot], *, kept_back: bool = False) -> Travel:
    """Return how far it is to the nearest of these places.

    Of a place that is kept back nothing is said: a distance would help to find a refuge.
    """
    found = [_one(home, place) for place in places]
    if not found:
        return Travel(None, KEPT_BACK if kept_back else NOT_SAID)
    return min(found, key=lambda each: each.counts_as)


def _one(home: Spot, place: Spot) -> Travel:
    known = home.area and place.area
    where = NOT_SAID if not known else SAME if home.area == place.area else OTHER
    if home.position is None or place.position is None:
        return Travel(None, where)
    return Travel(round(straight(home.position, place.position)), where)


def straight(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return metres in a straight line between two positions in degrees."""
    north, other_north = radians(one[0]), radians(other[0])
    up, along = other_north - north, radians(other[1] - one[1])
    half = sin(up / 2) ** 2 + cos(north) * cos(other_north) * sin(along / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def nearest_first(
    fits: Iterable[Fit], how_far: Callable[[Fit], Travel]
) -> list[tuple[Fit, Travel]]:
    """Order what fits: what is full last; of the others what is open now first; then the nearest.

    What is alike in these stays in the order in which it came.
    """
    found = [(fit, how_far(fit)) for fit in fits]
    return sorted(
        found, key=lambda each: (each[0].offered.full, not each[0].is_open, each[1].counts_as)
    )

"""How well records are linked, from what stewards said: pure, on counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""95 of 100 intervals made like this hold the true share."""


@dataclass(frozen=True)
class Share:
    """So many of so many, and between which shares the truth is likely."""

    yes: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        return self.yes / self.of if self.of else None


@dataclass(frozen=True)
class Sampled:
    """A sample of pairs: drawn from how many, how many were judged, how many are one child."""

    out_of: int
    judged: int
    same: int


@dataclass(frozen=True)
class Between:
    """An estimate, and between which values it is likely."""

    value: float
    low: float
    high: float


def wilson(yes: int, of: int) -> Share:
    """Return a share with its interval, which stays between 0 and 1 also for none and for all."""
    if not 0 <= yes <= of:
        raise ValueError(f"{yes} of {of}")
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    share, z2 = yes / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low = 0.0 if yes == 0 else max(0.0, middle - half)
    high = 1.0 if yes == of else min(1.0, middle + half)
    return Share(yes, of, low, high)


def precision(linked: Sampled) -> Share:
    """Of the pairs that the computer linked, how many are one child."""
    return wilson(linked.same, linked.judged)


def recall(linked: Sampled, apart: Sampled, joined: int) -> Between | None:
    """Of all pairs of one child that share a key, how many are together: linked, or by a person.

    `joined` are the pairs that reviews joined. None where a sample is empty. The interval takes
    the worst of both samples together, so that it is rather too wide than too narrow.
    """
    if not linked.judged or not apart.judged:
        return None
    right, missed = wilson(linked.same, linked.judged), wilson(apart.same, apart.judged)

    def together(of_linked: float, of_apart: float) -> float:
        found = of_linked * linked.out_of + joined
        of = found + of_apart * apart.out_of
        return found / of if of else 1.0

    return Between(
        together(right.yes / right.of, missed.yes / missed.of),
        together(right.low, missed.high),
        together(right.high, missed.low),
    )

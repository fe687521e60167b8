"""Which figures of use a person is shown: what could be about single children is not exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 8
"""From how many rows on it is said what was used of them; a smaller count is only “1 to 7”."""
_COARSE = 10


@dataclass(frozen=True)
class Figure:
    """A count as it is shown: between two numbers, both included; None where nothing is said."""

    low: int
    high: int | None

    def __str__(self) -> str:
        if self.high is None:
            return "too few rows to say"
        if self.low == self.high:
            return f"{self.low:,}"
        if self.high < FEWEST:
            return f"{self.low} to {self.high}"
        return f"about {(self.low + self.high + 1) // 2:,}"


UNSAID = Figure(0, None)
SMALL = Figure(1, FEWEST - 1)


def exact(count: int) -> Figure:
    return Figure(count, count)


def about(count: int) -> Figure:
    """Return a count to the nearest ten, so that nothing can be found by subtracting from it."""
    middle = (count + _COARSE // 2) // _COARSE * _COARSE
    return Figure(middle - _COARSE // 2, middle + _COARSE // 2 - 1)


def figures(rows: int, counts: Sequence[int], *, coarse: bool = False) -> tuple[Figure, ...]:
    """Return the counts of what became of `rows` as they are shown.

    Where one of them is small, the others are given to the nearest ten; `coarse` says that a part
    of these rows has such a count.
    """
    if rows < FEWEST:
        return tuple(UNSAID for _ in counts)
    coarse = coarse or any(0 < count < FEWEST for count in counts)
    return tuple(_figure(count, coarse) for count in counts)


def _figure(count: int, coarse: bool) -> Figure:
    if count == 0:
        return exact(0)
    if count < FEWEST:
        return SMALL
    return about(count) if coarse else exact(count)


def hides(shown: Sequence[Figure]) -> bool:
    """Tell whether something is not exact, so that a total of it must not be either."""
    return any(figure.low != figure.high for figure in shown)

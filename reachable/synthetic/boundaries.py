"""Boundaries of an area that does not exist, where the sea is: nobody's home lies inside.

The corners are in `data/boundaries.toml`. Between two corners the line is bent by chance, the same
for both neighbours, so that areas meet without a gap.
"""

from __future__ import annotations

from random import Random

from reachable.synthetic.material import material

Point = tuple[float, float]
"""Longitude and latitude, in degrees."""
Ring = list[Point]
"""A closed line, anticlockwise as GeoJSON wants it: the last point is the first."""

_BENDS = 3
_BENT = 0.12
_DIGITS = 5


def boundaries() -> dict[str, Ring]:
    """Return the boundary of each locality, and of each town elsewhere, by code."""
    source = material("boundaries")
    corners = {name: (float(at[0]), float(at[1])) for name, at in source["corners"].items()}
    return {code: _ring([corners[c] for c in names]) for code, names in source["areas"].items()}


def point_in(rng: Random, ring: Ring) -> Point:
    """Return a point inside: between the middle and the boundary."""
    x, y = middle(ring)
    far = rng.random() ** 0.5 * 0.85
    at_x, at_y = rng.choice(ring)
    return _rounded((x + (at_x - x) * far, y + (at_y - y) * far))


def middle(ring: Ring) -> Point:
    """Return the mean of the points of a boundary."""
    points = ring[:-1]
    return (
        sum(x for x, _ in points) / len(points),
        sum(y for _, y in points) / len(points),
    )


def _ring(corners: list[Point]) -> Ring:
    points: Ring = []
    for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
        points += _line(one, other)
    return [*points, points[0]]


def _line(one: Point, other: Point) -> list[Point]:
    """Return the line from one corner up to the other, bent alike in both directions."""
    if other < one:
        return [one, *reversed(_line(other, one)[1:])]
    return [one, *_bent(one, other, _BENDS)]


def _bent(one: Point, other: Point, depth: int) -> list[Point]:
    """Return the points between two, each middle moved aside by chance."""
    if not depth:
        return []
    (x1, y1), (x2, y2) = one, other
    aside = Random(f"{one} {other}").uniform(-_BENT, _BENT)
    at = _rounded(((x1 + x2) / 2 - (y2 - y1) * aside, (y1 + y2) / 2 + (x2 - x1) * aside))
    return [*_bent(one, at, depth - 1), at, *_bent(at, other, depth - 1)]


def _rounded(point: Point) -> Point:
    return round(point[0], _DIGITS), round(point[1], _DIGITS)

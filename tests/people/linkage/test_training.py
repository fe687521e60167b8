"""Training finds again, without labels, how invented records were made."""

from __future__ import annotations

import math

import pytest

from reachable.people.linkage.conditions import Same
from reachable.people.linkage.model import Chances
from reachable.people.linkage.plan import Column, Comparison, Level, Plan
from reachable.people.linkage.training import Pattern, chance_of, refine

TWO = Plan(
    "two",
    "1",
    (Column("a"), Column("b")),
    (
        Comparison("a", ("a",), (Level("same", "the same a", Same("a")),)),
        Comparison("b", ("b",), (Level("same", "the same b", Same("b")),)),
    ),
    (),
)


def test_what_one_person_adds_to_random_pairs_is_taken_out() -> None:
    """Of a million pairs 1,000 are one person's, and strangers never share `a`: what was drawn
    as 0.0009 are these alone."""
    drawn = {
        "a": {"same": Chances(0.9, 0.0009), "other": Chances(0.1, 0.9991)},
        "b": {"same": Chances(0.8, 0.0108), "other": Chances(0.2, 0.9892)},
    }
    patterns = [Pattern((0, 0), 720), Pattern((0, 1), 180), Pattern((1, 0), 10_080)]
    prior, chances = refine(TWO, drawn, patterns, records=1415, random_pairs=1_000_000)
    assert prior * 1_000_000 == pytest.approx(900, rel=0.05)
    assert chances["a"]["same"].u < 0.0001
    assert chances["b"]["same"].u == pytest.approx(0.0101, rel=0.02)
    assert chances["a"]["same"].m == 0.9


def test_a_level_that_no_stranger_reached_is_taken_for_half_a_pair() -> None:
    drawn = {
        "a": {"same": Chances(0.9, 1e-9), "other": Chances(0.1, 0.999)},
        "b": {"same": Chances(0.8, 0.01), "other": Chances(0.2, 0.99)},
    }
    _, chances = refine(TWO, drawn, [Pattern((0, 0), 5)], records=1000, random_pairs=1_000)
    assert chances["a"]["same"].u == 0.5 / 1_000


def test_what_no_pair_of_one_person_reached_is_not_taken_for_impossible() -> None:
    drawn = {
        "a": {"same": Chances(1.0, 1e-6), "other": Chances(1e-30, 0.99)},
        "b": {"same": Chances(0.8, 1e-6), "other": Chances(0.2, 0.99)},
    }
    _, chances = refine(TWO, drawn, [Pattern((0, 0), 100)], records=1000, random_pairs=10**7)
    assert chances["a"]["other"].m == pytest.approx(0.5 / 100, rel=0.01)


@pytest.mark.parametrize(
    ("weight", "chance"), [(0.0, 0.5), (1.0, 2 / 3), (-1.0, 1 / 3), (5000.0, 1.0), (-5000.0, 0.0)]
)
def test_what_evidence_means(weight: float, chance: float) -> None:
    assert math.isclose(chance_of(weight), chance, abs_tol=1e-12)

"""Training without labels: chances from random pairs, expectation maximisation, then the prior.

`u` is taken from pairs drawn at random, `m` by expectation maximisation in sessions, both by
Splink. Two records drawn at random are sometimes one person's: in levels that strangers hardly ever
reach, most of what was drawn are these, so they are taken out again.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from splink import block_on

from reachable.people.linkage import splinking
from reachable.people.linkage.model import Chances
from reachable.people.linkage.plan import OTHER, Plan

RANDOM_PAIRS = 20_000_000
ROUNDS = 50
MISTAKEN = 0.001
"""However clean the records of the training: one entry in a thousand is quite another, by mistake
or because it changed, so that no single field, such as the sex, rules somebody out."""

ByLevel = dict[str, dict[str, Chances]]
NOTHING_SAID = -1


@dataclass(frozen=True)
class Pattern:
    """So many candidate pairs stand at these levels, one for each comparison of the plan."""

    outcomes: tuple[int, ...]
    pairs: int


def train(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    plan: Plan,
    *,
    seed: int = 1,
    random_pairs: float = RANDOM_PAIRS,
) -> ByLevel:
    """Return m and u, as drawn, of every level that was seen among the records of the table."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = splinking.linker(connection, table, plan)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=random_pairs, seed=seed, min_count_per_level=None
    )
    for columns in plan.sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    saved: dict[str, Any] = linker.misc.save_model_to_json()
    return splinking.chances_in(saved, plan)


def refine(
    plan: Plan,
    drawn: Mapping[str, Mapping[str, Chances]],
    patterns: Sequence[Pattern],
    *,
    records: int,
    random_pairs: float = RANDOM_PAIRS,
) -> tuple[float, ByLevel]:
    """Return the prior, and the chances without the pairs of one person that were drawn.

    The prior is the share of all pairs that the model itself holds to be one person's; pairs that
    are no candidates count as strangers. What was never seen is not impossible: a level is taken
    to hold half a pair at least, of those drawn for `u`, of those expected to be one person's for
    `m`.
    """
    pairs = records * (records - 1) / 2
    prior = 1 / pairs
    chances = _possible(drawn, prior, records, random_pairs)
    for _ in range(ROUNDS):
        before = prior
        prior = _expected(plan, chances, patterns, prior) / pairs
        prior = min(max(prior, 1 / pairs), 0.5)
        chances = _possible(drawn, prior, max(prior * pairs, 1.0), random_pairs)
        if abs(prior - before) < 1e-6 * before:
            break
    return prior, chances


def _possible(
    drawn: Mapping[str, Mapping[str, Chances]], prior: float, matches: float, random_pairs: float
) -> ByLevel:
    """Return the chances without pairs of one person among those drawn, none of them nothing."""
    return {
        name: {
            level: Chances(
                max(each.m, MISTAKEN if level == OTHER else 0.0, 0.5 / matches),
                min(max((each.u - prior * each.m) / (1 - prior), 0.5 / random_pairs), 1.0),
            )
            for level, each in levels.items()
        }
        for name, levels in drawn.items()
    }


def _expected(plan: Plan, chances: ByLevel, patterns: Sequence[Pattern], prior: float) -> float:
    """Return of how many candidate pairs the model expects that they are one person's."""
    weights = [
        [chances[each.name][level].weight for level in each.names] for each in plan.comparisons
    ]
    start = math.log2(prior / (1 - prior))
    return sum(
        pattern.pairs * chance_of(start + _weight(weights, pattern.outcomes))
        for pattern in patterns
    )


def _weight(weights: Sequence[Sequence[float]], outcomes: Sequence[int]) -> float:
    return sum(
        levels[outcome]
        for levels, outcome in zip(weights, outcomes, strict=True)
        if outcome != NOTHING_SAID
    )


def chance_of(weight: float) -> float:
    """Return the chance, 0 to 1, that stands behind evidence in bits."""
    held = min(max(weight, -1000.0), 1000.0)
    odds: float = 2.0**held
    return odds / (1 + odds)

"""What is compared: columns, comparisons and their levels, and the keys by which pairs are found.

A plan holds no weight. Its fingerprint stands in every model that was trained for it, so that a
model is never used with levels that it was not trained for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from reachable.people.linkage.conditions import DUCKDB, Condition

OTHER = "other"
"""The name of the last level of each comparison."""
TEXT, NUMBER, TEXTS, NUMBERS = "text", "number", "texts", "numbers"


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison; `words` say it to a person: “the same family name”."""

    name: str
    words: str
    condition: Condition


@dataclass(frozen=True)
class Comparison:
    """Levels from the closest to the furthest; whoever meets none is at the last one, `other`.

    Where a column of `needs` is not known on one side, the comparison says nothing either way.
    """

    name: str
    needs: tuple[str, ...]
    levels: tuple[Level, ...]
    other: str = "different"

    @property
    def names(self) -> list[str]:
        return [*(level.name for level in self.levels), OTHER]

    def words(self, outcome: int) -> str:
        """Say to a person at which level two records stand."""
        return [*(level.words for level in self.levels), self.other][outcome]


@dataclass(frozen=True)
class Column:
    name: str
    kind: str = TEXT


@dataclass(frozen=True)
class Plan:
    """`sessions` are the columns on which pairs agree in each session of expectation maximisation;
    comparisons that use one of these are left out of that session."""

    name: str
    standardiser: str
    columns: tuple[Column, ...]
    comparisons: tuple[Comparison, ...]
    sessions: tuple[tuple[str, ...], ...]

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits of everything that a trained weight depends on."""
        said = {
            "name": self.name,
            "standardiser": self.standardiser,
            "columns": [[column.name, column.kind] for column in self.columns],
            "comparisons": [
                [
                    comparison.name,
                    list(comparison.needs),
                    [[each.name, each.condition.sql(DUCKDB)] for each in comparison.levels],
                ]
                for comparison in self.comparisons
            ],
        }
        text = json.dumps(said, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def levels_of(plan: Plan) -> Sequence[tuple[str, str]]:
    """Every comparison and level, in order: what a model must hold a weight for."""
    return [(each.name, level) for each in plan.comparisons for level in each.names]

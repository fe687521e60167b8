"""A whole register at once, in DuckDB: blocks, candidate pairs, their patterns and weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from reachable.people.linkage import splinking
from reachable.people.linkage.model import Chances, Model, Thresholds
from reachable.people.linkage.plan import Plan
from reachable.people.linkage.training import Pattern

BLOCKED, PAIRS = "blocked", "pairs"
LEAST = -8.0
"""Bits: pairs of less evidence are not kept. Of three hundred such, one is one person's."""


@dataclass(frozen=True)
class Blocks:
    """How many keys stand for more than one record, and which were left out with how many."""

    used: int
    left_out: tuple[tuple[int, int], ...]


def block(connection: duckdb.DuckDBPyConnection, table: str, *, most: int) -> Blocks:
    """Make the table `BLOCKED`: the same records, without keys that find nobody or too many."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE key_sizes AS SELECT key, count(*) AS records FROM "
        f"(SELECT DISTINCT record, unnest(keys) AS key FROM {table}) GROUP BY key "
        f"HAVING count(*) > 1"
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {BLOCKED} AS "
        f"WITH used AS (SELECT record, list(DISTINCT key ORDER BY key) AS keys FROM "
        f"(SELECT record, unnest(keys) AS key FROM {table}) "
        f"JOIN (SELECT key FROM key_sizes WHERE records <= {most}) USING (key) GROUP BY record) "
        f"SELECT t.* EXCLUDE (keys), used.keys FROM {table} t LEFT JOIN used USING (record)"
    )
    left_out = connection.execute(
        "SELECT key, records FROM key_sizes WHERE records > ? ORDER BY records DESC, key", [most]
    ).fetchall()
    used = connection.execute("SELECT count(*) FROM key_sizes WHERE records <= ?", [most])
    return Blocks(used.fetchall()[0][0], tuple(left_out))


def candidates(connection: duckdb.DuckDBPyConnection) -> int:
    """Count the pairs of blocked records that share a key, each once."""
    found = connection.execute(
        f"WITH k AS (SELECT record, unnest(keys) AS key FROM {BLOCKED}) SELECT count(*) FROM "
        "(SELECT DISTINCT a.record, b.record FROM k a JOIN k b USING (key) "
        "WHERE a.record < b.record)"
    ).fetchall()
    return int(found[0][0])


def patterns(connection: duckdb.DuckDBPyConnection, plan: Plan) -> list[Pattern]:
    """Count the candidate pairs by the levels at which they stand, whatever each weighs."""
    chances = {each.name: dict.fromkeys(each.names, Chances(0.5, 0.5)) for each in plan.comparisons}
    draft = Model(plan.name, plan.fingerprint, 1e-6, chances, Thresholds(0, 0))
    linker = splinking.linker(connection, BLOCKED, plan, draft, keep_levels=True)
    names = [f"gamma_{each.name}" for each in plan.comparisons]
    found = linker.inference.predict()
    rows = connection.execute(
        f"SELECT {', '.join(names)}, count(*) FROM {found.physical_name} GROUP BY ALL"
    ).fetchall()
    found.drop_table_from_database_and_remove_from_cache()
    sizes = [len(each.levels) for each in plan.comparisons]
    return [
        Pattern(
            tuple(
                size - gamma if gamma >= 0 else gamma
                for size, gamma in zip(sizes, row[:-1], strict=True)
            ),
            row[-1],
        )
        for row in rows
    ]


def score(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    model: Model,
    *,
    parts: int = 1,
    least: float = LEAST,
) -> None:
    """Make the table `PAIRS` of candidate pairs with their evidence in bits, from `least` on.

    In parts, so that a register of millions of pairs fits into memory.
    """
    linker = splinking.linker(connection, BLOCKED, plan, model)
    connection.execute(f"CREATE OR REPLACE TABLE {PAIRS} (one BIGINT, other BIGINT, weight DOUBLE)")
    for part in range(1, parts + 1):
        found = linker.inference.predict_chunk(
            left_chunk=(part, parts), right_chunk=(1, 1), threshold_match_weight=least
        )
        connection.execute(
            f"INSERT INTO {PAIRS} SELECT record_l, record_r, match_weight "
            f"FROM {found.physical_name}"
        )
        found.drop_table_from_database_and_remove_from_cache()


def pairs(
    connection: duckdb.DuckDBPyConnection, *, least: float = LEAST, at_once: int = 100_000
) -> Iterator[tuple[int, int, float]]:
    """Give the scored pairs of at least so much evidence."""
    answer = connection.execute(f"SELECT one, other, weight FROM {PAIRS} WHERE weight >= {least}")
    while rows := answer.fetchmany(at_once):
        yield from rows

"""Splink on DuckDB and the compiled scorer say the same of a pair, and compare the same pairs."""

from __future__ import annotations

from random import Random

from reachable.people.linkage import batch, keys, splinking
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.plan import levels_of
from reachable.people.linkage.scorer import NULL, compile_outcomes, compile_scorer
from reachable.people.linkage.standard import Standard, standardise
from tests.people.linkage.models import invented
from tests.people.linkage.records import somebody

RECORDS, MOST = 700, 40


def _records() -> list[Standard]:
    rng = Random(20261128)
    frequencies = invented().frequencies
    return [standardise(somebody(rng), frequencies) for _ in range(RECORDS)]


def test_a_hundred_thousand_pairs_weigh_the_same_in_duckdb_and_python() -> None:
    model, records = invented(), _records()
    score = compile_scorer(PEOPLE, model)
    outcomes = compile_outcomes(PEOPLE)
    connection = splinking.database()
    # Everybody under one key: all pairs are compared, most of which have little in common.
    rows = ({"record": n, **each.row(), "keys": [1]} for n, each in enumerate(records))
    splinking.fill(connection, batch.BLOCKED, PEOPLE, rows)
    linker = splinking.linker(connection, batch.BLOCKED, PEOPLE, model)
    found = linker.inference.predict()
    pairs = connection.execute(
        f"SELECT record_l, record_r, match_weight FROM {found.physical_name}"
    ).fetchall()
    assert len(pairs) == RECORDS * (RECORDS - 1) // 2 > 100_000
    worst = max(abs(score(records[one], records[other]) - said) for one, other, said in pairs)
    assert worst < 1e-9
    reached = {
        (comparison.name, "unknown" if at == NULL else comparison.names[at])
        for one, other, _ in pairs
        for comparison, at in zip(
            PEOPLE.comparisons, outcomes(records[one], records[other]), strict=True
        )
    }
    assert reached >= set(levels_of(PEOPLE)), "the records do not reach every level"


def test_the_same_pairs_are_candidates_in_duckdb_and_python() -> None:
    records = _records()
    said = [keys.keys_of(each) for each in records]
    connection = splinking.database()
    rows = ({"record": n, **each.row(), "keys": said[n]} for n, each in enumerate(records))
    splinking.fill(connection, "people", PEOPLE, rows)
    blocks = batch.block(connection, "people", most=MOST)
    batch.score(connection, PEOPLE, invented(), parts=3, least=-1000)
    scored = {(one, other) for one, other, _ in batch.pairs(connection, least=-1000)}
    by_key: dict[int, set[int]] = {}
    for number, each in enumerate(said):
        for key in each:
            by_key.setdefault(key, set()).add(number)
    left_out = {key: len(held) for key, held in by_key.items() if len(held) > MOST}
    assert dict(blocks.left_out) == left_out
    assert left_out, "no block was large enough to be left out"
    wanted = {
        (one, other)
        for key, held in by_key.items()
        if key not in left_out
        for one in held
        for other in held
        if one < other
    }
    assert scored == wanted
    assert batch.candidates(connection) == len(wanted)

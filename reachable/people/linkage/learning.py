"""A model from a register's own records, without labels: chances, prior, and from where to link.

A big register is learnt from whole postcode districts of it, drawn by their hash, so that both
records of most people are in or out together and the work does not grow with the register.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb

from reachable.people.linkage import batch, keys, splinking, training
from reachable.people.linkage.model import Chances, Model, Refused, Thresholds, check
from reachable.people.linkage.people import CONTRADICTS, MAY_LINK, NUMBERS_OF_ONE, PEOPLE
from reachable.people.linkage.plan import levels_of
from reachable.people.linkage.standard import Said, standardise
from reachable.people.linkage.training import NOTHING_SAID, Pattern, chance_of

FEWEST = 2_000
"""Records. In fewer, most levels are reached by nobody, and what was learnt would be chance."""
ENOUGH = 250_000
"""Records that are learnt from; more would cost time and hardly move a weight."""
WRONG_AT_MOST = 1 / 5_000
LINK_FROM = 8.0
"""Bits: no single link is less sure than 256 to one, however sure the others are."""
REVIEW_FROM = 0.0
"""Bits: from even odds on, a person is asked."""
SAMPLE = "learnt_from"


def learn(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    records: int,
    frequencies: Mapping[str, Mapping[str, int]],
    trained_on: Mapping[str, Any],
) -> Model:
    """Return a model of the plan `people`, learnt from this table of standard records.

    Refused where there are too few, where a level saw nothing, or where no pair is sure enough.
    """
    if records < FEWEST:
        raise Refused(
            f"The register holds {records:,} records; a model is learnt from {FEWEST:,} or more.",
            kept="The model in force stays as it is.",
        )
    used = _sample(connection, table, records)
    drawn = training.train(connection, SAMPLE, PEOPLE)
    _refuse_untrained(drawn)
    batch.block(connection, SAMPLE, most=keys.BLOCK)
    seen = batch.patterns(connection, PEOPLE)
    prior, chances = training.refine(PEOPLE, drawn, seen, records=used)
    # Pairs grow with the square of the records, those of one person only with the records.
    prior *= used / records
    model = Model(
        plan=PEOPLE.name,
        fingerprint=PEOPLE.fingerprint,
        prior=prior,
        chances=chances,
        thresholds=Thresholds(link_threshold(prior, chances, seen), REVIEW_FROM),
        frequencies={kind: dict(classes) for kind, classes in frequencies.items()},
        trained_on={**trained_on, "records": records, "learnt_from": used},
    )
    check(model, PEOPLE)
    return model


def rows_of(
    said: Iterable[Said], frequencies: Mapping[str, Mapping[str, int]]
) -> Iterator[dict[str, Any]]:
    """Give what records say as rows of a table to learn from."""
    for number, each in enumerate(said):
        who = standardise(each, frequencies)
        yield {splinking.RECORD: number, **who.row(), splinking.KEYS: keys.keys_of(who)}


def _sample(connection: duckdb.DuckDBPyConnection, table: str, records: int) -> int:
    """Make the table `SAMPLE` of whole districts, of about `ENOUGH` records; return of how many.

    Whoever has no district is drawn by the record, in the same share.
    """
    connection.execute(
        f"CREATE OR REPLACE TABLE {SAMPLE} AS SELECT * FROM {table} "
        "WHERE (hash(coalesce(district, record::VARCHAR)) % 1000000) < ?",
        [1_000_000 * min(1.0, ENOUGH / records)],
    )
    found = connection.execute(f"SELECT count(*) FROM {SAMPLE}").fetchall()
    return int(found[0][0])


def _refuse_untrained(drawn: Mapping[str, Mapping[str, Chances]]) -> None:
    """A level that nobody reached would take a weight that nothing stands behind."""
    for comparison, level in levels_of(PEOPLE):
        if level not in drawn.get(comparison, {}):
            raise Refused(
                f"The level “{level}” of “{comparison}” was not trained: no two records reach it.",
                kept="The model in force stays as it is.",
                next="Train once the register has grown.",
            )


def link_threshold(
    prior: float, chances: Mapping[str, Mapping[str, Chances]], seen: Sequence[Pattern]
) -> float:
    """Return the lowest weight from which on up at most `WRONG_AT_MOST` of links would be wrong.

    By the model's own reckoning, over the pairs from which the computer may link.
    """
    start = Model(
        PEOPLE.name, "", prior, {name: dict(of) for name, of in chances.items()}, Thresholds(0, 0)
    ).prior_weight
    weighed = sorted(
        (
            (start + _weight(chances, pattern.outcomes), pattern.pairs)
            for pattern in seen
            if may_link(pattern.outcomes)
        ),
        reverse=True,
    )
    pairs, wrong = 0, 0.0
    lowest: float | None = None
    for weight, alike in groupby(weighed, key=lambda each: each[0]):
        if weight < LINK_FROM:
            break
        count = sum(each[1] for each in alike)
        pairs, wrong = pairs + count, wrong + count * (1 - chance_of(weight))
        if wrong <= WRONG_AT_MOST * pairs:
            lowest = weight
    if lowest is None:
        raise Refused(
            "No two records are alike enough for the computer to link them by themselves.",
            kept="The model in force stays as it is.",
            next="Train once the register has grown.",
        )
    return lowest


def _weight(chances: Mapping[str, Mapping[str, Chances]], outcomes: Sequence[int]) -> float:
    weights = [
        chances[each.name][each.names[outcome]].weight
        for each, outcome in zip(PEOPLE.comparisons, outcomes, strict=True)
        if outcome != NOTHING_SAID
    ]
    return math.fsum(weights)


def may_link(outcomes: Sequence[int]) -> bool:
    """Say whether the levels of two records let the computer link them, as far as these tell."""
    at = {
        each.name: each.names[outcome]
        for each, outcome in zip(PEOPLE.comparisons, outcomes, strict=True)
        if outcome != NOTHING_SAID
    }
    if any(level not in MAY_LINK[name] for name, level in at.items()):
        return False
    if any(level in CONTRADICTS.get(name, ()) for name, level in at.items()):
        return False
    if any(at.get(number, "same") != "same" for number in NUMBERS_OF_ONE):
        return False
    return at.get("given") != "elsewhere" or at.get("family") in (None, "elsewhere", "part")

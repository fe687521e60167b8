"""Splink on Spark says the same of a pair as the compiled scorer, and compares the same pairs.

For whoever links a region that outgrows one machine. Spark and Java are not part of the set-up:
docs/how-to/run-the-tests.md says how to install them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Any

import pytest

from reachable.people.linkage import keys, splinking
from reachable.people.linkage.conditions import SPARK
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.plan import NUMBER, NUMBERS, TEXT, TEXTS, levels_of
from reachable.people.linkage.scorer import NULL, compile_outcomes, compile_scorer
from reachable.people.linkage.standard import Standard, standardise
from tests.people.linkage.models import invented
from tests.people.linkage.records import somebody
from tests.people.linkage.test_conditions import HOLDS, KINDS

pytest.importorskip(
    "pyspark", reason="Spark is not installed: .venv/bin/uv pip install --group spark"
)

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java 17 or later"),
    # Splink and Spark talk of what is theirs.
    pytest.mark.filterwarnings("ignore"),
]

RECORDS = 250
_TYPES = {TEXT: "string", NUMBER: "int", TEXTS: "array<string>", NUMBERS: "array<bigint>"}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession
    from splink.backends.spark import similarity_jar_location

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    session = (
        SparkSession.builder.master("local[2]")
        .appName("linkage")
        .config("spark.jars", similarity_jar_location())
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def _records() -> list[Standard]:
    rng = Random(20261128)
    frequencies = invented().frequencies
    return [standardise(somebody(rng), frequencies) for _ in range(RECORDS)]


def _scored(
    spark: Any, records: Sequence[Standard], found_by: Sequence[Sequence[int]]
) -> dict[tuple[int, int], float]:
    from splink import Linker, SparkAPI

    columns = ", ".join(f"{each.name} {_TYPES[each.kind]}" for each in PEOPLE.columns)
    rows = [
        (number, *each.row().values(), list(held))
        for number, (each, held) in enumerate(zip(records, found_by, strict=True))
    ]
    table = spark.createDataFrame(rows, f"record bigint, {columns}, keys array<bigint>")
    api = SparkAPI(
        spark_session=spark, break_lineage_method="persist", num_partitions_on_repartition=2
    )
    made = splinking.settings(PEOPLE, invented(), dialect=SPARK)
    linker = Linker(api.register(table, dataset_display_name="people"), made)
    found = linker.inference.predict()
    pairs = spark.table(found.physical_name).select("record_l", "record_r", "match_weight")
    scored = {(one, other): weight for one, other, weight in pairs.collect()}
    spark.catalog.dropTempView("people")
    return scored


def test_thirty_thousand_pairs_weigh_the_same_in_spark_and_python(spark: Any) -> None:
    records = _records()
    score, outcomes = compile_scorer(PEOPLE, invented()), compile_outcomes(PEOPLE)
    # Everybody under one key: all pairs are compared, most of which have little in common.
    scored = _scored(spark, records, [[1]] * RECORDS)
    assert scored.keys() == set(combinations(range(RECORDS), 2))
    assert len(scored) > 30_000
    worst = max(abs(score(records[a], records[b]) - said) for (a, b), said in scored.items())
    assert worst < 1e-9
    reached = {
        (comparison.name, "unknown" if at == NULL else comparison.names[at])
        for one, other in scored
        for comparison, at in zip(
            PEOPLE.comparisons, outcomes(records[one], records[other]), strict=True
        )
    }
    assert reached >= set(levels_of(PEOPLE)), "the records do not reach every level"


def test_the_same_pairs_are_candidates_in_spark_and_python(spark: Any) -> None:
    records = _records()
    said = [keys.keys_of(each) for each in records]
    by_key: dict[int, list[int]] = {}
    for number, each in enumerate(said):
        for key in each:
            by_key.setdefault(key, []).append(number)
    wanted = {pair for held in by_key.values() for pair in combinations(held, 2)}
    assert 1000 < len(wanted) < RECORDS * (RECORDS - 1) / 2
    assert _scored(spark, records, said).keys() == wanted


@pytest.mark.parametrize("turned", [False, True])
def test_every_condition_holds_in_spark_as_in_python(spark: Any, turned: bool) -> None:
    types = {"VARCHAR": "string", "VARCHAR[]": "array<string>", "INTEGER": "int"}
    sides = ("r", "l") if turned else ("l", "r")
    names = [(column, side) for side in sides for column in KINDS]
    schema = ", ".join(f"{column}_{side} {types[KINDS[column]]}" for column, side in names)
    rows = [
        tuple(said.get(column) for said in (one, other) for column in KINDS)
        for _, one, other, _ in HOLDS
    ]
    asked = [
        f"CASE WHEN {condition.sql(SPARK)} THEN true ELSE false END AS c{number}"
        for number, (condition, *_) in enumerate(HOLDS)
    ]
    said = spark.createDataFrame(rows, schema).coalesce(1).selectExpr(*asked).collect()
    assert [row[number] for number, row in enumerate(said)] == [holds for *_, holds in HOLDS]

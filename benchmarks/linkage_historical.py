"""How well records of one person are found without labels, beside plain Splink."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.historical import BLOCK, HISTORICAL, Figure, figures, standard_rows
from dev.paths import ROOT
from reachable.people.linkage import batch, splinking, training
from reachable.people.linkage.clusters import average_linkage
from reachable.people.linkage.model import Model, Thresholds

NAME = "50,578 records of historical figures with errors, linked without labels"
BASELINE = "Splink with the settings of its own documentation for this set, on the same computer"
NOTE = (
    "Groups are joined while the mean evidence between them is not against it (0 bits): nothing "
    "was chosen by the truth. Of plain Splink the best of three thresholds stands here, which was."
)
FILE = ROOT.parent / "shared/data/linkage/historical_figures_with_errors_50k.parquet"


def run() -> dict[str, Any]:
    if not FILE.exists():
        raise SystemExit(f"This needs Splink's open set at {FILE}.")
    rows = figures(FILE)
    began = time.perf_counter()
    found, blocking, candidates = _ours(rows)
    ours = _figures(rows, found)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    plain = max((_figures(rows, each) for each in _plain(FILE)), key=lambda each: each["f1"])
    baseline = time.perf_counter() - began
    return {
        "records": len(rows),
        "candidates": candidates,
        "target_candidates": 5_000_000,
        "blocking_recall": round(blocking, 3),
        "least_blocking_recall": 0.85,
        **ours,
        "least_f1": 0.9,
        **{f"plain_splink_{name}": value for name, value in plain.items()},
        "seconds": round(seconds, 1),
        "baseline_seconds": round(baseline, 1),
        "ratio": round(seconds / baseline, 2),
    }


def _ours(rows: Sequence[Figure]) -> tuple[list[int], float, int]:
    """Return the groups, the share of true pairs that were candidates, and how many these were."""
    connection = splinking.database()
    splinking.fill(connection, "figures", HISTORICAL, standard_rows(list(rows)))
    batch.block(connection, "figures", most=BLOCK)
    drawn = training.train(connection, "figures", HISTORICAL)
    seen = batch.patterns(connection, HISTORICAL)
    prior, chances = training.refine(HISTORICAL, drawn, seen, records=len(rows))
    model = Model("historical", HISTORICAL.fingerprint, prior, chances, Thresholds(0, 0))
    batch.score(connection, HISTORICAL, model)
    groups = average_linkage(len(rows), batch.pairs(connection), least=0, not_compared=batch.LEAST)
    return groups, *_blocking(connection, rows)


def _blocking(connection: Any, rows: Sequence[Figure]) -> tuple[float, int]:
    candidates = batch.candidates(connection)
    splinking.load(
        connection,
        "truth",
        {"record": "BIGINT", "person": "VARCHAR"},
        ({"record": n, "person": row.cluster} for n, row in enumerate(rows)),
    )
    true = connection.execute(
        f"WITH k AS (SELECT record, person, unnest(keys) AS key FROM {batch.BLOCKED} "
        "JOIN truth USING (record)) SELECT count(*) FROM (SELECT DISTINCT a.record, b.record "
        "FROM k a JOIN k b USING (key, person) WHERE a.record < b.record)"
    ).fetchall()[0][0]
    return true / _pairs(Counter(row.cluster for row in rows)), candidates


def _figures(rows: Sequence[Figure], groups: Sequence[Any]) -> dict[str, float]:
    """Precision, recall and F1 over all pairs of records that stand in one group."""
    both = _pairs(Counter(zip((row.cluster for row in rows), groups, strict=True)))
    precision = both / _pairs(Counter(groups))
    recall = both / _pairs(Counter(row.cluster for row in rows))
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
    }


def _pairs(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _plain(path: Path) -> list[list[Any]]:
    """Splink as its documentation links this set, grouped at three thresholds."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = splinking.database()
    connection.execute(
        "CREATE TABLE figures AS SELECT * EXCLUDE (dob), CAST(dob AS VARCHAR) AS dob, "
        f"first_name || ' ' || surname AS first_name_surname_concat FROM '{path}'"
    )
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("figures", dataset_display_name="figures"), _documented())
    linker.training.estimate_probability_two_random_records_match(
        [
            "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
            "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname "
            "and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
            "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
        ],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    found = []
    for threshold in (0.9, 0.99, 0.9999):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=threshold
        )
        rows = connection.execute(
            f"SELECT cluster_id FROM {clusters.physical_name} ORDER BY unique_id"
        ).fetchall()
        found.append([row[0] for row in rows])
    return found


def _documented() -> SettingsCreator:
    pairs = [
        ("substr(first_name,1,3)", "substr(surname,1,4)"),
        ("surname", "dob"),
        ("first_name", "dob"),
        ("postcode_fake", "first_name"),
        ("postcode_fake", "surname"),
        ("dob", "birth_place"),
        ("substr(postcode_fake,1,3)", "dob"),
        ("substr(postcode_fake,1,3)", "first_name"),
        ("substr(postcode_fake,1,3)", "surname"),
        ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*each) for each in pairs],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name",
                "surname",
                forename_surname_concat_col_name="first_name_surname_concat",
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )

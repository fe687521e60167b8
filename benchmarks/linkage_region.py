"""How well and how fast a region's register is linked: one record after the other, and at once."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.arrivals import Arrived, answered_groups, arrive, measure
from benchmarks.fairness import TruePairs, age_band, by_group, largest_gap
from benchmarks.region import PEOPLE as SIZE
from benchmarks.region import UNTIL, Region, region
from reachable.people.linkage import batch, keys, splinking
from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.learning import learn
from reachable.people.linkage.model import Model
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.standard import Standard, frequencies_of, standardise
from reachable.synthetic.households import Somebody

NAME = f"A region’s register of {SIZE:,} people: found, linked and asked about"
BASELINE = (
    "Splink with the comparisons that its library has for people, on the same register and computer"
)
NOTE = (
    "Records are judged in the order in which they came, and nobody answers a review meanwhile. "
    "Seconds are those of learning, and of finding every pair of the register at once."
)
PART = 200_000
"""Records that are scored at once."""


def run() -> dict[str, Any]:
    held = region()
    began = time.perf_counter()
    frequencies = frequencies_of(held.said)
    standards = [standardise(each, frequencies) for each in held.said]
    connection = splinking.database()
    _fill(connection, standards)
    read = time.perf_counter()
    model = learn(
        connection,
        "people",
        records=len(standards),
        frequencies=frequencies,
        trained_on={"of": f"an invented region of {SIZE:,} people"},
    )
    learnt = time.perf_counter()
    blocks = _score(connection, model, len(standards))
    scored = time.perf_counter()
    pairs = batch.candidates(connection)
    connection.close()
    plain = _plain(held)
    arrived = arrive(standards, Judge(model))
    measured = measure(held, arrived)
    gap = largest_gap(by_group(_true_pairs(held, arrived)))
    whole = (read - began) + (scored - learnt)
    return {
        "records": len(standards),
        "precision_of_automatic_links": round(measured.precision, 5),
        "least_precision_of_automatic_links": 0.9995,
        "wrong_pairs": measured.wrong,
        "brothers_sisters_twins_together": measured.relatives,
        "target_brothers_sisters_twins_together": 0,
        "recall_of_automatic_links": round(measured.linked, 4),
        "recall_of_links_and_reviews": round(measured.found, 4),
        "least_recall_of_links_and_reviews": 0.98,
        "reviews_of_100_records": round(100 * arrived.reviews / len(standards), 2),
        "target_reviews_of_100_records": 2,
        "candidates_of_a_record": round(2 * pairs / len(standards), 1),
        "target_candidates_of_a_record": 150,
        "keys_that_find_nobody": blocks,
        "largest_gap_in_recall_in_points": round(gap.points, 2) if gap else 0.0,
        "target_largest_gap_in_recall_in_points": 2,
        "link_from_bits": round(model.thresholds.link, 2),
        "decision_ms": round(1000 * sum(arrived.seconds) / len(standards), 3),
        "decision_ms_p95": round(1000 * arrived.p95, 3),
        "seconds_to_learn": round(learnt - read, 1),
        "seconds_to_find_all_pairs": round(whole, 1),
        "target_seconds_to_find_all_pairs": 1800,
        "plain_splink_seconds": round(plain, 1),
        "ratio": round(whole / plain, 2),
    }


def _fill(connection: duckdb.DuckDBPyConnection, standards: Sequence[Standard]) -> None:
    rows = (
        {splinking.RECORD: number, **who.row(), splinking.KEYS: keys.keys_of(who)}
        for number, who in enumerate(standards)
    )
    splinking.fill(connection, "people", PEOPLE, rows)


def _score(connection: duckdb.DuckDBPyConnection, model: Model, records: int) -> int:
    """Weigh all candidate pairs; return how many keys were too common to be used."""
    blocks = batch.block(connection, "people", most=keys.BLOCK)
    batch.score(connection, PEOPLE, model, parts=1 + records // PART, least=model.thresholds.review)
    return len(blocks.left_out)


def _true_pairs(held: Region, arrived: Arrived) -> list[TruePairs]:
    """For each person, how many pairs of their records were linked, asked about, and missed."""
    answered = answered_groups(held.person, arrived)
    pieces: dict[str, Counter[tuple[int, int]]] = {}
    for person, group, found in zip(held.person, arrived.group, answered, strict=True):
        pieces.setdefault(person, Counter())[group, found] += 1
    true = []
    for person, sizes in pieces.items():
        groups = _groups(held.people[person])
        by_answer: Counter[int] = Counter()
        for (_, found), size in sizes.items():
            by_answer[found] += size
        linked = sum(_pairs(size) for size in sizes.values())
        found_pairs = sum(_pairs(size) for size in by_answer.values())
        missed = _pairs(sum(sizes.values())) - found_pairs
        true += [
            TruePairs(groups, is_linked, is_reviewed, pairs)
            for is_linked, is_reviewed, pairs in (
                (True, False, linked),
                (False, True, found_pairs - linked),
                (False, False, missed),
            )
            if pairs
        ]
    return true


def _pairs(size: int) -> int:
    return size * (size - 1) // 2


def _groups(who: Somebody) -> dict[str, str]:
    born = date.fromisoformat(who.birth_date) if who.birth_date else None
    return {
        "origin of the name": who.origin,
        "sex": who.sex,
        "age": age_band(born, UNTIL),
        "area": who.area,
    }


def _plain(held: Region) -> float:
    """Seconds in which Splink finds and weighs pairs with what its own library has for people."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = splinking.database()
    names = ("given", "family", "birth_date", "postcode", "nhs_number")
    splinking.load(
        connection,
        "plain",
        {"unique_id": "BIGINT", **dict.fromkeys(names, "VARCHAR")},
        (
            {"unique_id": number, **{name: getattr(each, name) or None for name in names}}
            for number, each in enumerate(held.said)
        ),
    )
    began = time.perf_counter()
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("plain", dataset_display_name="plain"), _documented())
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("given", "family", "postcode")
    )
    linker.inference.predict(threshold_match_probability=0.5)
    connection.close()
    return time.perf_counter() - began


def _documented() -> SettingsCreator:
    together = [
        ("given", "family", "postcode"),
        ("given", "birth_date"),
        ("family", "birth_date"),
        ("postcode", "birth_date"),
        ("nhs_number",),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*each) for each in together],
        comparisons=[
            cl.NameComparison("given"),
            cl.NameComparison("family"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("nhs_number"),
        ],
    )

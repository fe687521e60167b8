"""One record against a register of a region: candidates fetched, weighed and decided.

The region has REACHABLE_BENCH_PEOPLE people (100,000). A part of the records is left out of the
register, and each is then identified by itself, as it would come.
"""

from __future__ import annotations

import logging
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from splink import DuckDBAPI, Linker

from benchmarks.region import region
from reachable.access import services as access
from reachable.foundation.actor import system
from reachable.foundation.db import bulk_insert_all, is_postgres
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.geography.rules import standard_postcode
from reachable.people import services as people
from reachable.people.finding import Index, keys_of
from reachable.people.identification import SAID, Claim, said_columns
from reachable.people.linkage import splinking
from reachable.people.linkage.in_force import InForce, in_force
from reachable.people.linkage.keys import BLOCK
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.standard import Said, said_of
from reachable.people.models import CurrentPerson, Person, Record, RecordKey
from reachable.people.rules import Identity, standard_name

NAME = "One record identified against a region's register, candidate fetch included"
BASELINE = (
    "Splink’s predict_between for the same records against the same register on DuckDB, with the "
    "weights of the same model and its keys"
)
NOTE = (
    "The register is synthetic; each record is one that it does not hold, of somebody of whom it "
    "mostly holds another. What is written for the record is part of the time, its commit is not."
)
CLAIMS, BESIDE = 500, 20
BATCH = 5000
BY = system("benchmark")


def run() -> dict[str, Any]:
    logging.getLogger("splink").setLevel(logging.WARNING)
    identities = [_identity(each) for each in region().said]
    random.Random(7).shuffle(identities)
    asked, held = identities[:CLAIMS], identities[CLAIMS:]
    agency_id = access.create_agency(by=BY, key="council", name="Fenmarch Council", kind="council")
    _fill(agency_id, held)
    times, outcomes = _identified(agency_id, asked)
    plain = _splink(held, asked[:BESIDE])
    median = statistics.median(times)
    return {
        "records": len(held),
        "median_ms": round(1000 * median, 2),
        "target_median_ms": 2,
        "p95_ms": round(1000 * _part(times, 0.95), 2),
        "target_p95_ms": 10,
        "p99_ms": round(1000 * _part(times, 0.99), 2),
        "candidates": round(statistics.mean(outcomes.pop("candidates")), 1),
        **{name: len(found) for name, found in sorted(outcomes.items())},
        "splink_median_ms": round(1000 * statistics.median(plain), 1),
        "times_faster": round(statistics.median(plain) / median),
        "least_times_faster": 300,
    }


def _identity(said: Said) -> Identity:
    return Identity(
        family=standard_name(said.family),
        given=standard_name(said.given),
        birth_date=said.birth_date,
        postcode=standard_postcode(said.postcode)[:8],
        nhs_number="".join(said.nhs_number.split())[:10],
        upn=said.upn[:13],
        sex=said.sex,
    )


@transaction.atomic
def _fill(agency_id: Any, held: Sequence[Identity]) -> None:
    """Write each as a person of their own: candidates are found and weighed all the same."""
    at = now()
    for start in range(0, len(held), BATCH):
        ids = [(new_id(), new_id(), each) for each in held[start : start + BATCH]]
        bulk_insert_all(
            (Person, ["id", "made_at"], [(person, at) for person, _, _ in ids]),
            (CurrentPerson, ["person", "current"], [(person, person) for person, _, _ in ids]),
            (
                Record,
                ["id", "agency", "source_ref", "person", *SAID],
                [
                    (record, agency_id, record.hex, person, *said_columns("", at, "", each))
                    for person, record, each in ids
                ],
            ),
            (
                RecordKey,
                ["key", "record"],
                [(key, record) for _, record, each in ids for key in keys_of(each)],
            ),
        )


def _identified(agency_id: Any, asked: Sequence[Identity]) -> tuple[list[float], dict[str, Any]]:
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    logging.getLogger("reachable.people").setLevel(logging.ERROR)
    times: list[float] = []
    outcomes: dict[str, Any] = {"candidates": []}
    for number, identity in enumerate(asked):
        claim = Claim(agency_id, f"B{number}", identity, "", {}, f"{number:032x}", now())
        with transaction.atomic():
            began = time.perf_counter()
            (found,) = people.identify(by=BY, claims=[claim])
            times.append(time.perf_counter() - began)
            transaction.set_rollback(True)
        if found:
            outcomes.setdefault(found.outcome, []).append(found.rule)
        outcomes["candidates"].append(_candidates(identity))
    return times, outcomes


def _candidates(identity: Identity) -> int:
    own = keys_of(identity)
    return len(Index(set(own)).sharing(own))


def _part(times: Sequence[float], share: float) -> float:
    return sorted(times)[int(share * len(times))]


def _splink(held: Sequence[Identity], asked: Sequence[Identity]) -> list[float]:
    """Ask Splink of each record alone, after one that makes it ready; return the seconds of each.

    Of keys that hundreds share it is spared the same as ours.
    """
    model = in_force()
    database = splinking.database()
    sizes = Counter(key for each in held for key in keys_of(each))
    crowded = {key for key, size in sizes.items() if size > BLOCK}
    splinking.fill(database, "held", PEOPLE, _rows(model, held, 0, crowded))
    api = DuckDBAPI(connection=database)
    table = api.register("held", dataset_display_name="held")
    linker = Linker(table, splinking.settings(PEOPLE, model.judge.model))
    times = []
    for number, identity in enumerate(asked):
        name = f"asked_{number}"
        splinking.fill(database, name, PEOPLE, _rows(model, [identity], len(held), crowded))
        one = api.register(name, dataset_display_name=name)
        began = time.perf_counter()
        linker.inference.predict_between(table, one).as_record_list()
        times.append(time.perf_counter() - began)
    return times[1:]


def _rows(
    model: InForce, identities: Sequence[Identity], first: int, crowded: set[int]
) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(identities, first):
        own = [key for key in keys_of(each) if key not in crowded]
        yield {"record": number, **model.standard(said_of(each)).row(), "keys": own}

"""A custody file to moments, as a worker loads it: the way that most children come in.

Of the people in a force's custody three in ten are taken to be children here, and the others under
25; the real share differs from force to force. `load_children` has children only.
"""

from __future__ import annotations

import statistics
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from benchmarks import place
from benchmarks.partnership import register_people, set_up
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.db import bulk_insert, follow_indexes
from reachable.foundation.ids import new_id
from reachable.foundation.time import today
from reachable.intake import loading
from reachable.intake import services as intake
from reachable.synthetic import bulk
from reachable.synthetic.bulk import Known, Shares

NAME = (
    "File to moments: 100,000 custody rows, 3 in 10 about children, against a register of 100,000 "
    "people"
)
BASELINE = (
    "inserting the rows that the load wrote into the same tables of a copy of the database, in as "
    "many transactions, and nothing else"
)
ROWS = 100_000
FORCE = Shares(adults=0.7)
BY = system("benchmark")

# What a load fills, parents first, with what tells the order in which its rows were written.
FILLED = {
    "people.Person": "id",
    "people.CurrentPerson": "person_id",
    "people.Record": "id",
    "people.RecordDetail": "id",
    "people.RecordKey": "record_id",
    "people.LinkDecision": "id",
    "people.Review": "id",
    "people.ReviewCandidate": "review_id",
    "intake.Signal": "id",
    "intake.SignalVersion": "id",
    "intake.HeldKey": "signal_id",
    "chronology.Event": "id",
    "moments.Moment": "id",
    "moments.Trigger": "id",
    "moments.Action": "id",
    "access.Involvement": "id",
    "notices.Notice": "id",
    "notices.Mailing": "notice_id",
    "audit.Entry": "id",
    "audit.Unsealed": "entry_id",
}
Rows = list[tuple[Any, ...]]


@dataclass
class Loaded:
    """How long it took, and each of its transactions, in seconds.

    `marks` are identifiers made before each transaction: what it wrote comes after its mark.
    """

    seconds: float = 0.0
    processor: float = 0.0
    transactions: list[float] = field(default_factory=list)
    marks: list[UUID] = field(default_factory=list)
    moments: int = 0


def run() -> dict[str, Any]:
    return measured(FORCE)


def measured(shares: Shares) -> dict[str, Any]:
    """Load a file with these shares, then insert again what that wrote, and compare."""
    there = set_up(BY)
    known = list(bulk.register(1, ROWS, today()))
    register_people(BY, there.council, known)
    delivery_id = _receive(there.police, known, shares)
    memory.settle()
    with place.copy_of_database() as copy:
        before = _counts()
        load = _load(delivery_id)
        written = _written(before)
        with place.using(copy):
            baseline = _insert_only(written, load.marks)
    return {
        "rows": ROWS,
        "rows_per_second": round(ROWS / load.seconds),
        "least_rows_per_second": 3000,
        "ratio": round(load.seconds / baseline, 2),
        "target_ratio": 5,
        "median_transaction_ms": round(1000 * statistics.median(load.transactions), 1),
        "longest_transaction_ms": round(1000 * max(load.transactions), 1),
        "target_longest_transaction_ms": 250,
        "load_seconds": round(load.seconds, 1),
        "load_processor_seconds": round(load.processor, 1),
        "baseline_seconds": round(baseline, 1),
        "inserted_rows": sum(len(rows) for rows in written.values()),
        "moments": load.moments,
    }


def _receive(agency_id: UUID, known: list[Known], shares: Shares) -> UUID:
    path = Path(settings.UPLOAD_DIR) / "custody.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    bulk.write_custody(path, bulk.custody(2, known, ROWS, today(), shares))
    with path.open("rb") as content:
        received = intake.receive(
            by=BY, agency_id=agency_id, feed="police_custody", file_name=path.name, content=content
        )
    intake.begin_loading(by=BY, delivery_id=received.delivery_id)
    return received.delivery_id


def _load(delivery_id: UUID) -> Loaded:
    """Load for real; only the function that holds the write lock is timed besides."""
    found = Loaded()
    commit = loading._commit

    def timed(*arguments: Any, **named: Any) -> Any:
        found.marks.append(new_id())
        started = time.perf_counter()
        outcome = commit(*arguments, **named)
        found.transactions.append(time.perf_counter() - started)
        return outcome

    loading._commit = timed
    started, processor = time.perf_counter(), time.process_time()
    delivery = loading.load(by=BY, delivery_id=delivery_id)
    found.seconds = time.perf_counter() - started
    found.processor = time.process_time() - processor
    found.moments = delivery.moments
    if delivery.accepted != ROWS:
        raise RuntimeError(f"{delivery.accepted} rows were accepted: {delivery.error}")
    return found


def _models() -> list[type[Model]]:
    return [apps.get_model(label) for label in FILLED]


def _counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def _written(before: dict[str, int]) -> dict[type[Model], Rows]:
    """Read back what the load inserted, table by table; a table that is not listed is an error."""
    grown = {label: count - before[label] for label, count in _counts().items()}
    unlisted = {label for label, count in grown.items() if count} - FILLED.keys()
    if unlisted:
        raise RuntimeError(f"The load also filled {', '.join(sorted(unlisted))}")
    written = {}
    for model in _models():
        label = model._meta.label
        ordered = model._base_manager.order_by(FILLED[label]).values_list(*_fields(model))
        written[model] = list(ordered[before[label] :])
    return written


def _fields(model: type[Model]) -> list[str]:
    """Every column, apart from a number that the database itself gives."""
    return [
        each.attname
        for each in model._meta.concrete_fields
        if each.get_internal_type() != "BigAutoField"
    ]


def _insert_only(written: dict[type[Model], Rows], marks: list[UUID]) -> float:
    """Insert everything in as many transactions as the load took; return the seconds."""
    parted = _parted(written, marks)
    batches = [
        [
            (model, [model._meta.get_field(name).name for name in _fields(model)], rows)
            for model, parts in parted.items()
            if (rows := parts[number])
        ]
        for number in range(len(marks))
    ]
    started = time.perf_counter()
    for batch in batches:
        with transaction.atomic():
            follow_indexes()
            for model, names, rows in batch:
                bulk_insert(model, names, rows)
    return time.perf_counter() - started


def _parted(written: dict[type[Model], Rows], marks: list[UUID]) -> dict[type[Model], list[Rows]]:
    """Part the rows of each table by the transaction that wrote them."""
    parted = {}
    for model, rows in written.items():
        place_of = _fields(model).index(
            vars(model._meta.get_field(FILLED[model._meta.label]))["attname"]
        )
        ends = [bisect_left(rows, mark, key=itemgetter(place_of)) for mark in marks[1:]]
        starts = [0, *ends]
        parted[model] = [rows[a:b] for a, b in zip(starts, [*ends, len(rows)], strict=True)]
    return parted

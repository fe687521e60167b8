"""A council's whole dataset of ten years, and the same again the next day.

Nobody is known before: a child becomes known by going missing or by an assessment that found
exploitation, and everything that is said of that child is then recorded; what is said of all others
is held.
"""

from __future__ import annotations

import csv
import io
import resource
import time
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from benchmarks import place
from benchmarks.load import FILLED, _fields
from benchmarks.partnership import set_up
from benchmarks.social_care_tables import Export
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.db import bulk_insert, follow_indexes
from reachable.foundation.time import today
from reachable.intake import loading, services
from reachable.intake.models import Delivery

CHILDREN = 30_000
NAME = (
    "Standard Safeguarding Dataset: 30,000 children with ten years as past events, and everything "
    "again the next day"
)
BASELINE = (
    "reading the same tables with Python's own CSV reader and nothing else (to_parsing), and "
    "inserting the rows that the load wrote into empty tables, 1,000 at a time (to_inserting)"
)
CHANGED = 0.003
"""Of the children, for how many something changed overnight."""
AT_ONCE = 1_000
READ = 50_000
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    export = Export(7, CHILDREN, today())
    rows = export.write(folder / "first.zip")
    export.write(folder / "next.zip", CHANGED)
    memory.settle()
    with place.copy_of_database() as copy:
        before = {label: apps.get_model(label).objects.count() for label in FILLED}
        first, first_seconds = _load(there.council, folder / "first.zip", history=True)
        inserting = insert_again(copy, before)
        following, next_seconds = _load(there.council, folder / "next.zip", history=False)
        parsing = _parse(folder / "first.zip")
    return {
        "rows": rows,
        "read_rows": first.rows,
        "recorded_events": first.events,
        "rows_per_second": round(rows / first_seconds),
        "first_seconds": round(first_seconds, 1),
        "target_first_seconds": 600,
        "to_parsing": round(first_seconds / parsing, 1),
        "to_inserting": round(first_seconds / inserting, 2),
        "next_seconds": round(next_seconds, 1),
        "target_next_seconds": 120,
        "next_changed_rows": following.accepted,
        "next_to_parsing": round(next_seconds / parsing, 1),
        "peak_memory_mb": _peak(resource.RUSAGE_SELF) + _peak(resource.RUSAGE_CHILDREN),
        "target_peak_memory_mb": 1000,
    }


def _load(agency_id: UUID, path: Path, *, history: bool) -> tuple[Delivery, float]:
    with path.open("rb") as content:
        received = services.receive(
            by=BY,
            agency_id=agency_id,
            feed="ssd",
            file_name=path.name,
            content=content,
            history=history,
            whole=True,
        )
    services.begin_loading(by=BY, delivery_id=received.delivery_id)
    started = time.perf_counter()
    done = loading.load(by=BY, delivery_id=received.delivery_id)
    seconds = time.perf_counter() - started
    if done.state != "loaded" or done.quarantined:
        raise RuntimeError(f"{done.quarantined} rows were refused: {done.error}")
    return done, seconds


def _parse(path: Path) -> float:
    started = time.perf_counter()
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            with packed.open(name) as part:
                for _ in csv.reader(io.TextIOWrapper(part, encoding="utf-8", newline="")):
                    pass
    return time.perf_counter() - started


def insert_again(copy: str, before: dict[str, int]) -> float:
    """Read back what was written, some at a time, and insert it into the copy; return seconds."""
    seconds = 0.0
    _copy_deliveries(copy)
    for label, order in FILLED.items():
        model = apps.get_model(label)
        names = _names(model)
        written = model._base_manager.order_by(order).values_list(*_fields(model))
        at, total = before[label], model._base_manager.count()
        while at < total:
            rows = list(written[at : at + READ])
            with place.using(copy):
                seconds += _insert(model, names, rows)
            at += len(rows)
    return seconds


def _copy_deliveries(copy: str) -> None:
    """What the rows point at, and nobody counts."""
    rows = list(Delivery.objects.order_by("id").values_list(*_fields(Delivery)))
    with place.using(copy):
        bulk_insert(Delivery, _names(Delivery), rows)


def _names(model: type[Model]) -> list[str]:
    return [model._meta.get_field(name).name for name in _fields(model)]


def _insert(model: type[Model], names: list[str], rows: list[tuple[Any, ...]]) -> float:
    started = time.perf_counter()
    for at in range(0, len(rows), AT_ONCE):
        with transaction.atomic():
            follow_indexes()
            bulk_insert(model, names, rows[at : at + AT_ONCE])
    return time.perf_counter() - started


def _peak(whose: int) -> int:
    """The most memory that a process of ours had, in MB."""
    return resource.getrusage(whose).ru_maxrss // 1024

"""What row-level security costs a page and a load, on PostgreSQL; elsewhere there is none."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from benchmarks.pages import _child_with_events, _load
from benchmarks.partnership import Partnership, client_of, served, set_up
from reachable.access.services import involve
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.db import is_postgres
from reachable.foundation.ids import new_id
from reachable.foundation.time import today
from reachable.site.granting import grant
from reachable.synthetic import bulk

NAME = "A worklist of 200 open moments, and a child with 2,000 events, under row-level security"
BASELINE = "the same pages, and 20,000 rows written at once, by the owner, in turns in the same run"
MOMENTS = 200
SEEN = 20
TURNS = 5
WRITTEN = 20_000
BY = system("benchmark")


def run() -> dict[str, Any]:
    if not is_postgres():
        return {"baseline_pages": 0}
    there = set_up(BY)
    strangers = bulk.Shares(exact=0, typo=0)
    _load(there, "strangers.csv", bulk.custody(2, [], MOMENTS, today(), strangers))
    child = _child_with_events(there)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = client_of(there.workers[0])
    memory.settle()
    pages = {"worklist": "/worklist/", "child": f"/children/{child}/"}
    times: dict[str, list[float]] = {}
    with _role() as role:
        for _, (name, address) in ((turn, page) for turn in range(TURNS) for page in pages.items()):
            for who in ("", role):
                with _as(who):
                    page = served(SEEN, partial(client.get, address))
                key = f"{name}_median_ms" if who else f"baseline_{name}_median_ms"
                times.setdefault(key, []).append(page.median)
        written: dict[str, list[float]] = {"": [], role: []}
        for _ in range(TURNS):
            for who, taken in written.items():
                taken.append(_seconds_to_write(there, who))
    numbers: dict[str, Any] = {key: statistics.median(held) for key, held in times.items()}
    for name in pages:
        more = numbers[f"{name}_median_ms"] - numbers[f"baseline_{name}_median_ms"]
        numbers |= {f"{name}_more_ms": round(more, 1), f"target_{name}_more_ms": 2}
    owner, filtered = (statistics.median(written[who]) for who in ("", role))
    return numbers | {
        "baseline_written_rows_per_second": round(WRITTEN / owner),
        "written_rows_per_second": round(WRITTEN / filtered),
        "written_ratio": round(filtered / owner, 2),
    }


def _seconds_to_write(there: Partnership, role: str) -> float:
    """PostgreSQL refuses COPY where rows are kept from whoever writes: they are then inserted."""
    rows = [(there.workers[0], None, new_id(), "invited", None) for _ in range(WRITTEN)]
    with _as(role), transaction.atomic():
        connection.ensure_connection()
        started = time.perf_counter()
        involve(by=BY, rows=rows, kind="person")
        took = time.perf_counter() - started
        transaction.set_rollback(True)
    return took


@contextmanager
def _role() -> Iterator[str]:
    """The application's role, for this database alone."""
    role = f"reachable_bench_{new_id().hex[-12:]}"
    name, own = sql.Identifier(role), sql.Identifier(connection.settings_dict["USER"])
    _run(sql.SQL("CREATE ROLE {}").format(name))
    try:
        _run(sql.SQL("GRANT {} TO {}").format(name, own))
        grant(role)
        yield role
    finally:
        _run(sql.SQL("DROP OWNED BY {}").format(name))
        _run(sql.SQL("DROP ROLE {}").format(name))


@contextmanager
def _as(role: str) -> Iterator[None]:
    """Reach the database as another role from the next question on."""
    held = dict(connection.settings_dict["OPTIONS"])
    connection.close()
    if role:
        connection.settings_dict["OPTIONS"]["assume_role"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = held


def _run(statement: sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(None))

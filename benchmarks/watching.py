"""Who looked at whom, watched over a month of 200,000 looks in an audit of 1,000,000 entries."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.partnership import Partnership, client_of, set_up
from reachable.access import services as access
from reachable.access.models import Involvement, User
from reachable.access.selectors import actor_for
from reachable.audit.models import Entry
from reachable.foundation import memory
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from reachable.governance import watching
from reachable.governance.facts import FACTS
from reachable.governance.watching import Narrowing
from reachable.people.models import CurrentPerson, Person, Record

NAME = "Watching a month of 200,000 looks in an audit of 1,000,000 entries"
BASELINE = "the same page over one quiet day, without facts"
ENTRIES, IN_A_MONTH = 1_000_000, 200_000
CHILDREN, WORKERS, TIMES, BATCH = 20_000, 300, 9, 20_000
BY = system("benchmark")
NAMES = ("Ashdown", "Brannigan", "Carrow", "Dunmore", "Elstow", "Fenn", "Garrick", "Hollis")
ENTRY = [
    *("id", "at", "actor_kind", "actor_id", "actor_name", "action"),
    *("subject_kind", "subject_id", "details", "key_id", "mac"),
]


def run() -> dict[str, Any]:
    there = set_up(BY)
    rng = random.Random(11)
    workers = _workers(there)
    children = _children(there, rng)
    load = {who: rng.sample(children, 40) for who in workers}
    _involve(load)
    _look(load, children, rng)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    memory.settle()
    governance = access.create_account(
        by=BY,
        username="governance",
        name="Gil Govern",
        agency_id=there.council,
        roles=["information_governance"],
    )
    by = actor_for(User.objects.get(id=governance))
    month = Narrowing(first=today() - timedelta(days=30), last=today())
    quiet = today() - timedelta(days=200)
    numbers: dict[str, Any] = {
        "entries": Entry.objects.count(),
        "looks_in_the_month": IN_A_MONTH,
        "baseline_median_ms": _median(by, Narrowing(first=quiet, last=quiet)),
    }
    for key in ("", *(fact.key for fact in FACTS)):
        wanted = Narrowing(month.first, month.last, facts=(key,) if key else ())
        numbers[f"{key or 'all_looks'}_median_ms"] = _median(by, wanted)
        numbers[f"target_{key or 'all_looks'}_median_ms"] = 300
    client = client_of(governance)
    with CaptureQueriesContext(connection) as asked:
        client.get("/watch/", _query(month.first, month.last))
    return {**numbers, "queries_of_the_page": len(asked)}


def _query(first: date | None, last: date | None) -> dict[str, str]:
    return {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in (("first", first), ("last", last))
        if day
        for part in ("day", "month", "year")
    }


def _median(by: Actor, narrowing: Narrowing) -> float:
    times = []
    for number in range(TIMES + 1):
        begun = time.perf_counter()
        watching.watch(by=by, narrowing=narrowing)
        if number:
            times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times), 1)


def _workers(there: Partnership) -> list[UUID]:
    return [
        access.create_account(
            by=BY,
            username=f"w{number}",
            name=f"Ada {NAMES[number % len(NAMES)]}{number % 40}",
            agency_id=there.council if number % 3 else there.police,
            roles=["practitioner"],
            teams=[there.team] if number % 50 == 0 else [],
        )
        for number in range(WORKERS)
    ]


def _children(there: Partnership, rng: random.Random) -> list[UUID]:
    """Each with a record of the police, and half of them of the council too."""
    children, at = [new_id() for _ in range(CHILDREN)], now()
    bulk_insert(Person, ["id", "made_at"], [(child, at) for child in children])
    bulk_insert(CurrentPerson, ["person", "current"], [(child, child) for child in children])
    records = [
        (
            *(new_id(), agency, f"R{number}", child, "", at, "A Child"),
            *(f"{rng.choice(NAMES)}{rng.randrange(400)}".lower(), "ada", "", "", ""),
        )
        for number, child in enumerate(children)
        for agency in ([there.police, there.council] if number % 2 else [there.police])
    ]
    columns = [
        *("id", "agency", "source_ref", "person", "detail_hash", "detail_at", "shown_name"),
        *("family_name", "given_names", "postcode", "nhs_number", "upn"),
    ]
    bulk_insert(Record, columns, records)
    return children


def _involve(load: dict[UUID, list[UUID]]) -> None:
    """Five times as many as run now: earlier ones have ended."""
    at = now()
    rows: list[tuple[Any, ...]] = []
    for who, children in load.items():
        for child in children:
            rows.append((new_id(), who, "person", child, "holder", at - timedelta(days=90), None))
            rows += [
                (
                    *(new_id(), who, "person", child, "holder"),
                    *(at - timedelta(days=200 + back), at - timedelta(days=180 + back)),
                )
                for back in (0, 30, 60, 90)
            ]
    columns = ["id", "user", "subject_kind", "subject_id", "basis", "started_at", "ended_at"]
    bulk_insert(Involvement, columns, rows)


def _look(load: dict[UUID, list[UUID]], children: list[UUID], rng: random.Random) -> None:
    """One in five hundred is at somebody else’s child."""
    workers = list(load)
    rows: list[tuple[Any, ...]] = []
    for at in _times():
        who = rng.choice(workers)
        child = rng.choice(children if rng.random() < 0.002 else load[who])
        kind = "person" if rng.random() < 0.6 else "moment"
        page = {"page": "child" if rng.random() < 0.99 else "document"}
        rows.append(
            (
                *(new_id(), at, "person", who, "", "looked", kind, child, page),
                *("k1", b"0" * 32),
            )
        )
        if len(rows) == BATCH:
            bulk_insert(Entry, ENTRY, rows)
            rows = []
    bulk_insert(Entry, ENTRY, rows)


def _times() -> Iterator[datetime]:
    """Four fifths in a year, one fifth in the last month, each in order."""
    end = now()
    older = ENTRIES - IN_A_MONTH
    begins = end - timedelta(days=395)
    for number in range(older):
        yield begins + timedelta(days=365) * number / older
    for number in range(IN_A_MONTH):
        yield end - timedelta(days=30) + timedelta(days=30) * number / IN_A_MONTH

"""One answer for a whole file of refused rows: a force writes a word that nobody knew."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from benchmarks.load import BY, FORCE
from benchmarks.partnership import register_people, set_up
from reachable.foundation import memory
from reachable.foundation.time import today
from reachable.intake import loading, services, together
from reachable.intake.models import BulkCorrection, Delivery
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from reachable.synthetic import bulk

NAME = (
    "One answer for 20,000 refused custody rows, 3 in 10 about children, against a register of "
    "100,000 people"
)
BASELINE = "loading as many rows of the same kind in which nothing is refused"
ROWS, REGISTER = 20_000, 100_000
UNKNOWN = "nicked"
WORD = Answer(Kind.CODE, Fault(Reason.CODE_UNKNOWN, "attendance", UNKNOWN), "arrest")


def run() -> dict[str, Any]:
    there = set_up(BY)
    known = list(bulk.register(1, REGISTER, today()))
    register_people(BY, there.council, known)
    plain = _received(there.police, known, 2)
    refused = _received(there.police, known, 3, UNKNOWN)
    memory.settle()
    _load(refused)
    loading_seconds = _load(plain)
    begun = together.begin(by=BY, delivery_id=refused, answer=WORD)
    transactions, seconds = _settled(begun)
    return {
        "rows": ROWS,
        "rows_per_second": round(ROWS / seconds),
        "ratio": round(seconds / loading_seconds, 2),
        "median_transaction_ms": round(1000 * statistics.median(transactions), 1),
        "longest_transaction_ms": round(1000 * max(transactions), 1),
        "target_longest_transaction_ms": 250,
        "transactions": len(transactions),
        "baseline_seconds": round(loading_seconds, 1),
    }


def _received(agency_id: UUID, known: list[bulk.Known], seed: int, word: str = "") -> UUID:
    """Write a file, with a word for why somebody is in custody where one is given; send it."""
    path = Path(settings.UPLOAD_DIR) / f"custody-{seed}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = bulk.custody(seed, known, ROWS, today(), FORCE)
    bulk.write_custody(
        path, ((f"{seed}{number}", word or said, *more) for number, said, *more in rows)
    )
    with path.open("rb") as content:
        received = services.receive(
            by=BY, agency_id=agency_id, feed="police_custody", file_name=path.name, content=content
        )
    return received.delivery_id


def _load(delivery_id: UUID) -> float:
    services.begin_loading(by=BY, delivery_id=delivery_id)
    started = time.perf_counter()
    loading.load(by=BY, delivery_id=delivery_id)
    return time.perf_counter() - started


def _settled(correction_id: UUID) -> tuple[list[float], float]:
    """Return the seconds of each transaction that held the lock, and of all of it."""
    transactions: list[float] = []
    commit = together._commit

    def timed(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        outcome = commit(*arguments, **named)
        transactions.append(time.perf_counter() - started)
        return outcome

    together._commit = timed
    started = time.perf_counter()
    together.settle(by=BY, correction_id=correction_id)
    seconds = time.perf_counter() - started
    together._commit = commit
    done = BulkCorrection.objects.get(id=correction_id)
    accepted = Delivery.objects.values_list("accepted", flat=True).get(id=done.delivery_id)
    if done.state != "done" or accepted != ROWS:
        raise RuntimeError(f"{accepted} of {ROWS} rows were settled: {done.error}")
    return transactions, seconds

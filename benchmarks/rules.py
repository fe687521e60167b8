"""Every rule asked about one event of a child to whom very much has happened."""

from __future__ import annotations

import random
import statistics
import time
from datetime import date, timedelta
from typing import Any

from benchmarks.partnership import Times
from reachable.moments.rules import young_enough
from reachable.practice import guidance
from reachable.practice.calling import Happened, History, Rulebook
from reachable.practice.time import When

NAME = "All rules on one event of a child with 2,000 others"
BASELINE = "the same event of a child with 20 others"
MANY, FEW = 2_000, 20
TIMES = 2_000
BORN = date(2011, 3, 1)


def run() -> dict[str, Any]:
    many, few = _asked(MANY), _asked(FEW)
    return {
        "rules": len(guidance.rules()),
        "median_ms": round(many.median, 3),
        "target_median_ms": 2,
        "p95_ms": round(many.p95, 3),
        "ratio": round(many.median / few.median, 1),
        "baseline_median_ms": round(few.median, 3),
    }


def _asked(others: int) -> Times:
    """Time what is decided on one event, from the list of all that happened to the child."""
    rng = random.Random(others)
    book = Rulebook(guidance.rules())
    kinds = sorted(set().union(*(rule.on | rule.after for rule in book.rules)))
    happened = [_happened(rng, kinds) for _ in range(others + 1)]
    times, called = [], 0
    for _ in range(TIMES):
        this = rng.choice(happened)
        started = time.perf_counter()
        rules = (*book.alone(this.kind), *book.fired(this, History(happened)))
        called += sum(young_enough(each, occurred=this.occurred, birth_date=BORN) for each in rules)
        times.append(1000 * (time.perf_counter() - started))
    if not called:
        raise RuntimeError("no rule called for anything")
    return Times(statistics.median(times), statistics.quantiles(times, n=20)[-1])


def _happened(rng: random.Random, kinds: list[str]) -> Happened:
    day = date(2026, 1, 1) - timedelta(days=rng.randrange(700))
    return Happened(rng.choice(kinds), When.on(day))

"""Services that fit one child, of a directory that is larger than any area's."""

from __future__ import annotations

import random
import statistics
import time as clock
from datetime import UTC, datetime, time, timedelta
from typing import Any

from benchmarks.partnership import Times
from reachable.provision import taxonomy
from reachable.provision.rules.fitting import Needed, Offered, fitting
from reachable.provision.rules.reading import Hours

NAME = "Services that fit a child, of 2,000"
BASELINE = "the same of 20 services"
MANY, FEW = 2_000, 20
TIMES = 100
AREAS = [f"FX0{number}" for number in range(1, 9)]


def run() -> dict[str, Any]:
    many, few = _asked(MANY), _asked(FEW)
    return {
        "services": MANY,
        "median_ms": round(many.median, 2),
        "p95_ms": round(many.p95, 2),
        "target_p95_ms": 50,
        "ratio": round(many.median / few.median, 1),
        "baseline_median_ms": round(few.median, 3),
    }


def _asked(count: int) -> Times:
    rng = random.Random(count)
    offers = [_offered(rng, number) for number in range(count)]
    times, found = [], 0
    for _ in range(TIMES):
        needed = Needed(
            at=datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=rng.randrange(7 * 24 * 60)),
            age=rng.randint(10, 17),
            area=rng.choice(AREAS),
            form=rng.choice(_keys("form")),
            moment=rng.choice(_keys("moment")),
        )
        started = clock.perf_counter()
        found += len(fitting(offers, needed))
        times.append(1000 * (clock.perf_counter() - started))
    if not found:
        raise RuntimeError("no service fitted anybody")
    return Times(statistics.median(times), statistics.quantiles(times, n=20)[-1])


def _keys(of: str) -> list[str]:
    return [term.key for term in taxonomy.taxonomies()[of].terms]


def _offered(rng: random.Random, number: int) -> Offered:
    """Half of them say little of themselves, so that most have to be looked at to the end."""
    return Offered(
        key=str(number),
        name=f"Invented Service {number}",
        minimum_age=rng.choice([None, 8, 11, 14]),
        maximum_age=rng.choice([None, 17, 25]),
        areas=frozenset(rng.sample(AREAS, rng.choice([0, 0, 3, 6]))),
        forms=frozenset(rng.sample(_keys("form"), rng.choice([0, 0, 4]))),
        moments=frozenset(rng.sample(_keys("moment"), rng.choice([0, 0, 9]))),
        helps=frozenset(rng.sample(_keys("help"), 2)),
        hours=tuple(Hours(day, time(rng.randint(8, 12)), time(18)) for day in range(5)),
        waiting_days=rng.choice([None, 7, 28]),
    )

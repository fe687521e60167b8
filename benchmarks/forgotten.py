"""How long a forgotten password takes: for a name that exists, and for one that does not."""

from __future__ import annotations

import statistics
import time
from typing import Any

from django.test import Client

from benchmarks.partnership import set_up
from reachable.access.models import SignInAttempts, User
from reachable.foundation.actor import system

NAME = "Forgotten password: 200 wrong codes for names that exist, and 200 for names that do not"
BASELINE = "the same for names that do not exist"
EACH = 200


def run() -> dict[str, Any]:
    workers = set_up(system("benchmark")).workers
    known = list(User.objects.filter(id__in=workers).values_list("username", flat=True))
    _asked("warm")
    exists, not_there = [], []
    for turn in range(EACH):
        # One after the other, so that whatever else the machine does meets both alike.
        exists.append(_asked(known[turn % len(known)]))
        not_there.append(_asked(f"nobody-{turn % len(known)}"))
    ratio = statistics.median(exists) / statistics.median(not_there)
    return {
        "each": EACH,
        **_spread("exists", exists),
        **_spread("does_not_exist", not_there),
        "ratio": round(ratio, 3),
        "target_ratio": 1.1,
    }


def _asked(username: str) -> float:
    # Nobody is slowed here: what is measured is what follows.
    SignInAttempts.objects.all().delete()
    client = Client(SERVER_NAME="localhost")
    given = {"username": username, "code": "AAAA-BBBB-CCCC"}
    began = time.perf_counter()
    answer = client.post("/sign-in/forgotten/", given)
    took = 1000 * (time.perf_counter() - began)
    if answer.status_code != 422:
        raise RuntimeError(f"the answer was {answer.status_code}")
    return took


def _spread(name: str, times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=20)
    return {
        f"{name}_p5_ms": round(cuts[0], 2),
        f"{name}_median_ms": round(statistics.median(times), 2),
        f"{name}_p95_ms": round(cuts[-1], 2),
    }

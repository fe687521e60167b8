"""How long the server works for one sign-in with a passkey: what it asks, and the answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from benchmarks.partnership import set_up
from reachable.access.models import User
from reachable.foundation.actor import system
from tests.support.signing_in import Key, asked, with_passkey

NAME = "Signing in with a passkey: both requests of 100 sign-ins"
BASELINE = "checking one password, as the sign-in page does"
MOST = 100


def run() -> dict[str, Any]:
    workers = set_up(system("benchmark")).workers
    user = User.objects.get(id=workers[0])
    key = with_passkey(user.username)
    both = [_signed_in(key) for _ in range(MOST + 5)][5:]
    times, work = [each for each, _ in both], [each for _, each in both]
    started = time.perf_counter()
    make_password("a password of nobody")
    baseline = 1000 * (time.perf_counter() - started)
    median = statistics.median(times)
    return {
        "sign_ins": MOST,
        "median_ms": round(median, 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "target_p95_ms": 300,
        "processor_ms": round(statistics.median(work), 1),
        "password_ms": round(baseline, 1),
        "ratio": round(median / baseline, 2),
        "target_ratio": 1,
    }


def _signed_in(key: Key) -> tuple[float, float]:
    """Return the milliseconds of server time, and those in which the processor was at it, without
    those in which the passkey signs."""
    client = Client(SERVER_NAME="localhost")
    first, page = _timed(lambda: client.get("/sign-in/passkey/"))
    answer = key.answer(asked(page))
    second, came = _timed(lambda: client.post("/sign-in/passkey/", {"answer": answer}))
    if came.status_code != 302:
        raise RuntimeError(f"the answer was {came.status_code}")
    return first[0] + second[0], first[1] + second[1]


def _timed(request: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    began, work = time.perf_counter(), time.process_time()
    answer = request()
    took = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - work)
    return took, answer

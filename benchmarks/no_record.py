"""Asking about a child who is restricted, and about nobody: whether the time tells which it was."""

from __future__ import annotations

import math
import random
import time
from bisect import bisect_right
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.test import Client

from benchmarks.partnership import client_of, register_people, set_up
from reachable.access import services as access
from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.ids import new_id
from reachable.foundation.time import today
from reachable.people import restricting
from reachable.people.models import Enquiry, Record
from reachable.synthetic import bulk

NAME = "Asking about a restricted child, and about nobody, 1,000 times each"
BASELINE = "the median server time of the question and its answer about nobody"
TRIES, WARM = 1_000, 50
CHILDREN = 2_000
BY = system("benchmark")
WHY = "She stands at my desk and asks for somebody."
Described = tuple[str, str, date]


def run() -> dict[str, Any]:
    """Ask about one and the other in a random order; say how likely chance alone parts them so."""
    there = set_up(BY)
    register_people(BY, there.council, list(bulk.register(7, CHILDREN, today())))
    hidden = _restricted(there.team, there.workers)
    given, family, born = hidden
    nobody = given, f"{family}q", born
    another = f"{given}q", family, born
    client = client_of(there.sergeant)
    kinds = {"hidden": hidden, "nobody": nobody, "another": another}
    order = [name for name in kinds for _ in range(TRIES + WARM)]
    random.Random(1).shuffle(order)
    times: dict[str, list[float]] = {name: [] for name in kinds}
    memory.settle()
    for name in order:
        times[name].append(_asked(client, kinds[name]))
    found = {name: measured[WARM:] for name, measured in times.items()}
    return {
        "tries": TRIES,
        "hidden_median_ms": round(median(found["hidden"]), 2),
        "ratio": round(median(found["hidden"]) / median(found["nobody"]), 3),
        # Above 0.01 the two cannot be told apart over so many tries.
        "p_hidden_and_nobody": round(_by_chance(found["hidden"], found["nobody"]), 3),
        "p_nobody_and_another": round(_by_chance(found["nobody"], found["another"]), 3),
        "baseline_median_ms": round(median(found["nobody"]), 2),
    }


def _restricted(team: UUID, readers: list[UUID]) -> Described:
    """Restrict somebody of the middle of the register to the two workers."""
    record = Record.objects.order_by("id")[CHILDREN // 2]
    row = (None, team, record.person_id, "team", new_id())
    access.involve(by=BY, rows=[row], kind="person")
    lead = access.create_account(
        by=BY,
        username="lead",
        name="A Lead",
        agency_id=record.agency_id,
        roles=["supervisor"],
        teams=[team],
    )
    restricting.restrict(
        by=actor_for(User.objects.get(id=lead)),
        person_id=record.person_id,
        kind="high_risk",
        reason="For the benchmark",
        readers=readers,
        review_on=today() + timedelta(days=90),
    )
    assert record.birth_date is not None
    return record.given_names, record.family_name, record.birth_date


def _asked(client: Client, described: Described) -> float:
    given, family, born = described
    sent = {
        "given_names": given,
        "family_name": family,
        "birth_date-day": str(born.day),
        "birth_date-month": str(born.month),
        "birth_date-year": str(born.year),
        "reason": WHY,
    }
    # One may ask only so often a day.
    Enquiry.objects.all().delete()
    started = time.perf_counter()
    answer = client.post("/somebody/", sent)
    page = client.get(answer["Location"])
    elapsed = 1000 * (time.perf_counter() - started)
    if b"No record that you may be told of" not in page.content:
        raise RuntimeError("a record was told of")
    return elapsed


def _by_chance(one: list[float], other: list[float]) -> float:
    """Return how likely two samples of one distribution lie as far apart (Kolmogorov, Smirnov)."""
    first, second = sorted(one), sorted(other)
    apart = max(
        abs(bisect_right(first, at) / len(first) - bisect_right(second, at) / len(second))
        for at in (*first, *second)
    )
    size = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    reach = (size + 0.12 + 0.11 / size) * apart
    if reach < 0.2:
        return 1.0
    terms = (math.exp(-2 * (k * reach) ** 2) * (1 if k % 2 else -1) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * math.fsum(terms)))

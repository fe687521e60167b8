"""Who is told before time runs out, looked for among many open moments."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.partnership import set_up
from reachable.access import services as access
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.db import bulk_insert, bulk_insert_all
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, travel
from reachable.moments.models import Action, Moment
from reachable.moments.reminding import remind
from reachable.notices.models import Notice
from reachable.people.models import Person
from reachable.practice import guidance

NAME = "Looking for who is to be told before time runs out, among 10,000 open moments"
BASELINE = "the same look where no moment is open"
MOMENTS = 10_000
WORKERS = 50
WAITING = 0.05
TIMES = 15
MINUTES = 30
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    workers = [
        access.create_account(
            by=BY,
            username=f"held{number}",
            name=f"Held {number}",
            agency_id=there.council,
            roles=["practitioner"],
            teams=[there.team],
        )
        for number in range(WORKERS)
    ]
    at = now()
    remind(by=BY)
    nothing = _milliseconds(lambda: remind(by=BY))
    _open(there.team, workers, at)
    memory.settle()
    with travel(at):
        first = _milliseconds(lambda: remind(by=BY))
    told = Notice.objects.count()
    sweeps, fresh = [], []
    for sweep in range(1, TIMES + 1):
        # What nobody answers is passed on elsewhere: here only time goes by.
        with travel(at + timedelta(minutes=MINUTES) * sweep / TIMES):
            before = Notice.objects.count()
            sweeps.append(_milliseconds(lambda: remind(by=BY)))
            fresh.append(Notice.objects.count() - before)
    if not told or not any(fresh):
        raise RuntimeError(f"told {told} at first and {fresh} afterwards")
    return {
        "open_moments": Moment.objects.count(),
        "told_at_first": told,
        "first_sweep_ms": round(first, 1),
        "told_in_a_sweep": round(statistics.mean(fresh), 1),
        "sweep_median_ms": round(statistics.median(sweeps), 1),
        "target_sweep_median_ms": 200,
        "sweep_longest_ms": round(max(sweeps), 1),
        "baseline_ms": round(nothing, 1),
    }


def _milliseconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1000


def _open(team: UUID, workers: list[UUID], at: datetime) -> None:
    """Open moments of every kind, each somewhere within its clock, most of them held."""
    rng = random.Random(5)
    kinds = guidance.moment_kinds()
    people, moments, actions = [], [], []
    for number in range(MOMENTS):
        kind, who, person_id = kinds[number % len(kinds)], rng.choice(workers), new_id()
        length, answer = kind.child_clock.span.at_most, kind.acknowledge_clock.span.at_most
        waits = rng.random() < WAITING
        opened = at - rng.random() * (answer if waits else length)
        moment_id = new_id()
        people.append((person_id, at))
        moments.append(
            (
                *(moment_id, person_id, kind.key, "arrest", 1, 1, team, opened, opened),
                *(opened + length, "waiting" if waits else "held", who if waits else None),
                *(opened + answer if waits else None, None if waits else who),
                *(None if waits else opened, "", "", "", 1),
            )
        )
        actions.append((new_id(), moment_id, "asked", opened, who, "", "", ""))
    bulk_insert(Person, ["id", "made_at"], people)
    bulk_insert_all(
        (
            Moment,
            [
                *("id", "person", "kind", "rule", "rule_version", "pathway_version", "team"),
                *("opened_at", "received_at", "child_due_at", "state", "asked", "answer_by"),
                *("holder", "held_at", "outcome", "state_before", "paused_why", "version"),
            ],
            moments,
        ),
        (Action, ["id", "moment", "kind", "at", "about", "step", "how", "note"], actions),
    )

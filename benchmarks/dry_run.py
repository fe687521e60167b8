"""A rule tried over a year of the partnership's own past, with half a million events in it."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from benchmarks.partnership import Partnership, set_up
from reachable.chronology import selectors as chronology
from reachable.chronology.models import Event
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.db import bulk_insert, bulk_insert_all
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from reachable.moments import dry_runs
from reachable.moments.switches import rules_in_force
from reachable.people.models import CurrentPerson, Person, Record
from reachable.practice import guidance

NAME = "A dry run of a rule over 12 months and 500,000 events"
BASELINE = "reading what happened, child by child, without trying a rule on it"
CHILDREN = 40_000
EVENTS = 500_000
OFTEN = 50
"""Children with very many events."""
MANY = 2_000
RULES = ("suspended_or_excluded", "suspended_after_sign", "third_return", "stopped_again")
AT_ONCE = 20_000
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    _insert(there)
    memory.settle()
    seconds = {rule: _seconds(rule) for rule in RULES}
    reading = _reading()
    slowest = max(seconds.values())
    return {
        "events": Event.objects.count(),
        "children": CHILDREN,
        **{f"{rule}_seconds": round(took, 1) for rule, took in seconds.items()},
        "slowest_seconds": round(slowest, 1),
        "target_slowest_seconds": 20,
        "ratio": round(statistics.median(seconds.values()) / reading, 2),
        "baseline_seconds": round(reading, 1),
    }


def _seconds(rule: str) -> float:
    started = time.perf_counter()
    found = dry_runs.try_now(by=BY, rule=rule)
    took = time.perf_counter() - started
    if not found["calls"]:
        raise RuntimeError(f"{rule} called for nothing")
    return took


def _reading() -> float:
    started = time.perf_counter()
    kinds = set().union(*(rule.on | rule.after for rule in rules_in_force().rules))
    for _ in chronology.whole_past(by=BY, kinds=kinds, since=today() - timedelta(days=800)):
        pass
    return time.perf_counter() - started


def _insert(there: Partnership) -> None:
    rng = random.Random(7)
    at = now()
    people = [new_id() for _ in range(CHILDREN)]
    records = [new_id() for _ in range(CHILDREN)]
    bulk_insert(Person, ["id", "made_at"], [(person, at) for person in people])
    bulk_insert(CurrentPerson, ["person", "current"], [(person, person) for person in people])
    bulk_insert_all(
        (
            Record,
            [
                *("id", "agency", "source_ref", "person", "detail_hash", "detail_at"),
                *("shown_name", "family_name", "given_names", "birth_date", "postcode"),
                *("nhs_number", "upn"),
            ],
            [
                (
                    *(record, there.council, f"made-{number}", person, "", at),
                    *("Invented Child", "child", "invented"),
                    *(today() - timedelta(days=rng.randrange(10 * 365, 18 * 365)), "", "", ""),
                )
                for number, (record, person) in enumerate(zip(records, people, strict=True))
            ],
        )
    )
    events = list(_events(rng, there.council, records))
    for start in range(0, len(events), AT_ONCE):
        bulk_insert_all((Event, _COLUMNS, events[start : start + AT_ONCE]))


_COLUMNS = [
    *("id", "signal_id", "kind", "record", "agency", "compartment", "occurred_on", "occurred_at"),
    *("precision", "time_note", "received_at", "recorded_at", "place", "details", "source", "news"),
]


def _events(rng: random.Random, agency: UUID, records: Sequence[UUID]) -> Iterator[tuple[Any, ...]]:
    """Yield events of every kind that a rule asks about, in the last twelve months."""
    kinds = sorted(set().union(*(rule.on | rule.after for rule in guidance.rules())))
    often, last, at = records[:OFTEN], today(), now()
    for number in range(EVENTS):
        record = often[number % OFTEN] if number < OFTEN * MANY else rng.choice(records)
        day: date = last - timedelta(days=rng.randrange(365))
        yield (
            *(new_id(), new_id(), rng.choice(kinds), record, agency, "justice", day, None),
            *("day", "", at, at, "", {}, "Invented", True),
        )

"""Who turns an age at which plans change, looked for each day among 100,000 people."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.partnership import set_up
from reachable.chronology.models import Event
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.db import bulk_insert, bulk_insert_all
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, travel
from reachable.moments import birthdays
from reachable.people.models import CurrentPerson, Person, Record
from reachable.practice.birthdays import AGES
from reachable.practice.time import LONDON

NAME = "Looking each day for who turns an age at which plans change, among 100,000 people"
BASELINE = "the same look where nobody is known"
PEOPLE = 100_000
SIGNS = 0.05
"""The share of people whom a sign concerns; each person has three events."""
DAYS = 10
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    at = now()
    birthdays.keep(by=BY)
    nothing = _milliseconds(lambda: birthdays.keep(by=BY))
    _know(there.council, at)
    memory.settle()
    first = _milliseconds(lambda: birthdays.keep(by=BY))
    recorded = Event.objects.filter(kind__in=AGES).count()
    looks = []
    for day in range(1, DAYS + 1):
        with travel(at + timedelta(days=day)):
            looks.append(_milliseconds(lambda: birthdays.keep(by=BY)))
    later = Event.objects.filter(kind__in=AGES).count() - recorded
    if not recorded or not later:
        raise RuntimeError(f"{recorded} birthdays at first and {later} afterwards")
    return {
        "people": Record.objects.count(),
        "events": Event.objects.count(),
        "birthdays_at_first": recorded,
        "first_look_ms": round(first, 1),
        "birthdays_a_day": round(later / DAYS, 1),
        "daily_look_median_ms": round(statistics.median(looks), 1),
        "target_daily_look_median_ms": 1000,
        "daily_look_longest_ms": round(max(looks), 1),
        "baseline_ms": round(nothing, 1),
    }


def _milliseconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1000


def _know(agency: UUID, at: datetime) -> None:
    """Record people of 5 to 20, and of each three events over two years."""
    rng = random.Random(6)
    today = at.astimezone(LONDON).date()
    for begins in range(0, PEOPLE, 10_000):
        people: list[tuple[Any, ...]] = []
        current: list[tuple[Any, ...]] = []
        records: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for number in range(begins, begins + 10_000):
            person, record = new_id(), new_id()
            born = today - timedelta(days=rng.randint(5 * 365, 20 * 365))
            people.append((person, at))
            current.append((person, person))
            records.append(
                (
                    *(record, agency, f"B{number}", person, f"{number:032d}", at, "Name", "name"),
                    *("name", born, "", "", ""),
                )
            )
            sign = rng.random() < SIGNS
            for each in range(3):
                day = today - timedelta(days=rng.randint(1, 700))
                kind = "arrest" if sign and each == 0 else "suspension"
                events.append(
                    (
                        *(new_id(), new_id(), kind, record, agency, "welfare", day, None, "day"),
                        *("", at - timedelta(days=700), at, "", {}, "Benchmark", True),
                    )
                )
        bulk_insert(Person, ["id", "made_at"], people)
        bulk_insert(CurrentPerson, ["person", "current"], current)
        bulk_insert_all(
            (
                Record,
                [
                    *("id", "agency", "source_ref", "person", "detail_hash", "detail_at"),
                    *("shown_name", "family_name", "given_names", "birth_date", "postcode"),
                    *("nhs_number", "upn"),
                ],
                records,
            ),
            (
                Event,
                [
                    *("id", "signal_id", "kind", "record", "agency", "compartment"),
                    *("occurred_on", "occurred_at", "precision", "time_note", "received_at"),
                    *("recorded_at", "place", "details", "source", "news"),
                ],
                events,
            ),
        )

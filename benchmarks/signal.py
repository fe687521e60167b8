"""One signal from a phone: from the request to the notice in the outbox, committed."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

from django.test import Client

from benchmarks.partnership import client_of, register_people, served, set_up
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.time import today
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.synthetic import bulk
from reachable.synthetic.bulk import Known

NAME = "A signal from a phone against a register of 100,000 people: server time of one request"
BASELINE = "the median server time of the help page, signed in: what any request costs"
PEOPLE = 100_000
SENT = 500
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    known = list(bulk.register(1, PEOPLE, today()))
    register_people(BY, there.council, known)
    client = client_of(there.sergeant)
    memory.settle()
    help_page = served(SENT, lambda: client.get("/help/"))
    dice = random.Random(3)
    times = served(SENT, lambda: _send(client, dice.choice(known)))
    moments, notices = Moment.objects.count(), Notice.objects.filter(kind="moment.assigned").count()
    if not moments == notices > SENT * 0.9:
        raise RuntimeError(f"{SENT} signals gave {moments} moments and {notices} notices")
    return {
        "signals": SENT,
        "median_ms": times.median,
        "target_median_ms": 20,
        "p95_ms": times.p95,
        "target_p95_ms": 60,
        "ratio": round(times.median / help_page.median, 2),
        "baseline_median_ms": help_page.median,
    }


def _send(client: Client, who: Known) -> Any:
    year, month, day = who.birth_date.split("-")
    answers = {
        "token": str(uuid4()),
        "kind": "in_custody_now",
        "given_names": who.given_names,
        "family_name": who.family_name,
        "birth_date-day": day,
        "birth_date-month": month,
        "birth_date-year": year,
        "where": "Fenmarch Police Station, cell 4",
        "reach": "Custody desk, 07700 900123, until 06:00",
    }
    return client.post("/signal/", answers)

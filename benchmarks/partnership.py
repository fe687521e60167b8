"""What every benchmark starts from: two agencies, a team with somebody on duty, and a register;
and how requests are timed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test import Client

from reachable.access import services as access
from reachable.access.models import User
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.intake.rules import making
from reachable.people import services as people
from reachable.people.identification import Claim
from reachable.synthetic.bulk import Known

BATCH = 1000


@dataclass(frozen=True)
class Partnership:
    """Identifiers of what was set up."""

    police: UUID
    council: UUID
    team: UUID
    sergeant: UUID
    workers: list[UUID]


def set_up(by: Actor) -> Partnership:
    """Make the agencies, one team for every area, and two workers on duty for it."""
    police = access.create_agency(by=by, key="police", name="Fexshire Police", kind="police")
    council = access.create_agency(by=by, key="council", name="Fexshire Council", kind="council")
    team = access.create_team(by=by, key="hub", name="Exploitation Hub", agency_id=council)
    workers = [
        access.create_account(
            by=by,
            username=f"worker{number}",
            name=f"Worker {number}",
            agency_id=council,
            roles=["practitioner"],
            teams=[team],
        )
        for number in (1, 2)
    ]
    sergeant = access.create_account(
        by=by, username="sergeant", name="A Sergeant", agency_id=police, roles=["custody"]
    )
    day = timedelta(days=1)
    shifts = [(user, now() - day, now() + day, at) for at, user in enumerate(workers, 1)]
    access.plan_shifts(by=by, team_id=team, shifts=shifts)
    return Partnership(police, council, team, sergeant, workers)


def register_people(by: Actor, agency_id: UUID, known: Sequence[Known]) -> None:
    """Identify everybody of a register as an agency's records; then let the planner look."""
    for start in range(0, len(known), BATCH):
        claims = [_claim(agency_id, who) for who in known[start : start + BATCH]]
        with transaction.atomic():
            people.identify(by=by, claims=claims)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _claim(agency_id: UUID, who: Known) -> Claim:
    content = who._asdict()
    return Claim(
        agency_id=agency_id,
        reference=who.local_id,
        identity=making.identity_of(content),
        shown_name=making.shown_name(content),
        content=content,
        content_hash=making.short_hash(content),
        received_at=now(),
    )


@dataclass(frozen=True)
class Times:
    """Milliseconds of server time."""

    median: float
    p95: float


def client_of(user_id: UUID) -> Client:
    """Return a browser in which this person is signed in: requests go through every middleware."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(id=user_id))
    return client


def served(count: int, request: Callable[[], Any]) -> Times:
    """Time that many requests after a few that warm up; each must be answered well."""
    times = []
    for number in range(count + 5):
        started = time.perf_counter()
        answer = request()
        elapsed = 1000 * (time.perf_counter() - started)
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"the answer was {answer.status_code}")
        if number >= 5:
            times.append(elapsed)
    percentiles = statistics.quantiles(times, n=20)
    return Times(round(statistics.median(times), 1), round(percentiles[-1], 1))

"""The two pages that people wait for, where there is very much to show."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.partnership import Partnership, client_of, served, set_up
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.time import today
from reachable.intake import loading
from reachable.intake import services as intake
from reachable.moments.models import Moment
from reachable.synthetic import bulk

NAME = "The worklist with 10,000 open moments, and a child with 2,000 events"
BASELINE = "the median server time of the help page, signed in: what any request costs"
MOMENTS = 10_000
EVENTS = 2_000
SEEN = 40
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    _open_moments(there)
    child = _child_with_events(there)
    client = client_of(there.workers[0])
    memory.settle()
    help_page = served(SEEN, lambda: client.get("/help/"))
    numbers: dict[str, Any] = {"open_moments": Moment.objects.count(), "events": EVENTS}
    for name, address in (("worklist", "/worklist/"), ("child", f"/children/{child}/")):
        page = served(SEEN, partial(client.get, address))
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        numbers |= {
            f"{name}_median_ms": page.median,
            f"target_{name}_median_ms": 150,
            f"{name}_p95_ms": page.p95,
            f"{name}_queries": len(asked),
            f"ratio_{name}": round(page.median / help_page.median, 1),
        }
    return {**numbers, "baseline_median_ms": help_page.median}


def _open_moments(there: Partnership) -> None:
    """Every row is the arrest of another child, within the last three weeks."""
    strangers = bulk.Shares(exact=0, typo=0)
    rows = bulk.custody(2, [], MOMENTS, today(), strangers)
    _load(there, "strangers.csv", rows)
    if Moment.objects.count() < MOMENTS:
        raise RuntimeError(f"only {Moment.objects.count()} moments were opened")


def _child_with_events(there: Partnership) -> Any:
    """One child whose record at custody has arrests of more than five years, as history."""
    (who,) = bulk.register(7, 1, today())
    always = bulk.Shares(exact=1, typo=0, with_local_id=1)
    rows = bulk.custody(4, [who], EVENTS, today(), always, days=21)
    spread = (
        (f"FX/CU/H/{at}", row[1], (today() - timedelta(days=at + 1)).isoformat(), *row[3:])
        for at, row in enumerate(rows)
    )
    _load(there, "one-child.csv", spread)
    newest = Moment.objects.order_by("-opened_at", "-id").first()
    assert newest is not None
    return newest.person_id


def _load(there: Partnership, name: str, rows: Any) -> None:
    path = Path(settings.UPLOAD_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    bulk.write_custody(path, rows)
    with path.open("rb") as content:
        received = intake.receive(
            by=BY, agency_id=there.police, feed="police_custody", file_name=name, content=content
        )
    intake.begin_loading(by=BY, delivery_id=received.delivery_id)
    delivery = loading.load(by=BY, delivery_id=received.delivery_id)
    if delivery.quarantined or delivery.state != "loaded":
        raise RuntimeError(f"{delivery.quarantined} rows were refused: {delivery.error}")

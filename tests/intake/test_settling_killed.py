"""The worker is killed while it settles rows by one answer: the next one goes on, each row once."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.test import override_settings

from reachable.foundation.time import now, travel
from reachable.intake import together_jobs
from reachable.intake.models import BulkCorrection, QuarantinedRow, Signal
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from tests.support.files import load
from tests.support.servers import Server
from tests.support.world import make_world

pytestmark = pytest.mark.db

ROWS = 5_000
PATIENCE = 90  # seconds, on a busy machine


def until(wanted: str, *, accepted: int) -> BulkCorrection:
    """Wait until an answer is in that state and has settled that many rows."""
    deadline = time.monotonic() + PATIENCE
    while True:
        begun = BulkCorrection.objects.get()
        if begun.state == wanted and begun.accepted >= accepted:
            return begun
        assert time.monotonic() < deadline, (begun.state, begun.accepted, begun.error)
        time.sleep(0.01)


def test_promise_30_an_answer_whose_worker_was_killed_goes_on_and_each_row_counts_once(
    server: Server,
) -> None:
    server.stop("worker")
    lines = [
        f"CU/{at},Arrest,10/23/2026,10:00,Fenmarch,Sample{at},Child,03/03/2011\n"
        for at in range(ROWS)
    ]
    headings = "Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB\n"
    with override_settings(UPLOAD_DIR=server.database.folder / "uploads"):
        world = make_world()
        delivery = load(headings + "".join(lines))
    answer = Answer(Kind.ORDER, Fault(Reason.DATE_ORDER, "arrived_date"), "month-day-year")
    together_jobs.begin(by=world.actor("clerk"), delivery_id=delivery.id, answer=answer)
    server.start("worker")
    until("working", accepted=1)
    server.kill("worker")
    halfway = BulkCorrection.objects.get()
    assert halfway.state == "working"
    assert 0 < halfway.accepted < ROWS
    later = now() + timedelta(minutes=2)
    server.set_clock(later)
    with travel(later):
        server.start("worker")
        done = until("done", accepted=ROWS)
    assert (done.accepted, done.waiting, done.last_row) == (ROWS, 0, ROWS + 1)
    assert QuarantinedRow.objects.filter(state="corrected").count() == ROWS
    assert Signal.objects.count() == ROWS
    assert set(Signal.objects.values_list("last_version", flat=True)) == {1}
    delivery.refresh_from_db()
    assert (delivery.accepted, delivery.quarantined) == (ROWS, 0)

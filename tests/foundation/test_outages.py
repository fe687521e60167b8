"""The disk full, the database busy or gone: pages and the worker say so, and go on afterwards."""

from __future__ import annotations

import errno
import logging
import threading

import pytest
from django.db import (
    DataError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
)
from django.test import RequestFactory
from psycopg import errors

from reachable.foundation import error_pages, jobs
from reachable.foundation.outages import outage
from reachable.site import commands

CANARY = "Canary Featherstonehaugh"


def of_postgres(kind: type[Exception]) -> OperationalError:
    """An error as Django hands it on."""
    error = OperationalError(CANARY)
    error.__cause__ = kind(CANARY)
    return error


@pytest.mark.parametrize(
    ("error", "said", "status"),
    [
        (OperationalError("database is locked"), "busy", 503),
        (of_postgres(errors.LockNotAvailable), "busy", 503),
        (of_postgres(errors.DeadlockDetected), "busy", 503),
        (OperationalError("database or disk is full"), "full", 507),
        (of_postgres(errors.DiskFull), "full", 507),
        (OSError(errno.ENOSPC, CANARY), "full", 507),
        (OperationalError(f"connection failed: {CANARY}"), "does not answer", 503),
        (InterfaceError("connection already closed"), "does not answer", 503),
        (OperationalError("no such table: people_person"), "not set up", 503),
        (ProgrammingError('relation "people_person" does not exist'), "not set up", 503),
    ],
)
def test_promise_30_an_outage_is_a_page_that_says_what_was_kept(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture, error: Exception, said: str, status: int
) -> None:
    try:
        raise error
    except Exception:
        answer = error_pages.handler500(rf.get("/"))
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (status, "60")
    assert said in page
    assert "What was saved before is kept" in page
    assert CANARY not in page + caplog.text


def test_an_outage_says_of_what_was_sent_that_it_may_be_saved(rf: RequestFactory) -> None:
    """A commit whose answer never came was one all the same."""
    for request, said in ((rf.get("/"), False), (rf.post("/"), True)):
        try:
            raise OperationalError("server closed the connection unexpectedly")
        except OperationalError:
            page = error_pages.handler500(request).content.decode()
        assert ("What you sent just now is either saved whole or not at all" in page) == said
        assert "nothing was" not in page


@pytest.mark.parametrize("error", [DataError(CANARY), ValueError(CANARY), OSError(errno.EPERM, "")])
def test_a_mistake_of_ours_is_no_outage(error: Exception) -> None:
    assert outage(error) is None


def test_promise_24_an_outage_does_not_end_the_ticker_and_is_logged_by_its_kind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, ticks = threading.Event(), list[int]()

    def tick(lane: str) -> int:
        ticks.append(len(ticks))
        if len(ticks) < 4:
            raise OperationalError(CANARY) if len(ticks) < 3 else ValueError(CANARY)
        stop.set()
        return 1

    monkeypatch.setattr(jobs, "tick", tick)
    monkeypatch.setattr(commands, "AFTER_AN_OUTAGE", 0.01)
    monkeypatch.setattr(connection, "close", lambda: None)
    with caplog.at_level(logging.INFO, "reachable.jobs"):
        commands.tick_until(stop, "pass on")
    assert ticks == [0, 1, 2, 3]
    outage, mistake, over = [record.getMessage() for record in caplog.records]
    assert outage == (
        "ticker of pass on: The database does not answer. It is tried again until it works."
    )
    assert mistake.startswith("ticker of pass on: ValueError at ")
    assert over == "ticker of pass on: it works again."
    assert CANARY not in caplog.text


def test_what_is_in_the_way_is_logged_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(jobs, "monotonic", lambda: clock[0])
    said = []
    for seconds in (0, 2, 2, 595, 2):
        clock[0] += seconds
        caplog.clear()
        jobs.went_wrong("worker", OperationalError("database or disk is full"))
        said.append([record.getMessage() for record in caplog.records])
    full = ["worker: The disk of this system is full. It is tried again until it works."]
    assert said == [full, [], [], [], full]

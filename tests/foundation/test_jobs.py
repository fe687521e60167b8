"""What becomes of recurring work and of tasks that fail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django_tasks_db.models import DBTaskResult

import reachable
from reachable.foundation import jobs
from reachable.foundation.actor import Actor
from reachable.foundation.models import ScheduledRun
from reachable.foundation.registries import Schedule, schedules
from reachable.foundation.registry import Listed
from reachable.foundation.time import now, travel
from reachable.intake import jobs as intake_jobs
from reachable.intake import loading
from reachable.site import commands
from tests.support.databases import Database
from tests.support.world import make_world

CANARY = "Canary Featherstonehaugh"
DAY = 24 * 60 * 60.0


class Failing:
    """Work that fails as often as it is told to."""

    def __init__(self, fails: int) -> None:
        self.fails, self.runs = fails, 0

    def __call__(self, by: Actor) -> None:
        self.runs += 1
        if self.runs <= self.fails:
            raise OperationalError(CANARY)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Failing]:
    def made(every_seconds: float, fails: int) -> Failing:
        work = Failing(fails)
        listed = Listed("tests", "tests", Schedule("tests", every_seconds, work))
        monkeypatch.setattr(schedules, "_items", {"tests": listed})
        return work

    return made


@pytest.mark.db
def test_what_runs_once_a_day_is_tried_again_within_a_minute(
    failing: Callable[..., Failing],
) -> None:
    work, start = failing(DAY, fails=2), now()
    for seconds, runs in ((0, 1), (58, 1), (61, 2), (90, 2), (122, 3), (600, 3), (DAY, 3)):
        with travel(start + timedelta(seconds=seconds)):
            jobs.tick("tests")
        assert work.runs == runs, seconds
    with travel(start + timedelta(seconds=DAY + 125)):
        jobs.tick("tests")
    assert work.runs == 4


@pytest.mark.db
def test_what_runs_often_is_not_run_more_often_because_it_fails(
    failing: Callable[..., Failing],
) -> None:
    work, start = failing(2, fails=9), now()
    for tenth in range(61):
        with travel(start + timedelta(seconds=tenth / 10)):
            jobs.tick("tests")
    assert work.runs == 4


@pytest.mark.db
def test_a_database_that_is_away_when_it_fails_hears_of_it_later(
    failing: Callable[..., Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    work, start = failing(DAY, fails=1), now()

    def away(name: str) -> None:
        raise OperationalError(CANARY)

    with monkeypatch.context() as gone:
        gone.setattr(jobs, "_run_again_soon", away)
        with travel(start), pytest.raises(OperationalError):
            jobs.tick("tests")
    with travel(start + timedelta(seconds=10)):
        assert jobs.tick("tests") == 0
    assert ScheduledRun.objects.get(name="tests").due_at <= start + timedelta(seconds=70)
    with travel(start + timedelta(seconds=71)):
        assert jobs.tick("tests") == 1
    assert work.runs == 2


def test_a_worker_that_comes_back_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = threading.Event()
    went_well = jobs.went_well

    def well(who: str) -> None:
        went_well(who)
        said.set()

    def works(*args: Any, **options: Any) -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise OperationalError(CANARY)
        assert said.wait(10)

    tries: list[int] = []
    monkeypatch.setattr(jobs, "_said", {})
    monkeypatch.setattr(jobs, "went_well", well)
    monkeypatch.setattr(jobs, "settle_tasks", lambda worker: 0)
    monkeypatch.setattr(commands, "call_command", works)
    monkeypatch.setattr(commands, "WELL_AFTER", 0.1)
    monkeypatch.setattr(connection, "close", lambda: None)
    with caplog.at_level(logging.INFO, "reachable.jobs"):
        assert not commands._worked_to_the_end()
        assert commands._worked_to_the_end()
    assert [record.getMessage() for record in caplog.records] == [
        "worker: The database does not answer. It is tried again until it works.",
        "worker: it works again.",
    ]


@pytest.mark.db
def test_promise_24_nothing_is_kept_or_logged_of_what_an_error_in_a_task_says(
    own_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_world()

    def fails(**given: Any) -> None:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(f"No such date: {CANARY}") from error

    monkeypatch.setattr(loading, "load", fails)
    intake_jobs.load_delivery.enqueue(str(uuid4()), None)
    call_command("db_worker", interval=0, startup_delay=False, verbosity=0, batch=True)
    held = DBTaskResult.objects.get()
    assert held.status == "FAILED"
    assert held.exception_class_path == "reachable.foundation.jobs.TaskFailed"
    assert "ValueError at " in held.traceback
    assert f"{__file__}:" in held.traceback
    for column in DBTaskResult.objects.values().get().values():
        assert CANARY not in str(column)
    assert CANARY not in caplog.text
    assert "load_delivery: ValueError at " in caplog.text


def test_promise_24_every_task_keeps_nothing_of_what_an_error_says() -> None:
    rooms = Path(reachable.__file__).parent
    said = {
        path.relative_to(rooms).as_posix(): path.read_text(encoding="utf-8")
        for path in rooms.rglob("*.py")
    }
    makers = sorted(place for place, text in said.items() if "\n@task\n" in text)
    assert makers == ["intake/jobs.py", "intake/together_jobs.py", "moments/rule_jobs.py"]
    for place, text in said.items():
        if "from django_tasks import" in text:
            assert place == "foundation/jobs.py"
    for maker in makers:
        assert "from reachable.foundation.jobs import task\n" in said[maker]

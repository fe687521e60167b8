"""The worker: nothing waits for what is slow, and what a dead worker left is gone on with."""

from __future__ import annotations

import os
import platform
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from reachable.access.models import User
from reachable.audit.models import Unsealed
from reachable.foundation import jobs
from reachable.foundation.actor import Actor
from reachable.foundation.registries import Schedule, schedules
from reachable.foundation.registry import Listed
from reachable.foundation.time import now
from reachable.intake import jobs as intake_jobs
from reachable.intake.models import Delivery
from reachable.moments.models import Moment
from reachable.site import commands
from tests.support.databases import Database
from tests.support.files import CUSTODY, receive
from tests.support.servers import Server
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

SOON, LONG = 5.0, 60.0


def until(fits: Callable[[], bool], within: float = SOON) -> bool:
    ends = time.monotonic() + within
    while not fits():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def unanswered(world: World) -> UUID:
    """Send a signal that `first` was asked to take, and let the time to answer be over."""
    moment_id = world.signal()
    assert Moment.objects.filter(id=moment_id, asked_id=world.users["first"]).exists()
    Moment.objects.filter(id=moment_id).update(answer_by=now() - timedelta(seconds=1))
    return moment_id


def is_passed_on_and_sealed(world: World, moment_id: UUID) -> bool:
    asked = Moment.objects.filter(id=moment_id, asked_id=world.users["second"]).exists()
    return asked and not Unsealed.objects.exists()


def test_promise_23_a_schedule_that_takes_long_keeps_no_moment_from_being_passed_on(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    began, end = threading.Event(), threading.Event()

    def sleep(by: Actor) -> None:
        began.set()
        end.wait(LONG)

    slow = Listed("slow", "tests", Schedule("slow", 0.5, sleep))
    monkeypatch.setattr(schedules, "_items", {"slow": slow, **schedules._items})
    try:
        with commands.ticking():
            assert began.wait(SOON)
            moment_id = unanswered(world)
            assert until(lambda: is_passed_on_and_sealed(world, moment_id))
            end.set()
    finally:
        end.set()


@contextmanager
def silent_mail_server() -> Iterator[int]:
    """It takes connections and says nothing, as one does that is overloaded."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield listening.getsockname()[1]


def test_promise_23_a_mail_server_that_says_nothing_keeps_no_moment_from_being_passed_on(
    own_database: Database, settings: Any
) -> None:
    world = make_world()
    User.objects.update(email="fern@fenmarch.invalid")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = SOON
    with silent_mail_server() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        moment_id = unanswered(world)
        began = time.monotonic()
        with commands.ticking():
            assert until(lambda: is_passed_on_and_sealed(world, moment_id))
            assert time.monotonic() - began < SOON


def test_promise_30_a_worker_goes_on_with_what_another_left(
    own_database: Database, settings: Any
) -> None:
    """Killed in the middle of a task: the task is settled, and the load comes to its end."""
    settings.UPLOAD_DIR = own_database.folder / "uploads"
    world = make_world()
    delivery_id = receive(CUSTODY, by=world.actor("clerk"))
    Delivery.objects.filter(id=delivery_id).update(worked_at=now() - timedelta(hours=1))
    intake_jobs.load_delivery.enqueue(str(delivery_id), str(world.users["clerk"]))
    killed = DBTaskResult.objects.get()
    killed.claim(f"{platform.node()[:40]}/{2**22 + 1}")
    server = Server(own_database)
    server.start("worker")
    try:
        loaded = Delivery.objects.filter(id=delivery_id, state="loaded")
        assert until(loaded.exists, 30), server.log("worker")
    finally:
        server.stop("worker")
    killed.refresh_from_db()
    assert killed.status == "FAILED"
    assert killed.finished_at is not None
    assert loaded.get().rows == 9


@pytest.mark.parametrize(
    ("host", "process", "age", "settled"),
    [
        (platform.node()[:40], str(2**22 + 1), 0, True),
        (platform.node()[:40], str(os.getppid()), 0, False),
        ("elsewhere", "7", 0, False),
        ("elsewhere", "7", 25, True),
    ],
)
def test_promise_30_only_a_task_that_nobody_does_any_more_is_settled(
    world: World, host: str, process: str, age: int, settled: bool
) -> None:
    intake_jobs.load_delivery.enqueue(str(world.team), None)
    task = DBTaskResult.objects.get()
    task.claim(f"{host}/{process}")
    DBTaskResult.objects.update(started_at=now() - timedelta(hours=age))
    assert jobs.settle_tasks(jobs.worker_name()) == settled
    assert DBTaskResult.objects.get().status == ("FAILED" if settled else "RUNNING")


def test_a_worker_that_begins_again_settles_its_own_task(world: World) -> None:
    intake_jobs.load_delivery.enqueue(str(world.team), None)
    DBTaskResult.objects.get().claim(jobs.worker_name())
    assert jobs.settle_tasks(jobs.worker_name()) == 1


def test_promise_06_ended_sessions_and_old_tasks_are_removed_every_day(world: World) -> None:
    for hours in (-1, 1):
        session = SessionStore()
        session.create()
        Session.objects.filter(session_key=session.session_key).update(
            expire_date=now() + timedelta(hours=hours)
        )
    for age in (31, 29, None):
        intake_jobs.load_delivery.enqueue(str(world.team), None)
        task = DBTaskResult.objects.get(status="READY")
        if age is not None:
            task.set_successful("loaded")
            DBTaskResult.objects.filter(id=task.id).update(finished_at=now() - timedelta(days=age))
            continue
        task.claim("elsewhere/7")
    jobs.tick("daily")
    assert Session.objects.count() == 1
    assert Session.objects.get().expire_date > now()
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == [
        "RUNNING",
        "SUCCESSFUL",
    ]

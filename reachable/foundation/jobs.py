"""Recurring work: a table says what is due, and whichever worker moves the date runs it."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from time import monotonic
from typing import ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks import task as django_task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from reachable.foundation.actor import system
from reachable.foundation.errors import place
from reachable.foundation.models import ScheduledRun
from reachable.foundation.outages import outage
from reachable.foundation.registries import Schedule, schedules
from reachable.foundation.time import now

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("reachable.jobs")

FORGOTTEN_AFTER = timedelta(days=1)
"""When a task of another computer, which nobody can ask, counts as given up."""
KEPT = timedelta(days=30)

AGAIN_WITHIN = timedelta(minutes=1)
"""How long a schedule that failed waits at most, however seldom it runs otherwise."""

SAID_EVERY = 600.0
"""Seconds after which what is still in the way is said again."""

_said: dict[str, tuple[str, float]] = {}
_failed: set[str] = set()
"""Schedules that are to run again soon, of which the database has not heard yet."""


class TaskFailed(Exception):
    """Stands for an error of a task: its kind and place, which is all that is kept of it."""


def task(work: Callable[P, T]) -> Task[P, T]:
    """Make a task of a function. What an error says could be what a file says: it is not kept."""

    @wraps(work)
    def quietly(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except Exception as error:
            said = f"{type(error).__name__} at {place(error.__traceback__)}"
        log.error("%s: %s.", work.__name__, said)
        raise TaskFailed(said)

    return django_task(quietly)


def lanes() -> list[str]:
    """Name what can be done at the same time: schedules of one lane wait for each other."""
    return list(dict.fromkeys(schedule.lane for schedule in schedules.items()))


def tick(lane: str | None = None) -> int:
    """Run every schedule that is due, or those of a lane; return how many ran."""
    due = {
        schedule.name: schedule
        for schedule in schedules.items()
        if lane is None or schedule.lane == lane
    }
    for name in due:
        if name in _failed:
            _run_again_soon(name)
    waiting = set(
        ScheduledRun.objects.filter(due_at__gt=now(), name__in=due).values_list("name", flat=True)
    )
    return sum(_run(due[name]) for name in due if name not in waiting)


def _run(schedule: Schedule) -> bool:
    started = now()
    if not _take(schedule, started):
        return False
    error = ""
    try:
        schedule.run(system(schedule.name))
    except Exception as failure:
        error = type(failure).__name__
        went_wrong(schedule.name, failure)
        _failed.add(schedule.name)
        _run_again_soon(schedule.name)
    else:
        went_well(schedule.name)
    ScheduledRun.objects.filter(name=schedule.name).update(last_finished_at=now(), last_error=error)
    return True


def _run_again_soon(name: str) -> None:
    """What runs once a day would wait for a day. Where the database is away, a later tick asks."""
    soon = now() + AGAIN_WITHIN
    ScheduledRun.objects.filter(name=name, due_at__gt=soon).update(due_at=soon)
    _failed.discard(name)


def _take(schedule: Schedule, started: object) -> bool:
    """One conditional update decides which worker runs it."""
    due = now() + timedelta(seconds=schedule.every_seconds)
    with transaction.atomic():
        _, created = ScheduledRun.objects.get_or_create(
            name=schedule.name, defaults={"due_at": due, "last_started_at": started}
        )
        if created:
            return True
        return bool(
            ScheduledRun.objects.filter(Q(name=schedule.name), due_at__lte=now()).update(
                due_at=due, last_started_at=started
            )
        )


def went_wrong(who: str, error: BaseException) -> None:
    """Log what stands in the way once in a while, however often it is tried.

    An error's message could hold what somebody typed, so only its kind and place are logged.
    """
    known = outage(error)
    said = known.sentence if known else f"{type(error).__name__} at {place(error.__traceback__)}."
    before, at = _said.get(who, ("", 0.0))
    if before != said or monotonic() > at + SAID_EVERY:
        log.error("%s: %s It is tried again until it works.", who, said)
        _said[who] = said, monotonic()


def went_well(who: str) -> None:
    """Log that what stood in the way is over."""
    if who in _said:
        del _said[who]
        log.info("%s: it works again.", who)


def worker_name() -> str:
    """Name this process so that another one on the same computer can tell whether it lives."""
    return f"{platform.node()[:40]}/{os.getpid()}"


def settle_tasks(worker: str) -> int:
    """Let tasks end whose worker is gone, before `worker` begins; return how many.

    A task that another worker does after all is set right when it ends.
    """
    given_up = [
        task.pk
        for task in DBTaskResult.objects.running()
        if _is_given_up(task.worker_ids[-1] if task.worker_ids else "", task.started_at, worker)
    ]
    return (
        DBTaskResult.objects.running()
        .filter(pk__in=given_up)
        .update(
            status=TaskResultStatus.FAILED,
            finished_at=now(),
            exception_class_path="builtins.InterruptedError",
        )
    )


def _is_given_up(by: str, started_at: datetime | None, worker: str) -> bool:
    host, _, process = by.rpartition("/")
    if by == worker or started_at is None or started_at < now() - FORGOTTEN_AFTER:
        return True
    return host == worker.rpartition("/")[0] and not _lives(int(process))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def prune_tasks() -> int:
    """Remove what is known of tasks that ended a month ago; return of how many."""
    ended = DBTaskResult.objects.finished().filter(finished_at__lt=now() - KEPT)
    return ended.delete()[0]

"""Recurring work: a table says what is due, and whichever worker moves the date runs it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from reachable.foundation.actor import system
from reachable.foundation.models import ScheduledRun
from reachable.foundation.registries import Schedule, schedules
from reachable.foundation.time import now

log = logging.getLogger("reachable.jobs")


def tick() -> int:
    """Run every schedule that is due; return how many ran."""
    due = {schedule.name: schedule for schedule in schedules.items()}
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
        # The message could hold what somebody typed, so only the kind of error is logged.
        error = type(failure).__name__
        log.error("schedule %s failed: %s", schedule.name, error)
    ScheduledRun.objects.filter(name=schedule.name).update(last_finished_at=now(), last_error=error)
    return True


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

"""Dry runs, worked out by the worker: a year of a partnership takes some seconds."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from reachable.foundation.actor import Actor, system
from reachable.foundation.jobs import task
from reachable.moments import dry_runs

WORK_OUT = system("dry run")


@transaction.atomic
def begin(*, by: Actor, rule: str) -> UUID:
    """Note that somebody wants a rule run dry, and let the worker do it."""
    begun = dry_runs.begin(by=by, rule=rule)
    work_out.enqueue(str(begun))
    return begun


@task
def work_out(dry_run_id: str) -> str:
    try:
        dry_runs.work_out(by=WORK_OUT, dry_run_id=UUID(dry_run_id))
    except Exception as error:
        dry_runs.give_up(by=WORK_OUT, dry_run_id=UUID(dry_run_id), why=type(error).__name__)
        raise
    return "done"

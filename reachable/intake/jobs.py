"""Work that a page starts and the worker does."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation.actor import Actor, system
from reachable.foundation.jobs import task
from reachable.foundation.outages import outage
from reachable.intake import loading, services


@transaction.atomic
def begin(*, by: Actor, delivery_id: UUID) -> None:
    """Let the worker load a delivery: once, however often the button is pressed."""
    if services.begin_loading(by=by, delivery_id=delivery_id):
        load_delivery.enqueue(str(delivery_id), str(by.own_id))


@transaction.atomic
def withdraw_gone(*, by: Actor, delivery_id: UUID) -> None:
    """Let the worker withdraw what is gone from a set, once a person has confirmed it."""
    services.confirm_gone(by=by, delivery_id=delivery_id)
    load_delivery.enqueue(str(delivery_id), str(by.own_id))


@transaction.atomic
def resume_abandoned(*, by: Actor) -> int:
    """Let the worker go on with loads whose worker died, in the name of whoever began them."""
    left = services.take_abandoned(by=by, besides=_that_wait())
    for each in left:
        load_delivery.enqueue(str(each.delivery_id), str(each.begun_by) if each.begun_by else None)
    return len(left)


def _that_wait() -> list[UUID]:
    """Return deliveries that a worker will come to: one long load can keep the others waiting."""
    waiting = DBTaskResult.objects.ready().filter(task_path=load_delivery.module_path)
    return [UUID(given["args"][0]) for given in waiting.values_list("args_kwargs", flat=True)]


@task
def load_delivery(delivery_id: str, user_id: str | None) -> str:
    """Load what is left of a delivery if `user_id`, who began it, may still load files.

    The right is asked for when this begins, and again whenever a worker goes on with it; what is
    loaded is written as the system's work. Nobody is asked where the shell began it. Returns the
    state that the delivery is in afterwards, or “interrupted” where the database went away:
    `resume_abandoned` then goes on with it.
    """
    if user_id is not None and not _may_load(UUID(user_id)):
        services.stop_loading(
            by=system("intake"),
            delivery_id=UUID(delivery_id),
            why="Whoever began it may no longer load files. Somebody else can go on with it.",
        )
        return "refused"
    try:
        return loading.load(by=system("intake"), delivery_id=UUID(delivery_id)).state
    except Exception as error:
        if outage(error) is None:
            raise
        return "interrupted"


def _may_load(user_id: UUID) -> bool:
    user = User.objects.filter(id=user_id, is_active=True).first()
    return user is not None and actor_for(user).can("intake.load")

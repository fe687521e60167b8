"""Work that a page starts and the worker does."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from reachable.access import keys
from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation.actor import Actor, system
from reachable.foundation.jobs import task
from reachable.foundation.outages import outage
from reachable.intake import loading, services, writing
from reachable.intake.models import Delivery

KEY_REVOKED = (
    "The key that this file came with was revoked. What was loaded of it stays. Somebody of the "
    "agency can look at the rest and load it."
)


@transaction.atomic
def begin(*, by: Actor, delivery_id: UUID) -> None:
    """Let the worker load a delivery: once, however often the button is pressed."""
    if services.begin_loading(by=by, delivery_id=delivery_id):
        _enqueue(delivery_id, by.own_id if by.is_person else None, by.own_id if by.is_key else None)


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
        _enqueue(each.delivery_id, each.begun_by, each.begun_with)
    return len(left)


def _enqueue(delivery_id: UUID, user_id: UUID | None, key_id: UUID | None) -> None:
    load_delivery.enqueue(
        str(delivery_id), str(user_id) if user_id else None, str(key_id) if key_id else None
    )


@transaction.atomic
def stop_loads_of(*, by: Actor, key_id: UUID) -> None:
    """Stop what a key that was just revoked has begun: the next batch finds it stopped."""
    for delivery_id in services.begun_with(by=by, key_id=key_id):
        services.stop_loading(by=by, delivery_id=delivery_id, why=KEY_REVOKED)


def _that_wait() -> list[UUID]:
    """Return deliveries that a worker will come to: one long load can keep the others waiting."""
    return first_arguments(load_delivery.module_path)


@task
def load_delivery(delivery_id: str, user_id: str | None, key_id: str | None = None) -> str:
    """Load what is left of a delivery if whoever began it may still load files.

    That is `user_id`, or the key `key_id`. The right is asked for when this begins, and again
    whenever a worker goes on with it; what is loaded is written as the system's work. Nobody is
    asked where the system began it. Returns the state that the delivery is in afterwards, or
    “interrupted” where the database went away: `resume_abandoned` then goes on with it.
    """
    if user_id is not None and not _may_load(UUID(user_id), UUID(delivery_id)):
        services.stop_loading(
            by=system("intake"),
            delivery_id=UUID(delivery_id),
            why="Whoever began it may no longer load files. Somebody else can go on with it.",
        )
        return "refused"
    if key_id is not None and not keys.stands(key_id=UUID(key_id)):
        services.stop_loading(by=system("intake"), delivery_id=UUID(delivery_id), why=KEY_REVOKED)
        return "refused"
    return unless_interrupted(
        lambda: loading.load(by=system("intake"), delivery_id=UUID(delivery_id)).state
    )


def first_arguments(task_path: str) -> list[UUID]:
    """Return what the waiting jobs of this kind are about: each is given it first."""
    waiting = DBTaskResult.objects.ready().filter(task_path=task_path)
    return [UUID(given["args"][0]) for given in waiting.values_list("args_kwargs", flat=True)]


def unless_interrupted(work: Callable[[], str]) -> str:
    """Do what goes on from a checkpoint; say “interrupted” where the database went away."""
    try:
        return work()
    except Exception as error:
        if outage(error) is None:
            raise
        return "interrupted"


def may_load(user_id: UUID, feed: str | None) -> bool:
    """Say whether somebody may still load files, and write what those of a feed say."""
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None:
        return False
    by = actor_for(user)
    return by.can("intake.load") and (feed is None or writing.may_for_file(by, feed))


def _may_load(user_id: UUID, delivery_id: UUID) -> bool:
    return may_load(user_id, Delivery.objects.values_list("feed", flat=True).get(id=delivery_id))

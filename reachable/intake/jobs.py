"""Work that a page starts and the worker does."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation.actor import system
from reachable.foundation.outages import outage
from reachable.intake import loading, services


@task()
def load_delivery(delivery_id: str, user_id: str) -> str:
    """Load with the rights that the person who started it has now; only *identify* is the system's.

    Returns the state that the delivery is in afterwards. What the database's absence interrupts
    goes on by itself.
    """
    user = User.objects.filter(id=UUID(user_id), is_active=True).first()
    if user is None or not actor_for(user).can("intake.load"):
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

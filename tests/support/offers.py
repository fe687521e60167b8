"""A child to whom services are offered, in the small partnership."""

from __future__ import annotations

from uuid import UUID

from reachable.moments.models import Moment
from reachable.offers import services
from tests.support.world import World

SERVICE, OTHER = UUID(int=1), UUID(int=2)


def child_of(moment_id: UUID) -> UUID:
    return Moment.objects.values_list("person_id", flat=True).get(id=moment_id)


def offered(
    world: World, person_id: UUID, *recorded: str, by: str = "first", service: UUID = SERVICE
) -> UUID:
    """Offer a service; then record each of these, such as "sent" or "refused full"."""
    actor = world.actor(by)
    answer, *later = recorded or ("wants",)
    offer_id = services.offer(
        by=actor, person_id=person_id, service_id=service, answer=answer, help=""
    )
    for each in later:
        kind, _, how = each.partition(" ")
        how = how or {"sent": "spoken", "refused": "full", "ended": "done"}.get(kind, "")
        services.record(by=actor, offer_id=offer_id, kind=kind, how=how)
    return offer_id

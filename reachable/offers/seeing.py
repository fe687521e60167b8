"""Whose offers and gaps somebody may see: those of children with whom they work now."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.moments.models import OPEN, Moment
from reachable.moments.selectors import visible_moments
from reachable.offers.models import Gap, Offer
from reachable.people import selectors as people

MAKES = "offers.make"
SEES_GAPS = "offers.gaps"


def sees_welfare(by: Actor) -> bool:
    """Offers belong to the compartment welfare."""
    return by.is_system or (by.can(MAKES) and by.scope("welfare") in {"involved", "all"})


def visible_offers(*, by: Actor) -> QuerySet[Offer]:
    """Offers to the children with whom this person works now."""
    if by.is_system:
        return Offer.objects.all()
    if not sees_welfare(by):
        return Offer.objects.none()
    return Offer.objects.filter(person_id__in=people.visible_persons(by=by))


def current_child(*, by: Actor, person_id: UUID) -> UUID:
    """Return who stands for a child now; hidden and absent are the same."""
    by.require(MAKES)
    current = people.visible_current(by=by, person_id=person_id) if sees_welfare(by) else None
    if current is None:
        raise NotFound
    return current


def open_moment_of(*, by: Actor, current_id: UUID) -> Moment | None:
    """Return the child's open moment, if `by` may see moments."""
    found = visible_moments(by=by).filter(person__now__current_id=current_id, state__in=OPEN)
    return found.first()


def works_with(by: Actor, person_id: UUID) -> bool:
    return sees_welfare(by) and people.is_visible(by=by, person_id=person_id)


def locked_offer(by: Actor, offer_id: UUID) -> Offer:
    """Lock an offer that `by` may see."""
    by.require(MAKES)
    by.require_to_write("welfare")
    found = Offer.objects.select_for_update().filter(id=offer_id).first()
    if found is None or not works_with(by, found.person_id):
        raise NotFound
    return found


def sees_gap(by: Actor, gap: Gap) -> bool:
    """Whoever sees the page of gaps sees each of them, without the child."""
    return by.can(SEES_GAPS) or works_with(by, gap.person_id)

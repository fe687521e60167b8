"""Whose deliveries somebody may ask for: their own agency's, and the system all of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.intake.models import Delivery
from reachable.intake.table_sets import feeds_of


def own_deliveries(by: Actor) -> QuerySet[Delivery]:
    """Return what `by` may ask for; a key that is for some feeds sees no others."""
    if by.is_system:
        return Delivery.objects.all()
    own = Delivery.objects.filter(agency_id=by.own_agency_id)
    if by.feeds:
        own = own.filter(feed__in={each for key in by.feeds for each in (key, *feeds_of(key))})
    return own


def own_delivery(by: Actor, delivery_id: UUID, *, locked: bool = False) -> Delivery:
    """Return one of them, NotFound where there is none; `locked` until the transaction ends."""
    held = own_deliveries(by)
    delivery = (held.select_for_update() if locked else held).filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound
    return delivery

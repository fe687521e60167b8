"""Which offers and gaps go with a moment that turns out to be another child's."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from reachable.offers.models import Gap, Offer
from reachable.people.registries import PointsToPerson, RecordsMoved


def _offers(*, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]:
    held = Offer.objects.filter(person_id__in=list(moved.from_ids), moment_id__in=list(gone))
    return list(held.values_list("id", flat=True))


def _gaps(*, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]:
    """A gap that came of no moment goes with the offer whose refusal led to it."""
    with_moment = Q(moment_id__in=list(gone))
    with_offer = Q(moment=None, offer_id__in=list(gone))
    held = Gap.objects.filter(with_moment | with_offer, person_id__in=list(moved.from_ids))
    return list(held.values_list("id", flat=True))


OFFERS = PointsToPerson(
    Offer,
    "person",
    "It goes with the moment in which it was made; without one it stays.",
    ("offer", "offers"),
    at="recorded_at",
    order=20,
    goes=_offers,
)
GAPS = PointsToPerson(
    Gap,
    "person",
    "It goes with its moment or its offer; without either it stays.",
    ("gap in what is on offer", "gaps in what is on offer"),
    at="recorded_at",
    order=30,
    goes=_gaps,
)

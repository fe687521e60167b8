"""Services in a few words, for whoever has to know them where there is no signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import orjson

from reachable.foundation.actor import Actor
from reachable.provision import taxonomy, wording
from reachable.provision.deriving import places_kept_back
from reachable.provision.models import Check, Place, Service
from reachable.provision.rules.reading import without_places
from reachable.provision.selectors import READS

MOST_SAID = 140
"""Characters of what an entry says of itself, where no word of ours says for what it is."""


@dataclass(frozen=True)
class Brief:
    """A service as it is told outside the house: never where it is."""

    id: UUID
    name: str
    organisation: str
    help: str
    ages: str
    referral: str
    phones: tuple[str, ...]


def briefs(*, by: Actor, service_ids: Iterable[UUID]) -> dict[UUID, Brief]:
    """Return these services in a few words. What leaves the house names no place that is kept back,
    whoever asks."""
    by.require(READS)
    wanted = list(set(service_ids))
    hidden, kept_back = places_kept_back(), _kept_back(wanted)
    told = dict(
        Check.objects.filter(service_id__in=wanted)
        .exclude(referral="")
        .order_by("checked_at", "id")
        .values_list("service_id", "referral")
    )
    held = Service.objects.filter(id__in=wanted, current__isnull=False)
    related = held.select_related("current", "organisation").prefetch_related("terms")
    return {each.id: _brief(each, hidden, told.get(each.id, ""), kept_back) for each in related}


def _kept_back(wanted: list[UUID]) -> frozenset[UUID]:
    held = Place.objects.filter(service_id__in=wanted, kept_back=True)
    return frozenset(held.values_list("service_id", flat=True))


def _brief(
    each: Service, hidden: frozenset[UUID], referral: str, kept_back: frozenset[UUID]
) -> Brief:
    assert each.current is not None
    document = without_places(orjson.loads(each.current.document), hidden)
    return Brief(
        id=each.id,
        name=each.name,
        organisation=each.organisation.name if each.organisation else "",
        help=_help(each, document.get("description", ""), kept_back),
        ages=wording.ages(each.minimum_age, each.maximum_age),
        referral=referral,
        phones=tuple(wording.phones(document)),
    )


def _help(each: Service, description: str, kept_back: frozenset[UUID]) -> str:
    """Return which help it gives; else what it says of itself, which may say where a refuge is."""
    keys = {term.key for term in each.terms.all() if term.taxonomy == "help"}
    words = [term.name for term in taxonomy.taxonomies()["help"].terms if term.key in keys]
    if words or each.id in kept_back:
        return "; ".join(words)
    said = " ".join(description.split())
    return said if len(said) <= MOST_SAID else f"{said[:MOST_SAID].rsplit(' ', 1)[0]} …"

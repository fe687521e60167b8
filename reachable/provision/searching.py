"""Services that are listed, narrowed by what is asked, for pages and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from reachable.geography.rules import standard_postcode
from reachable.geography.selectors import area_codes, areas_of
from reachable.provision.models import AreaCovered, Opening, Place, Service

MOST_WORDS = 8
CLOSE_BY, IN_AREA, SERVES, NOT_SAID = range(4)
"""How near a service is, the nearest first: no positions are known, so by district and area."""


@dataclass(frozen=True)
class Whereabouts:
    """An area by its code, and the postcode district in it where a postcode was named."""

    area: str = ""
    district: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked for; whatever is empty narrows nothing.

    `age` is that of a child. The standard's `minimum_age` and `maximum_age` are bounds of what the
    service itself says.
    """

    words: str = ""
    age: int | None = None
    help: str = ""
    term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    weekday: int | None = None
    opens_from: time | None = None
    closes_by: time | None = None
    due_before: datetime | None = None
    """Not checked since, and listed before."""
    near: Whereabouts = Whereabouts()


def listed(asked: Asked) -> QuerySet[Service, Any]:
    """Return the services by name, or the nearest first, each once.

    An entry without an age is there for every age, and one without an area for every area.
    """
    found = Service.objects.filter(ended_at=None, current__isnull=False)
    for word in asked.words.casefold().split()[:MOST_WORDS]:
        found = found.filter(words__contains=word)
    if asked.age is not None:
        found = found.filter(
            Q(minimum_age=None) | Q(minimum_age__lte=asked.age),
            Q(maximum_age=None) | Q(maximum_age__gte=asked.age),
        )
    if asked.help:
        found = found.filter(terms__taxonomy="help", terms__key=asked.help)
    if asked.term_id is not None:
        found = found.filter(terms__term_id=asked.term_id)
    if asked.taxonomy_id is not None:
        found = found.filter(terms__taxonomy_id=asked.taxonomy_id)
    if asked.minimum_age is not None:
        found = found.filter(minimum_age__gte=asked.minimum_age)
    if asked.maximum_age is not None:
        found = found.filter(maximum_age__lte=asked.maximum_age)
    if asked.due_before is not None:
        found = found.filter(
            Q(last_checked_at__lt=asked.due_before)
            | Q(last_checked_at=None, listed_at__lt=asked.due_before)
        )
    if (hours := _open(asked)) is not None:
        found = found.filter(id__in=hours)
    if asked.near.area:
        return _nearest_first(found, asked.near).order_by("near", "name", "id").distinct()
    return found.order_by("name", "id").distinct()


def whereabouts(typed: str) -> Whereabouts | None:
    """Return where a postcode or an area lies; None for one that the partnership does not know."""
    postcode = standard_postcode(typed)
    area = areas_of([postcode]).get(postcode, "")
    if not postcode:
        area = area_codes().get(typed.strip().casefold(), "")
    return Whereabouts(area, postcode.partition(" ")[0]) if area else None


def _nearest_first(found: QuerySet[Service, Any], near: Whereabouts) -> QuerySet[Service, Any]:
    """Leave out what serves other areas only; a place that is kept back is near to nobody."""
    served = AreaCovered.objects.filter(service_id=OuterRef("id"))
    here = Place.objects.filter(service_id=OuterRef("id"), area=near.area)
    serves = Exists(served.filter(area=near.area))
    district = here.filter(postcode__startswith=f"{near.district} ")
    ways = [When(Exists(district), then=Value(CLOSE_BY))] if near.district else []
    ways += [
        When(Exists(here), then=Value(IN_AREA)),
        When(serves, then=Value(SERVES)),
    ]
    found = found.filter(serves | Exists(served.filter(area="")) | ~Exists(served))
    return found.annotate(near=Case(*ways, default=Value(NOT_SAID), output_field=IntegerField()))


def _open(asked: Asked) -> QuerySet[Opening, Any] | None:
    if asked.weekday is None and asked.opens_from is None and asked.closes_by is None:
        return None
    found = Opening.objects.all()
    if asked.weekday is not None:
        found = found.filter(weekday=asked.weekday)
    if asked.opens_from is not None:
        found = found.filter(opens_at__gte=asked.opens_from)
    if asked.closes_by is not None:
        found = found.filter(closes_at__lte=asked.closes_by)
    return found.values_list("service_id", flat=True)

"""Where a postcode lies. Geography is nobody's secret, so these ask for no actor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet

from reachable.foundation.questions import Question
from reachable.geography.models import Area, Postcode


def areas_of(postcodes: Iterable[str]) -> dict[str, str]:
    """Return postcode → area code, for those that the partnership knows."""
    wanted = {postcode for postcode in postcodes if postcode}
    if not wanted:
        return {}
    return dict(_lying_in(postcodes=wanted))


@Question
def _lying_in(postcodes: Any) -> QuerySet[Postcode, Any]:
    return Postcode.objects.filter(postcode__among=postcodes).values_list("postcode", "area_id")


def positions_of(postcodes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Return postcode → latitude and longitude, for those of which it is known where they lie."""
    wanted = {postcode for postcode in postcodes if postcode}
    if not wanted:
        return {}
    found = Postcode.objects.filter(postcode__among=wanted, latitude__isnull=False)
    rows = found.values_list("postcode", "latitude", "longitude")
    return {
        postcode: (latitude, longitude)
        for postcode, latitude, longitude in rows
        if latitude is not None and longitude is not None
    }


def area_names() -> dict[str, str]:
    return dict(Area.objects.values_list("code", "name"))


def postcodes_by_area() -> dict[str, int]:
    """Return area code → how many postcodes lie in it."""
    return dict(Postcode.objects.order_by().values_list("area_id").annotate(Count("postcode")))


def area_codes() -> dict[str, str]:
    """Return name or code, in small letters → the area's code."""
    names = area_names()
    coded = {name.casefold(): code for code, name in names.items()}
    return coded | {code.casefold(): code for code in names}

"""Loading the partnership's areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, bulk_update
from reachable.geography.models import Area, Postcode


@transaction.atomic
def load_areas(
    *, by: Actor, areas: Iterable[tuple[str, str]], postcodes: Iterable[tuple[str, str]]
) -> int:
    """Add areas (code, name) and postcodes (standard form, area code); return the postcodes."""
    by.require("accounts.manage")
    Area.objects.bulk_create([Area(code=code, name=name) for code, name in areas])
    count = bulk_insert(Postcode, ["postcode", "area"], postcodes)
    audit.record(by=by, action="geography.loaded", subject=("partnership", None), count=count)
    return count


@transaction.atomic
def place_postcodes(*, by: Actor, positions: Mapping[str, tuple[float, float]]) -> int:
    """Say of postcodes that are loaded where they lie: latitude and longitude, in degrees."""
    by.require("accounts.manage")
    held = set(
        Postcode.objects.filter(postcode__among=set(positions)).values_list("postcode", flat=True)
    )
    rows = [(each, *positions[each]) for each in sorted(held)]
    bulk_update(Postcode, "postcode", ["latitude", "longitude"], rows)
    audit.record(by=by, action="geography.placed", subject=("partnership", None), count=len(rows))
    return len(rows)

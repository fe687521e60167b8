"""The partnership's areas and postcodes: taken, placed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from reachable.access import teams
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, bulk_update
from reachable.foundation.errors import BadInput
from reachable.geography.models import Area, Postcode

NEEDS = "accounts.manage"
Lying = tuple[str, str, tuple[float, float] | None]
"""A postcode in standard form, the code of its area, and where it lies if that is known."""


@dataclass(frozen=True)
class Postcodes:
    """What became of some postcodes; of `placed` it is known where they lie."""

    new: int = 0
    changed: int = 0
    same: int = 0
    placed: int = 0

    def __add__(self, other: Postcodes) -> Postcodes:
        return Postcodes(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.placed + other.placed,
        )

    @property
    def all(self) -> int:
        return self.new + self.changed + self.same


@dataclass(frozen=True)
class Areas:
    """What became of the areas of a table; `beside` are here, and not in the table."""

    new: int
    renamed: int
    same: int
    beside: tuple[str, ...]


@transaction.atomic
def load_areas(
    *, by: Actor, areas: Iterable[tuple[str, str]], postcodes: Iterable[tuple[str, str]]
) -> int:
    """Add areas (code, name) and postcodes (standard form, area code); return the postcodes."""
    by.require(NEEDS)
    Area.objects.bulk_create([Area(code=code, name=name) for code, name in areas])
    count = bulk_insert(Postcode, ["postcode", "area"], postcodes)
    note_loaded(by=by, count=count)
    return count


@transaction.atomic
def take_areas(*, by: Actor, areas: Mapping[str, str]) -> Areas:
    """Add areas, code → name, or give them the names that they have now; others stay."""
    by.require(NEEDS)
    held = dict(Area.objects.values_list("code", "name"))
    new = [Area(code=code, name=name) for code, name in areas.items() if code not in held]
    renamed = [(code, name) for code, name in areas.items() if code in held and held[code] != name]
    Area.objects.bulk_create(new)
    bulk_update(Area, "code", ["name"], renamed)
    audit.record(
        by=by,
        action="geography.areas_loaded",
        subject=("partnership", None),
        new=len(new),
        renamed=len(renamed),
    )
    beside = tuple(f"{name} ({code})" for code, name in held.items() if code not in areas)
    return Areas(len(new), len(renamed), len(areas) - len(new) - len(renamed), beside)


@transaction.atomic
def remove_area(*, by: Actor, code: str) -> tuple[str, int]:
    """Remove an area for which no team answers, and its postcodes. Return its name, and those."""
    by.require(NEEDS)
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise BadInput(
            f"There is no area {code}.",
            kept="Nothing was changed.",
            next="reachable areas list names them.",
        )
    if answering := [each.name for each in teams.teams(by=by) if code in each.areas]:
        raise BadInput(
            f"{', '.join(answering)} answers for {found.name}.",
            kept="Nothing was changed.",
            next="Change the team first, under People, Teams: children there would go to others.",
        )
    count, _ = Postcode.objects.filter(area=found).delete()
    found.delete()
    audit.record(by=by, action="geography.area_removed", subject=("partnership", None), count=count)
    return found.name, count


@transaction.atomic
def take_postcodes(*, by: Actor, postcodes: Sequence[Lying]) -> Postcodes:
    """Add postcodes, each once among them, or say anew where they lie."""
    by.require(NEEDS)
    found = Postcode.objects.filter(postcode__among={postcode for postcode, *_ in postcodes})
    held = {row[0]: row for row in found.values_list("postcode", "area", "latitude", "longitude")}
    new, changed, placed = [], [], 0
    for postcode, area, position in postcodes:
        known = held.get(postcode)
        # A table without positions takes none away.
        latitude, longitude = position or (known[2:] if known else (None, None))
        row = (postcode, area, latitude, longitude)
        placed += latitude is not None
        if known is None:
            new.append(row)
        elif known != row:
            changed.append(row)
    bulk_insert(Postcode, ["postcode", "area", "latitude", "longitude"], new)
    bulk_update(Postcode, "postcode", ["area", "latitude", "longitude"], changed)
    return Postcodes(len(new), len(changed), len(postcodes) - len(new) - len(changed), placed)


@transaction.atomic
def note_loaded(*, by: Actor, count: int) -> None:
    """Write into the audit that postcodes were loaded."""
    by.require(NEEDS)
    audit.record(by=by, action="geography.loaded", subject=("partnership", None), count=count)


@transaction.atomic
def place_postcodes(*, by: Actor, positions: Mapping[str, tuple[float, float]]) -> int:
    """Say of postcodes that are loaded where they lie: latitude and longitude, in degrees."""
    by.require(NEEDS)
    held = set(
        Postcode.objects.filter(postcode__among=set(positions)).values_list("postcode", flat=True)
    )
    rows = [(each, *positions[each]) for each in sorted(held)]
    bulk_update(Postcode, "postcode", ["latitude", "longitude"], rows)
    audit.record(by=by, action="geography.placed", subject=("partnership", None), count=len(rows))
    return len(rows)

"""A region: as many areas as its people fill, each laid out as Fenmarch is, and none of them real.

One area of any size would crowd a million people into the postcodes of a small town. So areas,
districts, postcodes, schools and children's homes grow with the people, at about as many people a
postcode as in life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.synthetic.material import material, stream
from reachable.synthetic.partnership import ADULTS_A_CHILD, Partnership, make_in
from reachable.synthetic.places import lay_out
from reachable.synthetic.schools import schools_of

PEOPLE_A_POSTCODE = 40
"""About what the 67 million people of the United Kingdom have in its 1.7 million postcodes."""
PEOPLE_AN_AREA = 40_000
CHILDREN_A_HOME = 2_000
"""How many children of an area there are for each of its children's homes, as in Fenmarch."""
_AREAS = len(material("region")["before"])
MOST_PEOPLE = _AREAS * PEOPLE_AN_AREA * 6 // 5
"""As many as the districts have names for."""


@dataclass(frozen=True, slots=True)
class Area:
    """Part `number` of a region, from 1, and how many people it is to have."""

    number: int
    people: int

    @property
    def key(self) -> str:
        return f"{self.number:02d}"


def areas_of(people: int, count: int | None = None) -> tuple[Area, ...]:
    """Share people out among areas, `count` or as many as they fill; BadInput if not possible."""
    if not 1 <= people <= MOST_PEOPLE:
        raise BadInput(
            f"A region has from 1 to {MOST_PEOPLE:,} people.",
            kept="Nothing was written.",
            next="Name a number between them.",
        )
    count = min(count or -(-people // PEOPLE_AN_AREA), people, _AREAS)
    each, more = divmod(people, count)
    return tuple(Area(at + 1, each + (at < more)) for at in range(count))


def make_area(seed: int, area: Area, months: int, until: date) -> Partnership:
    """Make one area's partnership: its people, its agencies and what happened in the months."""
    own_seed = stream(seed, f"region area {area.number}").getrandbits(48)
    children = max(1, round(area.people / (1 + ADULTS_A_CHILD)))
    rng = stream(own_seed, "places")
    source = _laid_out(rng, area, children)
    wanted = area.people / PEOPLE_A_POSTCODE / sum(row["weight"] for row in source["localities"])
    postcodes = {row["code"]: max(4, round(wanted * row["weight"])) for row in source["localities"]}
    return make_in(
        lay_out(rng, source, postcodes),
        schools_of(source["schools"]),
        seed=own_seed,
        children=children,
        adults=area.people - children,
        months=months,
        until=until,
    )


def _districts() -> list[str]:
    """Every district of the fictional postcode area but those that lie outside the region."""
    taken = {row["code"] for row in material("place")["elsewhere"]}
    plain = [code for at in range(1, 100) if (code := f"FX{at}") not in taken]
    return plain + [
        f"FX{at}{letter}" for letter in material("region")["letters"] for at in range(1, 10)
    ]


def _laid_out(rng: Random, area: Area, children: int) -> dict[str, Any]:
    """Return Fenmarch's lists with names and districts of the area's own, and enough homes."""
    source = material("place")
    before = material("region")["before"][area.number - 1]
    own = [row["code"] for row in source["localities"]]
    first = (area.number - 1) * len(own)
    districts = dict(zip(own, _districts()[first : first + len(own)], strict=True))

    def moved(row: dict[str, Any], column: str) -> dict[str, Any]:
        return {**row, "name": f"{before} {row['name']}".strip(), column: districts[row[column]]}

    return {
        **source,
        "code": f"{source['code']}-{area.key}",
        "name": f"{before} {source['name']}".strip(),
        "localities": [moved(row, "code") for row in source["localities"]],
        "homes": [moved(row, "locality") for row in _homes(rng, source, children)],
        "schools": [moved(row, "locality") for row in source["schools"]],
    }


def _homes(rng: Random, source: dict[str, Any], children: int) -> list[dict[str, Any]]:
    homes = list(source["homes"])
    streets, localities = source["streets"], [row["code"] for row in source["localities"]]
    for _ in range(len(homes), children // CHILDREN_A_HOME):
        first = rng.choice(streets["first"])
        homes.append(
            {
                "name": f"{first} {rng.choice(material('region')['homes'])}",
                "locality": rng.choice(localities),
                "street": f"{rng.choice(streets['first'])} {rng.choice(streets['second'])}",
                "number": rng.randint(1, 160),
            }
        )
    return homes

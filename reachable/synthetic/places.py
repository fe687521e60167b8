"""A geography that does not exist: localities, streets, postcodes, stations, children's homes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from reachable.synthetic.material import material

POSTCODES_A_LOCALITY = 120
POSTCODES_ELSEWHERE = 12
# The letters that Royal Mail uses in the last two places.
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Area:
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Locality:
    """A neighbourhood, or with no team a town outside the area."""

    code: str
    name: str
    weight: int = 0
    team: str = ""


@dataclass(frozen=True, slots=True)
class Postcode:
    code: str
    locality: Locality
    street: str


@dataclass(frozen=True, slots=True)
class Address:
    line: str
    postcode: str
    locality: str


@dataclass(frozen=True, slots=True)
class Station:
    name: str
    custody: bool


@dataclass(frozen=True, slots=True)
class Home:
    """A children's home."""

    name: str
    address: Address


@dataclass(frozen=True, slots=True)
class Places:
    area: Area
    localities: tuple[Locality, ...]
    elsewhere: tuple[Locality, ...]
    postcodes: tuple[Postcode, ...]
    stations: tuple[Station, ...]
    homes: tuple[Home, ...]

    def postcodes_of(self, locality: Locality) -> list[Postcode]:
        return [postcode for postcode in self.postcodes if postcode.locality == locality]


def make_places(rng: Random) -> Places:
    """Lay out the area."""
    return lay_out(rng, material("place"), {})


def lay_out(rng: Random, source: Mapping[str, Any], postcodes_in: Mapping[str, int]) -> Places:
    """Lay out an area as `source` has it; `postcodes_in` are localities with another number."""
    localities = tuple(Locality(**row) for row in source["localities"])
    elsewhere = tuple(Locality(**row) for row in source["elsewhere"])
    postcodes = [
        *(
            postcode
            for at in localities
            for postcode in _postcodes(rng, at, postcodes_in.get(at.code, POSTCODES_A_LOCALITY))
        ),
        *(p for at in elsewhere for p in _postcodes(rng, at, POSTCODES_ELSEWHERE)),
    ]
    return Places(
        area=Area(source["code"], source["name"], source["kind"]),
        localities=localities,
        elsewhere=elsewhere,
        postcodes=tuple(postcodes),
        stations=tuple(Station(**row) for row in source["stations"]),
        homes=tuple(_home(rng, row, postcodes) for row in source["homes"]),
    )


def address_in(rng: Random, postcodes: list[Postcode]) -> Address:
    """Choose a house in one of the postcodes."""
    postcode = rng.choice(postcodes)
    flat = f"Flat {rng.randint(1, 24)}, " if rng.random() < 0.18 else ""
    line = f"{flat}{rng.randint(1, 160)} {postcode.street}, {postcode.locality.name}"
    return Address(line, postcode.code, postcode.locality.code)


def _postcodes(rng: Random, locality: Locality, count: int) -> list[Postcode]:
    """The first inward code of every district is 1AA; a street has up to four postcodes."""
    streets = material("place")["streets"]
    made: list[Postcode] = []
    street = ""
    for at in range(count):
        if at % 4 == 0:
            street = f"{rng.choice(streets['first'])} {rng.choice(streets['second'])}"
        sector, rest = divmod(at, 40)
        inward = f"{sector + 1}{_LETTERS[rest // 20]}{_LETTERS[rest % 20]}"
        made.append(Postcode(f"{locality.code} {inward}", locality, street))
    return made


def _home(rng: Random, row: dict[str, str], postcodes: list[Postcode]) -> Home:
    at = rng.choice([p for p in postcodes if p.locality.code == row["locality"]])
    line = f"{row['name']}, {row['number']} {row['street']}, {at.locality.name}"
    return Home(row["name"], Address(line, at.code, at.locality.code))

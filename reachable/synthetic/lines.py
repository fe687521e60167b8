"""Lines: who exploits, through which telephone and places, and which children are drawn in.

Nobody sends a line in a file. It stands in the truth only, so that what is pieced together from
many rows can be held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from reachable.synthetic.families import Person
from reachable.synthetic.material import material, phone
from reachable.synthetic.names import Name, child_name, family_name, pick_group
from reachable.synthetic.places import Address, Places, address_in

_ROLES = ("runs the line", "recruits", "drives", "holds the flat", "collects debts")
_LEAST_ADULTS, _MOST_ADULTS = 2, 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """A child who is exploited from a day until a day."""

    child: Person
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Exploiter:
    """An adult who exploits children; in no file that is sent here."""

    id: str
    name: Name
    birth_date: date
    role: str


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A place where a line meets children, keeps things, or makes somebody's home its own."""

    kind: str
    address: Address


@dataclass(frozen=True, slots=True)
class Line:
    """`town` is where the children are sent, `found_at` where they are found there."""

    id: str
    town: str
    found_at: str
    starts: date
    ends: date
    children: tuple[Drawn, ...] = ()
    name: str = ""
    phone: str = ""
    adults: tuple[Exploiter, ...] = ()
    places: tuple[LinePlace, ...] = ()

    def with_children(self, drawn: Sequence[Drawn]) -> Line:
        return replace(self, children=tuple(drawn))


def dress(rng: Random, lines: Sequence[Line], places: Places) -> tuple[Line, ...]:
    """Give each line its name, its telephone, its adults and its places."""
    names = list(material("place")["lines"]["names"])
    rng.shuffle(names)
    return tuple(_dressed(rng, line, _name(names, at), places) for at, line in enumerate(lines))


def _name(names: Sequence[str], at: int) -> str:
    turn, place = divmod(at, len(names))
    return f"{names[place]} {turn + 1}" if turn else names[place]


def _dressed(rng: Random, line: Line, name: str, places: Places) -> Line:
    town = next(at for at in places.elsewhere if at.name == line.town)
    there, here = places.postcodes_of(town), rng.choice(places.localities)
    kinds = material("place")["lines"]["places"]
    found = [LinePlace("where children are sent", address_in(rng, there))]
    found += [
        LinePlace(kind, address_in(rng, places.postcodes_of(here)))
        for kind in rng.sample(kinds, rng.randint(2, len(kinds)))
    ]
    adults = tuple(
        _exploiter(rng, f"{line.id}-adult-{at + 1}", role, line.starts)
        for at, role in enumerate(_ROLES[: rng.randint(_LEAST_ADULTS, _MOST_ADULTS)])
    )
    return replace(line, name=name, phone=phone(rng), adults=adults, places=tuple(found))


def _exploiter(rng: Random, person_id: str, role: str, day: date) -> Exploiter:
    group = pick_group(rng)
    sex = "male" if rng.random() < 0.8 else "female"
    name = child_name(rng, group, sex, family_name(rng, group))
    born = day - timedelta(days=rng.randint(19 * 366, 41 * 366))
    return Exploiter(person_id, name, born, role)

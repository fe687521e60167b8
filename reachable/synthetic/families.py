"""Invented children and young adults, in families: twins, shared homes, moves, care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from reachable.synthetic import identifiers
from reachable.synthetic.names import (
    Name,
    child_name,
    family_name,
    group_named,
    nicknames,
    pick_group,
)
from reachable.synthetic.places import Address, Places, address_in

HOME, CHILDREN_HOME, FOSTER, OTHER = "home", "children_home", "foster", "other"

# Age of a family's eldest child when the year begins: agencies know more older children.
_ELDEST_WEIGHTS = [2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 7, 9, 11, 13, 15, 15, 14, 12]
_SIZES, _SIZE_WEIGHTS = [1, 2, 3, 4, 5], [46, 32, 14, 6, 2]
_TWINS = 0.03
_OTHER_FAMILY_NAME = 0.12
_MOVED = 0.2
_SHARED_HOME = 0.03
_LIVES_APART = 0.08
_TWO_POLICE_NUMBERS = 0.06
_NEEDS = 0.3
_COMMUNICATION_NEEDS = [
  "Speech and language needs: short sentences, check understanding",
  "Autistic: say what will happen next, allow time",
  "Attention deficit hyperactivity disorder: short conversations, breaks",
  "Hearing aids in both ears: face the child when speaking",
  "Does not read well: say it, do not hand over a leaflet",
  "Stammers: wait, do not finish sentences",
]  # fmt: skip
_LANGUAGES = {
    "albanian": "Albanian", "arabic": "Arabic", "bangladeshi": "Sylheti", "chinese": "Cantonese",
    "eritrean": "Tigrinya", "kurdish": "Kurdish Sorani", "lithuanian": "Lithuanian",
    "pakistani": "Urdu", "polish": "Polish", "portuguese": "Portuguese", "romanian": "Romanian",
    "somali": "Somali", "turkish": "Turkish", "vietnamese": "Vietnamese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """One human being as the truth has it; agencies' records are blurred copies.

    `homes` are (from, address) pairs, oldest first; the first begins before the year.
    """

    id: str
    family_id: str
    name: Name
    known_as: str
    sex: str
    birth_date: date
    nhs_number: str
    upn: str
    council_id: str
    police_ids: tuple[str, ...]
    homes: tuple[tuple[date, Address], ...]
    placement: str
    communication_needs: str
    twin: bool
    is_child: bool

    def home_on(self, day: date) -> Address:
        """Return where the person lived on a day of the year that the story covers."""
        return next(home for since, home in reversed(self.homes) if since <= day)

    def age_on(self, day: date) -> int:
        before = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before


class Population:
    """Makes families until there are as many children as asked for."""

    def __init__(self, rng: Random, places: Places, starts: date, until: date) -> None:
        self._rng = rng
        self._places = places
        self._starts = starts
        self._until = until
        self._nhs = identifiers.nhs_numbers(rng)
        self._upn = identifiers.upns()
        self._police = identifiers.police_numbers(rng)
        self._council = identifiers.council_numbers(rng)
        self._in_locality = {at: places.postcodes_of(at) for at in places.localities}
        self._localities = list(places.localities)
        self._weights = [at.weight for at in self._localities]
        self._last_home: Address | None = None

    def children(self, count: int) -> tuple[Person, ...]:
        """Make `count` children, all under 18 when the year begins."""
        made: list[Person] = []
        for family in self._families():
            made.extend(family)
            if len(made) >= count:
                break
        return tuple(made[:count])

    def adults(self, count: int, children: tuple[Person, ...]) -> tuple[Person, ...]:
        """Make grown people who turn up in police files: half are somebody's elder brother or
        sister, a fifth are over 25."""
        rng = self._rng
        made = []
        for at in range(count):
            elder_of = rng.choice(children) if at % 2 else None
            group = group_named(elder_of.name.group) if elder_of else pick_group(rng)
            years = rng.randint(26, 58) if at % 5 == 4 else rng.randint(18, 24)
            born = self._starts - timedelta(days=years * 366 + rng.randrange(360))
            family = elder_of.name.family if elder_of else family_name(rng, group)
            homes = elder_of.homes if elder_of else self._homes()
            family_id = elder_of.family_id if elder_of else f"FA{at:05d}"
            made.append(
                self._person(f"A{at:05d}", family_id, group, family, born, homes, is_child=False)
            )
        return tuple(made)

    def _families(self) -> Iterator[list[Person]]:
        serial, family_serial = 0, 0
        while True:
            family_serial += 1
            family = self._family(f"F{family_serial:05d}", serial)
            serial += len(family)
            yield family

    def _family(self, family_id: str, serial: int) -> list[Person]:
        rng = self._rng
        group = pick_group(rng)
        family = family_name(rng, group)
        homes = self._homes()
        children: list[Person] = []
        taken: list[str] = []
        for born, twin in self._births():
            other_name = bool(children) and not twin and rng.random() < _OTHER_FAMILY_NAME
            apart = bool(children) and not twin and rng.random() < _LIVES_APART
            child = self._person(
                f"C{serial + len(children):06d}",
                family_id,
                group,
                family_name(rng, group) if other_name else family,
                born,
                self._homes() if apart else homes,
                taken=taken,
                twin=twin,
            )
            taken.append(child.name.given)
            children.append(child)
        return children

    def _births(self) -> Iterator[tuple[date, bool]]:
        """Yield the family's birth dates, eldest first; both of a pair of twins are marked."""
        rng = self._rng
        size = rng.choices(_SIZES, _SIZE_WEIGHTS)[0]
        age = rng.choices(range(18), _ELDEST_WEIGHTS)[0]
        born = self._starts - timedelta(days=int(age * 365.25) + rng.randrange(365))
        while size > 0 and born < self._until:
            twins = size > 1 and rng.random() < _TWINS
            for _ in range(2 if twins else 1):
                yield born, twins
                size -= 1
            born += timedelta(days=rng.randint(330, 1700))

    def _person(
        self,
        person_id: str,
        family_id: str,
        group: dict[str, Any],
        family: str,
        born: date,
        homes: tuple[tuple[date, Address], ...],
        *,
        taken: list[str] | None = None,
        twin: bool = False,
        is_child: bool = True,
    ) -> Person:
        rng = self._rng
        sex = "male" if rng.random() < 0.58 else "female"
        name = child_name(rng, group, sex, family, taken or ())
        known = nicknames(name.given)
        placement, homes = self._placement(homes, born) if is_child else (HOME, homes)
        school_year = born.year + 5
        return Person(
            id=person_id,
            family_id=family_id,
            name=name,
            known_as=rng.choice(known) if known and rng.random() < 0.5 else "",
            sex=sex,
            birth_date=born,
            nhs_number=next(self._nhs),
            upn=upn_of_child(next(self._upn), school_year, self._until),
            council_id=next(self._council),
            police_ids=tuple(
                next(self._police) for _ in range(2 if rng.random() < _TWO_POLICE_NUMBERS else 1)
            ),
            homes=homes,
            placement=placement,
            communication_needs=self._needs(group["name"]),
            twin=twin,
            is_child=is_child,
        )

    def _homes(self) -> tuple[tuple[date, Address], ...]:
        """An address, sometimes the one that another family also lives at, sometimes a move."""
        rng = self._rng
        long_ago = date(self._starts.year - 30, 1, 1)
        first = self._address()
        if self._last_home and rng.random() < _SHARED_HOME:
            first = self._last_home
        self._last_home = first
        homes = [(long_ago, first)]
        if rng.random() < _MOVED:
            days = (self._until - self._starts).days
            moved = self._starts + timedelta(days=rng.randrange(max(days, 1)))
            homes.append((moved, self._address()))
        return tuple(homes)

    def _address(self) -> Address:
        rng = self._rng
        locality = rng.choices(self._localities, self._weights)[0]
        return address_in(rng, self._in_locality[locality])

    def _placement(
        self, homes: tuple[tuple[date, Address], ...], born: date
    ) -> tuple[str, tuple[tuple[date, Address], ...]]:
        """Some children live in one of the two homes, some with foster carers."""
        rng = self._rng
        chance = rng.random()
        long_ago = homes[0][0]
        teenager = born < self._starts - timedelta(days=12 * 365)
        if teenager and chance < 0.006:
            return CHILDREN_HOME, ((long_ago, rng.choice(self._places.homes).address),)
        if chance < 0.024:
            return FOSTER, ((long_ago, self._address()),)
        if chance < 0.03:
            return OTHER, homes
        return HOME, homes

    def _needs(self, group: str) -> str:
        rng = self._rng
        if group in _LANGUAGES and rng.random() < 0.2:
            return f"Interpreter needed: {_LANGUAGES[group]}"
        return rng.choice(_COMMUNICATION_NEEDS) if rng.random() < _NEEDS else ""


def upn_of_child(serial: int, school_year: int, until: date) -> str:
    """A child below school age has no UPN yet."""
    return identifiers.upn_of(serial, school_year) if school_year <= until.year else ""

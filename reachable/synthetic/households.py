"""Who the people of an area are: the truth beside its register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from reachable.synthetic.families import Person
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.places import Address
from reachable.synthetic.written import person_id


class Somebody(NamedTuple):
    """One human being as they are on the last day; all as text.

    `household` is everybody at one address, `family` everybody of the same parents. `twin_of` and
    `sibling_of` are persons; the latter names them all, the twin too, with spaces between.
    `origin` is the group of names from which the person's was made. `homes` is how many there were
    in the year.
    """

    person: str
    area: str
    locality: str
    household: str
    family: str
    twin_of: str
    sibling_of: str
    origin: str
    given_names: str
    family_name: str
    known_as: str
    sex: str
    birth_date: str
    age: str
    postcode: str
    homes: str
    placement: str


def everybody(made: Partnership, area: str) -> Iterator[Somebody]:
    """Yield the children, then the adults of an area."""
    people = (*made.children, *made.adults)
    families: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        families[person.family_id].append(person)
    households: dict[Address, str] = {}
    for person in people:
        home = person.home_on(made.until)
        others = [other for other in families[person.family_id] if other is not person]
        twins = [
            other
            for other in others
            if person.twin and other.twin and other.birth_date == person.birth_date
        ]
        yield Somebody(
            person=person_id(area, person),
            area=made.places.area.code,
            locality=home.locality,
            household=households.setdefault(home, f"{area}-H{len(households) + 1:05d}"),
            family=f"{area}-{person.family_id}",
            twin_of=person_id(area, twins[0]) if twins else "",
            sibling_of=" ".join(person_id(area, other) for other in others),
            origin=person.name.group,
            given_names=person.name.given_names,
            family_name=person.name.family,
            known_as=person.known_as,
            sex=person.sex,
            birth_date=person.birth_date.isoformat(),
            age=str(person.age_on(made.until)),
            postcode=home.postcode,
            homes=str(len(person.homes)),
            placement=person.placement,
        )

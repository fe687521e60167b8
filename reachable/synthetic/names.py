"""Names of invented people, from many cultures and orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from reachable.synthetic.material import material

GIVEN_FIRST, FAMILY_FIRST, PATRONYMIC = "given_first", "family_first", "patronymic"
MIDDLE_SHARE = 0.4

# Names that the lists could make and that well-known people bear: never given to anybody here.
WELL_KNOWN: frozenset[tuple[str, str]] = frozenset(
    {
        ("Aaron", "Wright"), ("Adam", "Hills"), ("Amy", "Jackson"), ("Amy", "Smith"),
        ("Andre", "Harris"), ("Ben", "White"), ("Ben", "Stokes"), ("Bobby", "Moore"),
        ("Charlie", "Cooper"), ("Charlie", "Walker"), ("Connor", "Roberts"),
        ("Dan", "Walker"), ("Daniel", "Johnson"), ("Dylan", "Jones"), ("Ellie", "Roberts"),
        ("George", "Clarke"), ("George", "Ward"), ("Harry", "Wilson"), ("Imran", "Khan"),
        ("Jack", "Harrison"), ("James", "Ward"), ("Jordan", "Thompson"), ("Jade", "Jones"),
        ("Josh", "Harris"), ("Leah", "Williamson"), ("Lee", "Evans"), ("Lily", "Allen"),
        ("Malachi", "Brown"), ("Morgan", "Evans"), ("Ross", "Kelly"), ("Sam", "Smith"),
        ("Sam", "Allen"), ("Scott", "Brown"), ("Sean", "Kelly"), ("Taylor", "Harris"),
        ("Tom", "Baker"), ("Tom", "Clarke"), ("Tom", "Jones"), ("Alex", "Morgan"),
        ("Alex", "Scott"), ("Alex", "Jones"), ("Evan", "Evans"), ("Joe", "Allen"),
        ("Joe", "Hill"), ("Joe", "Root"), ("Jordan", "Hill"), ("Josh", "Baker"),
        ("Zayn", "Malik"), ("Mohammed", "Ali"), ("Muhammad", "Ali"), ("Priya", "Patel"),
        ("Dev", "Patel"), ("Oliver", "Stan"), ("Sebastian", "Stan"), ("Robert", "Stan"),
        ("Lee", "Brown"), ("Rhys", "Davies"), ("Gethin", "Jones"), ("Evan", "Davies"),
        ("Anna", "Evans"), ("Amy", "Turner"), ("Alex", "Turner"), ("Sophia", "Smith"),
        ("Morgan", "Smith"), ("Jodie", "Kelly"), ("Libby", "Clegg"), ("Joe", "Thompson"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; `order` says how the family writes it in full."""

    given: str
    middle: str
    family: str
    order: str
    group: str

    @property
    def given_names(self) -> str:
        return f"{self.given} {self.middle}" if self.middle else self.given


@cache
def _groups() -> tuple[Sequence[dict[str, Any]], Sequence[int]]:
    groups = material("names")["groups"]
    return groups, list(accumulate(group["share"] for group in groups))


def pick_group(rng: Random) -> dict[str, Any]:
    """Choose the culture of a family's names by its share."""
    groups, shares = _groups()
    return rng.choices(groups, cum_weights=shares)[0]


def group_named(name: str) -> dict[str, Any]:
    """Return the group of names called `name`."""
    return next(group for group in _groups()[0] if group["name"] == name)


def family_name(rng: Random, group: dict[str, Any]) -> str:
    """Return the name that a family's children share, as the group forms it."""
    first = rng.choice(group["families"])
    if group["order"] != PATRONYMIC and not group.get("double"):
        return str(first)
    second = rng.choice([name for name in group["families"] if name != first])
    return f"{first} {second}"


def child_name(
    rng: Random, group: dict[str, Any], sex: str, family: str, taken: Sequence[str] = ()
) -> Name:
    """Name a child; brothers and sisters in `taken` keep their names to themselves."""
    names = group["girls" if sex == "female" else "boys"]
    free = [n for n in names if n not in taken and (n, family) not in WELL_KNOWN]
    given = rng.choice(free or names)
    middle = ""
    if group["order"] == GIVEN_FIRST and " " not in given and rng.random() < MIDDLE_SHARE:
        middle = rng.choice([name for name in names if name != given])
    return Name(given, middle, family, group["order"], group["name"])


def nicknames(given: str) -> Sequence[str]:
    """Return everyday forms of a given name, if it has any."""
    return tuple(material("names")["nicknames"].get(given, ()))

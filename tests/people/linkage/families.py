"""Records of a few families who are easily taken for one another, with the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from reachable.people.linkage.standard import Said
from tests.people.linkage.records import typed

BOYS = ("Mohammed", "Tom", "Tim", "Kofi", "Idris")
GIRLS = ("Jade", "Jada", "Aisha", "Maryam", "Ana")
FAMILIES = ("Khan", "Jones", "Nowak", "Okafor-Hale", "Whitlock")
HOMES = ("FX1 1AA", "FX1 1AB", "FX2 2BB")
NUMBERS = (
    *("9990000018", "9990000026", "9990000034", "9990000042"),
    *("9990000050", "9990000069", "9990000077", "9990000085"),
)


@dataclass(frozen=True)
class Person:
    number: int
    who: Said


def household(rng: Random, family: str, first: int) -> list[Person]:
    """A child, perhaps a twin, a brother or sister, and a parent who gave the child their name."""
    sex = rng.choice(("female", "male"))
    names = GIRLS if sex == "female" else BOYS
    born = date(2010, 1, 1) + timedelta(days=rng.randrange(60))
    child = Said(rng.choice(names), family, born, sex, rng.choice(HOMES))
    made = [child]
    if rng.random() < 0.4:
        made.append(
            replace(child, given=rng.choice([each for each in names if each != child.given]))
        )
    if rng.random() < 0.4:
        later = born + timedelta(days=rng.randrange(400, 2000))
        others = [each for each in BOYS if each not in {one.given for one in made}]
        made.append(replace(child, given=rng.choice(others), sex="male", birth_date=later))
    if rng.random() < 0.4:
        made.append(replace(child, birth_date=born.replace(year=born.year - 29)))
    return [
        Person(first + n, replace(who, nhs_number=NUMBERS[(first + n) % len(NUMBERS)]))
        for n, who in enumerate(made)
    ]


def as_it_is(person: Person, rng: Random) -> Said:
    """What an agency writes of them without a fault: only what it never asked is missing."""
    who = person.who
    if rng.random() < 0.6:
        who = replace(who, nhs_number="")
    if rng.random() < 0.2:
        who = replace(who, sex="")
    if rng.random() < 0.2:
        who = replace(who, postcode=rng.choice((*HOMES, "")))
    return who


def record_of(person: Person, rng: Random) -> Said:
    """What an agency might write of them: they moved, a letter or a number is wrong or missing."""
    who = person.who
    if rng.random() < 0.6:
        who = replace(who, nhs_number="" if rng.random() < 0.8 else rng.choice(NUMBERS))
    if rng.random() < 0.15:
        who = replace(who, given=typed(who.given, rng))
    if rng.random() < 0.15:
        who = replace(who, family=typed(who.family, rng))
    if rng.random() < 0.15:
        who = replace(who, postcode=rng.choice((*HOMES, "")))
    if rng.random() < 0.1:
        who = replace(who, birth_date=None)
    if rng.random() < 0.1 and who.birth_date and who.birth_date.day <= 12:
        born = who.birth_date
        who = replace(who, birth_date=date(born.year, born.day, born.month))
    if rng.random() < 0.1:
        who = replace(who, sex="unknown")
    return who


def records(
    seed: int, write: Callable[[Person, Random], Said] = record_of, *, families: int = 2
) -> list[tuple[int, int, Said]]:
    """Give records as (number, person, what is said), in an order of chance."""
    rng = Random(seed)
    people: list[Person] = []
    for family in rng.sample(FAMILIES, families):
        people += household(rng, family, len(people))
    made = [
        (person.number, write(person, rng)) for person in people for _ in range(rng.randint(1, 3))
    ]
    rng.shuffle(made)
    return [(number, person, who) for number, (person, who) in enumerate(made)]

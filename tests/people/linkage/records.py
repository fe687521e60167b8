"""Invented people, and what agencies might write down of them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from reachable.people.linkage.standard import Said

GIVEN = (
    *("Aisha", "Mohammed", "Muhammad", "Alfie", "Alfred", "Thomas", "Tom", "Zoë", "Siân", "Lan"),
    *("Oluwaseun", "Kofi", "Chantelle", "Łukasz", "Lukas", "Ana", "Anna", "Ivy", "Éabha", "李"),
)
FAMILY = (
    *("Khan", "Smith", "Smith-Jones", "Jones", "O'Neill", "Phạm", "Pham", "Nowak", "Nováková"),
    *("Brannigan", "Okafor", "De Souza", "Begum", "Ahmed", "Ng", "Whitlock", "Ó Briain"),
)
NHS_NUMBERS = ("9434765919", "9000000009", "9990000018", "1234567890", "")
UPNS = ("H801200001001", "X801200001002", "B123456789012", "")
POSTCODES = ("FX1 1AA", "FX1 1AB", "FX1 4QN", "FX12 3CD", "FY1 1AA", "ZZ99 3VZ", "")
SEX = ("female", "male", "unknown", "")


def typed(text: str, rng: Random) -> str:
    """Change, drop, double or swap a letter."""
    if not text:
        return text
    at = rng.randrange(len(text))
    return rng.choice(
        (
            text[:at] + rng.choice("aeioulmnrst'é- ") + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[: at + 1] + text[at:],
            text[: max(at - 1, 0)] + text[at : at + 1] + text[max(at - 1, 0) : at] + text[at + 1 :],
        )
    )


def somebody(rng: Random) -> Said:
    """Somebody with a few of the faults that records have, often like somebody else."""
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    if rng.random() < 0.3:
        given = f"{given} {rng.choice(GIVEN)}"
    given = typed(given, rng) if rng.random() < 0.3 else given
    family = typed(family, rng) if rng.random() < 0.3 else family
    if rng.random() < 0.05:
        family = family.replace("a", "?").replace("o", "?")
    if rng.random() < 0.05:
        given, family = family, given
    born = date(2010, 1, 1) + timedelta(days=rng.randrange(40) * 37)
    if rng.random() < 0.1:
        born = born.replace(year=born.year + 11, day=min(born.day, 28))
    if rng.random() < 0.1 and born.day <= 12:
        born = date(born.year, born.day, born.month)
    return Said(
        given=given if rng.random() > 0.03 else "",
        family=family if rng.random() > 0.03 else "",
        birth_date=born if rng.random() > 0.1 else rng.choice((None, date(1900, 1, 1))),
        sex=rng.choice(SEX),
        postcode=rng.choice(POSTCODES),
        nhs_number=rng.choice(NHS_NUMBERS) if rng.random() < 0.3 else "",
        upn=rng.choice(UPNS) if rng.random() < 0.3 else "",
        other_families=(rng.choice(FAMILY),) if rng.random() < 0.1 else (),
        other_postcodes=(rng.choice(POSTCODES),) if rng.random() < 0.2 else (),
    )

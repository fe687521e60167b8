"""How records get blurred between a custody desk and a spreadsheet.

The shares are ours, chosen so that every kind of fault that linkage has to bear occurs in a year
of the default size; they are not measured on anybody's data. They stay as they are, because
results are compared over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from random import Random

from anyascii import anyascii

from reachable.synthetic.families import Person
from reachable.synthetic.formats import POLICE_NUMBER, Export
from reachable.synthetic.identifiers import agency_numbers, wrong_check
from reachable.synthetic.names import FAMILY_FIRST, PATRONYMIC


@dataclass(frozen=True, slots=True)
class Noise:
    """Share of rows with each fault."""

    family_typo: float = 0.025
    given_typo: float = 0.025
    nickname: float = 0.12
    no_middle_name: float = 0.5
    accents_lost: float = 0.4
    swapped_order: float = 0.012
    swapped_family_first: float = 0.25
    half_double_name: float = 0.3
    capitals: float = 0.03
    birth_date_missing: float = 0.015
    birth_day_month_swapped: float = 0.015
    birth_date_typo: float = 0.012
    sex_unknown: float = 0.008
    postcode_missing: float = 0.06
    postcode_typo: float = 0.012
    old_address: float = 0.35
    no_address: float = 0.01
    local_id_missing: float = 0.14
    local_id_wrong: float = 0.003
    nhs_number_given: float = 0.04
    nhs_number_wrong: float = 0.06
    upn_given: float = 0.012
    upn_wrong: float = 0.0
    needs_known: float = 0.6
    late: float = 0.04
    corrected: float = 0.04
    duplicated: float = 0.015
    withdrawn: float = 0.004
    wrong_date: float = 0.006
    wrong_date_corrected: float = 0.6
    other_word: float = 0.004
    formula: float = 0.003


NORMAL = Noise()
"""A custody desk's."""


def usual(export: Export) -> Noise:
    """Return the usual noise of one agency's system: schools know the UPN, A&E the NHS number."""
    return replace(NORMAL, **export.noise)


# Every fault off; what is still given to a row are identifiers, of which nothing is wrong.
NONE = Noise(**{f.name: 0.0 for f in fields(Noise)})

FORMULAS: Sequence[str] = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://click.invalid/","see note")',
    "+SUM(1,1)*cmd",
    "@SUM(A1:A9)",
)

_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o",
    "j": "k", "k": "l", "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t",
    "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blurred:
    """Who somebody is, as one agency wrote it down, and what went wrong on the way."""

    values: dict[str, str | date]
    faults: tuple[str, ...]


class Blur:
    """Writes people down with faults; a Blur of its own for each feed keeps feeds apart."""

    def __init__(
        self,
        rng: Random,
        noise: Noise,
        everybody: Sequence[Person],
        numbers: str = POLICE_NUMBER,
    ) -> None:
        self._rng = rng
        self._noise = noise
        self._everybody = everybody
        self._numbers = numbers

    def identity(self, person: Person, day: date) -> Blurred:
        """Write the person down as somebody at a desk does on that day."""
        faults: list[str] = []
        values: dict[str, str | date] = {}
        values["family_name"], values["given_names"] = self._names(person, faults)
        values["birth_date"] = self._birth_date(person.birth_date, faults)
        values["sex"] = "unknown" if self._hit("sex_unknown", faults) else person.sex
        values["address"], values["postcode"] = self._address(person, day, faults)
        values["local_id"] = self._local_id(person, faults)
        values["nhs_number"] = self._nhs_number(person, faults)
        values["upn"] = self._upn(person, faults)
        known = self._chance("needs_known")
        values["communication_needs"] = person.communication_needs if known else ""
        return Blurred(values, tuple(faults))

    def formula(self, faults: list[str]) -> str:
        """Sometimes return text that a spreadsheet would run, else nothing."""
        return self._rng.choice(FORMULAS) if self._hit("formula", faults) else ""

    def _names(self, person: Person, faults: list[str]) -> tuple[str, str]:
        """Return family name and given names as written down."""
        family, given = self._parts(person, faults)
        if self._hit("family_typo", faults):
            family = typo(self._rng, family)
        if self._hit("given_typo", faults):
            given = typo(self._rng, given)
        if not (given + family).isascii() and self._hit("accents_lost", faults):
            given, family = anyascii(given), anyascii(family)
        family_first = person.name.order == FAMILY_FIRST
        if self._hit("swapped_family_first" if family_first else "swapped_order", faults):
            given, family = family, given
        if self._hit("capitals", faults):
            given, family = given.upper(), family.upper()
        return family, given

    def _parts(self, person: Person, faults: list[str]) -> tuple[str, str]:
        """Choose which of the person's names go into the two boxes of the form."""
        name = person.name
        given, family = name.given, name.family
        if person.known_as and self._hit("nickname", faults):
            given = person.known_as
        elif name.middle and not self._chance("no_middle_name"):
            given = name.given_names
        first, _, second = family.partition(" ")
        if not second:
            return family, given
        half = self._hit("half_double_name", faults)
        if name.order == PATRONYMIC:
            return (first, given) if half else (second, f"{given} {first}")
        return (second if half else family), given

    def _birth_date(self, born: date, faults: list[str]) -> date | str:
        if self._hit("birth_date_missing", faults):
            return ""
        if (
            born.day <= 12
            and born.day != born.month
            and self._hit("birth_day_month_swapped", faults)
        ):
            return date(born.year, born.day, born.month)
        if self._hit("birth_date_typo", faults):
            other = self._rng.choice([timedelta(days=1), timedelta(days=10), timedelta(days=-10)])
            year_off = self._rng.random() < 0.3 and (born.month, born.day) != (2, 29)
            return born.replace(year=born.year + 1) if year_off else born + other
        return born

    def _address(self, person: Person, day: date, faults: list[str]) -> tuple[str, str]:
        home = person.home_on(day)
        if home != person.homes[0][1] and self._hit("old_address", faults):
            home = person.homes[0][1]
        if self._hit("no_address", faults):
            return "No fixed abode", ""
        postcode = home.postcode
        if self._hit("postcode_missing", faults):
            postcode = ""
        elif self._hit("postcode_typo", faults):
            postcode = _postcode_typo(self._rng, postcode)
        return home.line, postcode

    def _local_id(self, person: Person, faults: list[str]) -> str:
        if self._hit("local_id_missing", faults):
            return ""
        if self._hit("local_id_wrong", faults):
            return agency_numbers(self._numbers, self._rng.choice(self._everybody))[0]
        return self._rng.choice(agency_numbers(self._numbers, person))

    def _nhs_number(self, person: Person, faults: list[str]) -> str:
        if not self._chance("nhs_number_given"):
            return ""
        number = person.nhs_number
        if self._hit("nhs_number_wrong", faults):
            number = wrong_check(number, self._rng)
        spaced = self._rng.random() < 0.5
        return f"{number[:3]} {number[3:6]} {number[6:]}" if spaced else number

    def _upn(self, person: Person, faults: list[str]) -> str:
        if not person.upn or not self._chance("upn_given"):
            return ""
        if self._hit("upn_wrong", faults):
            return wrong_check(person.upn, self._rng)
        return person.upn

    def _chance(self, share: str) -> bool:
        return self._rng.random() < float(getattr(self._noise, share))

    def _hit(self, share: str, faults: list[str]) -> bool:
        """Like `_chance`, and write the fault down where it happens."""
        if not self._chance(share):
            return False
        faults.append(share)
        return True


def typo(rng: Random, word: str) -> str:
    """Return the word with one slip: two letters changed over, one lost, doubled or misplaced.

    The first letter stays; words of fewer than three letters are doubled at the end.
    """
    if len(word) < 3:
        return word + word[-1:]
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0 and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[: at + 1] + word[at:]
    return word[:at] + _NEIGHBOURS.get(word[at].lower(), "e") + word[at + 1 :]


def _postcode_typo(rng: Random, postcode: str) -> str:
    """Change over the last two letters, or leave out the space; the area stays FX."""
    if rng.random() < 0.5:
        return postcode.replace(" ", "")
    return postcode[:-2] + postcode[-1] + postcode[-2]

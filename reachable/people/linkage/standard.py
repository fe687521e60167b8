"""One standard form of what a record says of a person, for every way of scoring.

Changing anything here changes what trained weights mean: then raise `VERSION`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import category

from stdnum.gb import nhs as nhs_numbers
from stdnum.gb import upn as upns

from reachable.people.linkage.names import roots, sound
from reachable.people.rules import Identity, standard_name

VERSION = "2"
NOBODYS_BIRTHDAYS = {date(1900, 1, 1), date(1901, 1, 1), date(1800, 1, 1), date(1753, 1, 1)}
"""What systems fill in where a birth date is missing; 1753 is the earliest of one database."""
NO_PLACE = ("ZZ99", "ZZ98", "XX", "QQ")
"""Outward codes of the NHS's pseudo postcodes (no fixed abode, not known) and of fillers."""
NO_NAMES = {
    *("unknown", "unk", "notknown", "na", "none", "nk", "anon", "anonymous", "test", "tbc"),
    *("nfn", "nsn", "baby", "infant", "male", "female", "boy", "girl", "child"),
    *("mother", "father"),
}
"""Words that stand where nobody knew a name."""
COMMON = (0.003, 0.001, 0.0001)
"""Shares of records from which a name is common, usual, uncommon; what is below is rare."""
RARE = len(COMMON)
_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
SHORTEST_MASK = 4
"""Letters and gaps: in fewer, a gap would fit too many names."""

Frequencies = Mapping[str, Mapping[str, int]]
"""For `given` and `family`, how common each name is: 0 most, and those left out `RARE`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says of a person, as an agency wrote it; empty means not known."""

    given: str = ""
    family: str = ""
    birth_date: date | None = None
    sex: str = ""
    postcode: str = ""
    nhs_number: str = ""
    upn: str = ""
    other_families: tuple[str, ...] = ()
    other_postcodes: tuple[str, ...] = ()


def said_of(identity: Identity) -> Said:
    return Said(
        given=identity.given,
        family=identity.family,
        birth_date=identity.birth_date,
        sex=identity.sex,
        postcode=identity.postcode,
        nhs_number=identity.nhs_number,
        upn=identity.upn,
        other_families=identity.earlier_families,
        other_postcodes=identity.earlier_postcodes,
    )


@dataclass(frozen=True, slots=True)
class Standard:
    """Columns of the plan `people`; None means not known. `born_number` counts days."""

    given: str | None
    given_roots: frozenset[str] | None
    given_sound: str | None
    given_rarity: int | None
    given_mask: str | None
    family: str | None
    families: frozenset[str] | None
    family_sound: str | None
    family_rarity: int | None
    family_mask: str | None
    names: frozenset[str] | None
    born: str | None
    born_crossed: str | None
    born_month: str | None
    born_day: str | None
    born_number: int | None
    sex: str | None
    postcode: str | None
    postcodes: frozenset[str] | None
    district: str | None
    nhs_number: str | None
    upn: str | None

    def row(self) -> dict[str, Any]:
        """The same for a table."""
        return {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in ((each, getattr(self, each)) for each in COLUMNS)
        }


COLUMNS = tuple(each.name for each in fields(Standard))


def standardise(said: Said, frequencies: Frequencies) -> Standard:
    """Return the standard form; what no person has (a placeholder, a false number) is unknown."""
    given, family = _words(said.given), _words(said.family)
    first, last = (given[0] if given else None), (family[-1] if family else None)
    others = [word for name in said.other_families for word in _words(name)]
    iso, crossed, month, day, number = _dates(said.birth_date)
    postcode = _postcode(said.postcode)
    places = {postcode, *map(_postcode, said.other_postcodes)} - {None}
    return Standard(
        given=first,
        given_roots=roots(first) if first else None,
        given_sound=sound(first) if first else None,
        given_rarity=_rarity(first, frequencies.get("given", {})),
        given_mask=_mask(given),
        family=" ".join(family) or None,
        families=frozenset((*family, *others)) or None,
        family_sound=sound(last) if last else None,
        family_rarity=_rarity(last, frequencies.get("family", {})),
        family_mask=_mask(family),
        names=frozenset((*given, *family)) or None,
        born=iso,
        born_crossed=crossed,
        born_month=month,
        born_day=day,
        born_number=number,
        sex=said.sex if said.sex in ("male", "female") else None,
        postcode=postcode,
        postcodes=frozenset(each for each in places if each) or None,
        district=postcode[:-3] if postcode else None,
        nhs_number=_nhs_number(said.nhs_number),
        upn=_upn(said.upn),
    )


@lru_cache(maxsize=32768)
def _dates(
    born: date | None,
) -> tuple[str | None, str | None, str | None, str | None, int | None]:
    """Return a date, the same with day and month crossed, its month, its day, and its number."""
    if born is None or born in NOBODYS_BIRTHDAYS:
        return None, None, None, None, None
    iso = born.isoformat()
    return iso, f"{iso[:5]}{iso[8:]}-{iso[5:7]}", iso[:7], iso[5:], born.toordinal()


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name; a picture, which would be read out as words, is none."""
    letters = "".join(each for each in name if category(each)[0] != "S" or each in "`´")
    return tuple(word for word in standard_name(letters).split() if word not in NO_NAMES)


def _mask(words: Sequence[str]) -> str | None:
    """A name in which a system lost letters, as Kılıç became K?l?ç, has gaps where they stood."""
    mask = "_".join(words)
    return mask if len(mask) >= SHORTEST_MASK else None


def _rarity(name: str | None, classes: Mapping[str, int]) -> int | None:
    return classes.get(name, RARE) if name else None


@lru_cache(maxsize=65536)
def _postcode(text: str) -> str | None:
    folded = "".join(text.split()).upper()
    if not 5 <= len(folded) <= 7 or folded.startswith(NO_PLACE):
        return None
    return folded


@lru_cache(maxsize=65536)
def _nhs_number(text: str) -> str | None:
    """A number whose check digit is wrong tells nothing."""
    if not text:
        return None
    # To take spaces out costs more than all the rest, and most have none.
    digits = text if len(text) == 10 and text.isascii() and text.isdigit() else _compact(text)
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return None
    return None if nhs_numbers.checksum(digits) else digits


def _compact(text: str) -> str:
    return str(nhs_numbers.compact(text))


@lru_cache(maxsize=65536)
def _upn(text: str) -> str | None:
    """Its check letter alone tells: a child keeps a UPN of an authority that is no more."""
    if not text:
        return None
    letters = text if _UPN.fullmatch(text) else str(upns.compact(text))
    if not _UPN.fullmatch(letters):
        return None
    return letters if upns.calc_check_digit(letters[1:]) == letters[0] else None


def frequencies_of(said: Iterable[Said]) -> dict[str, dict[str, int]]:
    """Return how common names are among records: what is frozen into a model."""
    counts: dict[str, dict[str, int]] = {"given": {}, "family": {}}
    total = 0
    for each in said:
        total += 1
        for kind, words in (
            ("given", _words(each.given)[:1]),
            ("family", _words(each.family)[-1:]),
        ):
            for word in words:
                counts[kind][word] = counts[kind].get(word, 0) + 1
    return {
        kind: {
            name: next(place for place, share in enumerate(COMMON) if number >= share * total)
            for name, number in sorted(found.items())
            if number >= max(COMMON[-1] * total, 2)
        }
        for kind, found in counts.items()
    }

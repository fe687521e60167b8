"""Splink's open set of historical figures with errors, in our standard form: 50,578 records.

It has titles, places and occupations that a register of children has not, so it has a plan of its
own; conditions, training, scoring and grouping are the product's.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from reachable.people.linkage.conditions import (
    Alike,
    AtLeast,
    Crossed,
    Edits,
    Same,
    Shares,
    all_of,
    any_of,
)
from reachable.people.linkage.keys import hashed
from reachable.people.linkage.names import roots, sound
from reachable.people.linkage.plan import NUMBER, TEXT, TEXTS, Column, Comparison, Level, Plan
from reachable.people.rules import standard_name

TITLES = {
    *("of", "de", "the", "la", "le", "van", "von", "du", "st", "sir", "lord"),
    *("baron", "earl", "baronet", "duke", "viscount", "marquess"),
    *("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"),
}
NO_WORDS = frozenset(["of", "city", "and", "the"])
RARE, RAREST = 300, 40
"""Records in which a word of a name stands at most."""
_AREA = re.compile("[^a-z].*")
BLOCK, DAY = 1500, 60
"""Records under one key at most; a birth date alone is a key only where few have it."""


class Figure(NamedTuple):
    """A row of the set; `cluster` is the truth, of which nothing here makes use."""

    cluster: str
    full_name: str | None
    surname: str | None
    born: str | None
    birth_place: str | None
    postcode: str | None
    gender: str | None
    occupation: str | None


def figures(path: Path) -> list[Figure]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT cluster, full_name, surname, CAST(dob AS VARCHAR), birth_place, postcode_fake, "
            f"gender, occupation FROM '{path}' ORDER BY unique_id"
        ).fetchall()
    return [Figure(*row) for row in rows]


def _words(name: str | None) -> list[str]:
    words = standard_name(name or "").split()
    return [word for word in words if len(word) > 1 and word not in TITLES and word.isalpha()]


def _root(word: str) -> str:
    """One name for all its short forms: where several fit, the first of the alphabet."""
    return min(roots(word))


class _Counts:
    """How often words, places and occupations stand in the set."""

    def __init__(self, all_of_them: list[Figure]) -> None:
        self.names = Counter(
            root for each in all_of_them for root in {_root(w) for w in _words(each.full_name)}
        )
        self.places = Counter(each.birth_place for each in all_of_them)
        self.occupations = Counter(each.occupation for each in all_of_them)


def _rarity(number: int) -> int:
    return sum(number <= most for most in (400, 80, 15))


def standard_rows(all_of_them: list[Figure]) -> Iterator[dict[str, Any]]:
    """Give the rows of the table, numbered in order."""
    counts = _Counts(all_of_them)
    keyed = [list(dict.fromkeys(_keys(each))) for each in all_of_them]
    sizes = Counter(key for keys in keyed for key in keys)
    for number, (each, keys) in enumerate(zip(all_of_them, keyed, strict=True)):
        used = [key for key in keys if not key.startswith("born|") or sizes[key] <= DAY]
        yield {"record": number, **_columns(each, counts), "keys": [hashed(key) for key in used]}


def _columns(each: Figure, counts: _Counts) -> dict[str, Any]:
    words = _words(each.full_name)
    by_root = sorted({_root(word) for word in words})
    place = each.birth_place.lower() if each.birth_place else None
    born, district = each.born, each.postcode.split()[0].lower() if each.postcode else None
    return {
        "given": words[0] if words else None,
        "given_root": _root(words[0]) if words else None,
        "family": words[-1] if len(words) > 1 else None,
        "names": by_root or None,
        "rare": [word for word in by_root if counts.names[word] <= RARE] if words else None,
        "rarest": [word for word in by_root if counts.names[word] <= RAREST] if words else None,
        "sounds": sorted({sound(word) for word in by_root}) or None,
        "born": born,
        "born_crossed": f"{born[:5]}{born[8:]}-{born[5:7]}" if born else None,
        "born_year": born[:4] if born else None,
        "born_day": born[5:] if born else None,
        "postcode": each.postcode.lower() if each.postcode else None,
        "district": district,
        "area": (_AREA.sub("", district) or None) if district else None,
        "place": place,
        "place_words": sorted(set(place.split()) - NO_WORDS) if place else None,
        "place_rarity": _rarity(counts.places[each.birth_place]) if place else None,
        "occupation": each.occupation,
        "occupation_rarity": _rarity(counts.occupations[each.occupation])
        if each.occupation
        else None,
        "gender": each.gender,
    }


def _keys(each: Figure) -> Iterator[str]:
    words, born = _words(each.full_name), each.born
    sounds = sorted({sound(_root(word)) for word in words})
    district = each.postcode.split()[0] if each.postcode else ""
    if each.postcode:
        yield f"postcode|{each.postcode}"
    if len(words) > 1:
        first, last = words[0], words[-1]
        yield f"names|{first}|{last}"
        yield f"sounds|{sound(_root(first))}|{sound(last)}"
        yield f"initial|{_root(first)[:1]}|{last[:4]}"
    if each.surname and (surname := " ".join(_words(each.surname))):
        yield f"surname|{surname}"
    for one, other in itertools.combinations(sounds, 2):
        yield f"two|{one}|{other}"
    for one in sounds:
        for kind, value in (
            ("district", district),
            ("place", each.birth_place or ""),
            ("year", born[:4] if born else ""),
        ):
            if value:
                yield f"{kind}|{one}|{value}"
    if born and district:
        yield f"year_home|{born[:4]}|{district}"
        yield f"day_home|{born[5:]}|{district}"
    if born:
        yield f"born|{born}"


def _levels(*said: tuple[str, Any]) -> tuple[Level, ...]:
    return tuple(Level(name, name.replace("_", " "), condition) for name, condition in said)


_TEXTS = ("names", "rare", "rarest", "sounds", "place_words")
_NUMBERS = ("place_rarity", "occupation_rarity")
_PLAIN = (
    *("given", "given_root", "family", "born", "born_crossed", "born_year", "born_day"),
    *("postcode", "district", "area", "place", "occupation", "gender"),
)

HISTORICAL = Plan(
    name="historical",
    standardiser="1",
    columns=(
        *(Column(each, TEXT) for each in _PLAIN),
        *(Column(each, NUMBER) for each in _NUMBERS),
        *(Column(each, TEXTS) for each in _TEXTS),
    ),
    comparisons=(
        Comparison(
            "name",
            ("names",),
            _levels(
                ("three_rarest", Shares("rarest", 3)),
                ("two_rarest", Shares("rarest", 2)),
                ("one_rarest_of_three", all_of(Shares("rarest"), Shares("names", 3))),
                ("one_rarest_two_rare", all_of(Shares("rarest"), Shares("rare", 2))),
                ("one_rarest_of_two", all_of(Shares("rarest"), Shares("names", 2))),
                ("one_rarest_two_sounds", all_of(Shares("rarest"), Shares("sounds", 2))),
                ("two_rare", Shares("rare", 2)),
                ("one_rare_of_three", all_of(Shares("rare"), Shares("names", 3))),
                ("one_rare_of_two", all_of(Shares("rare"), Shares("names", 2))),
                ("both_alike", all_of(Alike("given_root", 0.88), Alike("family", 0.88))),
                ("two_sounds", Shares("sounds", 2)),
                ("one_rarest", Shares("rarest")),
                ("one_rare", Shares("rare")),
                ("family_alike", Alike("family", 0.88)),
                ("one_sound", Shares("sounds")),
            ),
        ),
        Comparison(
            "born",
            ("born",),
            _levels(
                ("same", Same("born")),
                ("crossed", Crossed("born", "born_crossed")),
                ("near_in_year", all_of(Edits("born"), Same("born_year"))),
                ("near", Edits("born")),
                ("year", Same("born_year")),
                ("day", Same("born_day")),
                ("two_figures", Edits("born", 2)),
            ),
        ),
        Comparison(
            "home",
            ("postcode",),
            _levels(
                ("same", Same("postcode")),
                ("near", Edits("postcode")),
                ("district", Same("district")),
                ("two_letters", Edits("postcode", 2)),
                ("area", Same("area")),
            ),
        ),
        Comparison(
            "place",
            ("place",),
            _levels(
                ("same_rare", all_of(Same("place"), AtLeast("place_rarity", 2))),
                ("same_uncommon", all_of(Same("place"), AtLeast("place_rarity", 1))),
                ("same", Same("place")),
                ("alike", any_of(Alike("place", 0.9), Shares("place_words"))),
            ),
        ),
        Comparison(
            "occupation",
            ("occupation",),
            _levels(
                ("same_rare", all_of(Same("occupation"), AtLeast("occupation_rarity", 1))),
                ("same", Same("occupation")),
            ),
        ),
        Comparison(
            "gender",
            ("gender",),
            _levels(
                ("same", Same("gender")),
            ),
        ),
    ),
    sessions=(("born",), ("postcode",), ("given", "family")),
)

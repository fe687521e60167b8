"""People and custody rows by the hundred thousand, for benchmarks: plain tuples, no stories.

The rows are as the custody export writes them, ISO dates apart; they concern people of the
register exactly, with a slip in the name or the birth date, or not at all.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from reachable.synthetic.formats import ATTENDANCE, CUSTODY_HEADINGS, LIVE, SEX
from reachable.synthetic.identifiers import nhs_numbers, upn_of
from reachable.synthetic.material import material, stream
from reachable.synthetic.names import GIVEN_FIRST, WELL_KNOWN
from reachable.synthetic.noise import typo
from reachable.synthetic.places import make_places

DAYS_A_YEAR = 365.25


class Known(NamedTuple):
    """A person of the register."""

    local_id: str
    family_name: str
    given_names: str
    birth_date: str
    sex: str
    address: str
    postcode: str
    nhs_number: str
    upn: str


@dataclass(frozen=True, slots=True)
class Shares:
    """How the custody rows concern the register; the rest of the rows concern nobody in it.

    `adults` is taken off first: the share about somebody from 18 to 24 whom nobody knows.
    """

    exact: float = 0.6
    typo: float = 0.25
    with_local_id: float = 0.8
    with_nhs_number: float = 0.05
    adults: float = 0.0


def register(seed: int, count: int, until: date) -> Iterator[Known]:
    """Yield `count` children who are between 10 and 17 on the day `until`, all different."""
    yield from _people(stream(seed, "bulk register"), count, until, "K")


def custody(
    seed: int,
    known: Sequence[Known],
    count: int,
    until: date,
    shares: Shares | None = None,
    days: int = 21,
) -> Iterator[tuple[str, ...]]:
    """Yield `count` custody rows of the last `days` days, in the order of the export's columns."""
    shares = shares or Shares()
    rng = stream(seed, "bulk custody")
    strangers = _people(stream(seed, "bulk strangers"), count, until, "S")
    adults = _people(stream(seed, "bulk adults"), count, until, "A", ages=(18, 25))
    stations = [place["name"] for place in material("place")["stations"]]
    attendances = list(ATTENDANCE.values())
    recent = [(until - timedelta(days=1 + back)).isoformat() for back in range(days)]
    for serial in range(count):
        chance = rng.random()
        if shares.adults and rng.random() < shares.adults:
            who = next(adults)
        elif known and chance < shares.exact + shares.typo:
            who = known[int(rng.random() * len(known))]
            if chance >= shares.exact:
                who = _slipped(rng, who)
        else:
            who = next(strangers)
        at = int(rng.random() * 1440)
        yield (
            f"FX/CU/B/{serial:07d}",
            attendances[rng.random() < 0.2],
            recent[int(rng.random() * days)],
            f"{at // 60:02d}:{at % 60:02d}",
            stations[int(rng.random() * len(stations))],
            "Drugs: possession",
            "",
            who.local_id if rng.random() < shares.with_local_id else "",
            who.family_name,
            who.given_names,
            who.birth_date,
            SEX[who.sex],
            who.address,
            who.postcode,
            who.nhs_number if rng.random() < shares.with_nhs_number else "",
            "",
            "",
            "PC 4417, 07700 900101",
            LIVE,
        )


def write_register(path: Path, people: Iterable[Known]) -> int:
    """Write the register as CSV with the field names as headings; return how many rows."""
    return _write(path, Known._fields, people)


def write_custody(path: Path, rows: Iterable[Sequence[str]]) -> int:
    """Write custody rows as CSV under the export's headings; return how many rows."""
    return _write(path, tuple(CUSTODY_HEADINGS.values()), rows)


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(headings)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _people(
    rng: Random, count: int, until: date, letter: str, ages: tuple[int, int] = (10, 18)
) -> Iterator[Known]:
    """Only the register's people ("K") have an NHS number, so that no stranger has one."""
    groups = [g for g in material("names")["groups"] if g["order"] == GIVEN_FIRST]
    families = [name for group in groups for name in group["families"]]
    given = {sex: [n for g in groups for n in g[sex]] for sex in ("girls", "boys")}
    places = make_places(rng)
    streets = [(p.code, f"{p.street}, {p.locality.name}") for p in places.postcodes]
    numbers = nhs_numbers(rng)
    youngest, eldest = ages
    oldest = int(eldest * DAYS_A_YEAR) - 1
    span = int((eldest - youngest) * DAYS_A_YEAR) - 2
    birth_dates = [until - timedelta(days=oldest - back) for back in range(span)]
    iso = [day.isoformat() for day in birth_dates]
    for serial in range(count):
        sex = "girls" if rng.random() < 0.42 else "boys"
        names = given[sex]
        first = names[int(rng.random() * len(names))]
        family = families[int(rng.random() * len(families))]
        if (first, family) in WELL_KNOWN:
            family = f"{family}-{families[0]}"
        born = int(rng.random() * span)
        postcode, street = streets[int(rng.random() * len(streets))]
        yield Known(
            f"FX{letter}{serial:07d}",
            family,
            f"{first} {names[int(rng.random() * len(names))]}",
            iso[born],
            "female" if sex == "girls" else "male",
            f"{1 + int(rng.random() * 160)} {street}",
            postcode,
            next(numbers) if letter == "K" else "",
            upn_of(serial, birth_dates[born].year + 5),
        )


def _slipped(rng: Random, who: Known) -> Known:
    """The same person, written down with one slip."""
    kind = rng.random()
    if kind < 0.4:
        return who._replace(family_name=typo(rng, who.family_name))
    if kind < 0.8:
        return who._replace(given_names=typo(rng, who.given_names))
    year, month, day = who.birth_date.split("-")
    other = int(day) % 28 + 1
    return who._replace(birth_date=f"{year}-{month}-{other:02d}")

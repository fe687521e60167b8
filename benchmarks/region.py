"""A whole region's register as linkage sees it, with the truth beside: who each record is of.

The region is invented, by `reachable synthetic register`, with the noise as that has it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from reachable.people.linkage.standard import Said
from reachable.synthetic.households import Somebody
from reachable.synthetic.register import read_register, write_register
from reachable.synthetic.written import Detail

SEED, UNTIL = 7, date(2026, 11, 24)
KEPT = Path(
    os.environ.get("REACHABLE_BENCH_REGIONS", Path(tempfile.gettempdir()) / "reachable-regions")
)
"""Where regions are kept from one run to the next: a million people take ten minutes to make."""
PEOPLE = int(os.environ.get("REACHABLE_BENCH_PEOPLE", "100000"))


@dataclass(frozen=True)
class Region:
    """Records in the order in which they first came; `person` is the truth of each."""

    said: list[Said]
    person: list[str]
    people: dict[str, Somebody]


def region(people: int = PEOPLE) -> Region:
    """Read the region of so many people; it is made where it was not yet."""
    folder = KEPT / f"{SEED}-{people}"
    if not (folder / "register.json").exists():
        write_register(folder, seed=SEED, people=people, until=UNTIL, processes=2)
    return read(folder)


def read(folder: Path) -> Region:
    register = read_register(folder)
    records = sorted(_records(register.details()), key=lambda each: each[0])
    return Region(
        said=[said for _, said, _ in records],
        person=[person for *_, person in records],
        people={each.person: each for each in register.people()},
    )


def _records(details: Iterable[Detail]) -> Iterator[tuple[tuple[str, str], Said, str]]:
    """Give when each record first came, all that it says by now, and whose it is.

    A record's details lie apart in a file, those of an area in one.
    """
    ordered = sorted(details, key=attrgetter("record", "received_at"))
    for record, group in groupby(ordered, key=attrgetter("record")):
        rows = list(group)
        yield (rows[0].received_at, record), _said(rows), rows[0].true_person


def _said(rows: Sequence[Detail]) -> Said:
    newest = next((row for row in rows if row.newest == "yes"), rows[-1])
    places = [place for row in rows for place in (row.postcode, row.previous_postcode)]
    born = newest.birth_date
    return Said(
        given=newest.given_names,
        family=newest.family_name,
        birth_date=date.fromisoformat(born) if born else None,
        sex=newest.sex,
        postcode=newest.postcode,
        nhs_number=newest.nhs_number,
        upn=newest.upn,
        other_families=_others((row.family_name for row in rows), newest.family_name),
        other_postcodes=_others(places, newest.postcode),
    )


def _others(values: Iterable[str], newest: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value and value != newest))

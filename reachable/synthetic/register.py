"""The register of a region: what its agencies hold of a million people, and who they are.

Rows are those that the feeds carry and the people of social care's own dataset, made by the same
families, stories and faults. What would go to quarantine is not here, and a file that is sent twice
counts once. Each area is made, written and forgotten before the next, so that memory does not grow
with the region.

An agency's record is everything that it writes about one person under one of its numbers, or one
entry where no number was written. Its details are what it said of the person at one time or
another; the newest stands.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from reachable.foundation.errors import BadInput
from reachable.synthetic.households import Somebody, everybody
from reachable.synthetic.partnership import DEFAULT_MONTHS
from reachable.synthetic.region import Area, areas_of, make_area
from reachable.synthetic.written import Detail, Numbers, details

SUMMARY_FILE, RECORDS_FOLDER, PEOPLE_FOLDER = "register.json", "records", "people"
_LEVEL = 5

Row = TypeVar("Row", bound=NamedTuple)


@dataclass(frozen=True, slots=True)
class Part:
    """One area's two files and what is in them."""

    area: str
    people: int
    records: int
    details: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a register was made from and how much it holds; written last, so that it is whole."""

    seed: int
    people: int
    months: int
    until: date
    records: int
    details: int
    parts: tuple[Part, ...]

    def digest(self) -> str:
        """Return one digest of all that the register's files hold."""
        return hashlib.sha256("".join(part.sha256 for part in self.parts).encode()).hexdigest()


class Register(NamedTuple):
    """A register as it lies in a folder; both are read from the first row each time."""

    summary: Summary
    details: Callable[[], Iterator[Detail]]
    people: Callable[[], Iterator[Somebody]]


def write_register(
    folder: Path,
    *,
    seed: int,
    people: int,
    until: date,
    months: int = DEFAULT_MONTHS,
    areas: int | None = None,
    processes: int = 1,
    tell: Callable[[Part], None] = lambda part: None,
) -> Summary:
    """Write the register of so many people; the same arguments always give the same bytes.

    Without `areas`, there are as many as the people fill. Raises BadInput where there are too many
    or too few people.
    """
    parts = areas_of(people, areas)
    for name in (RECORDS_FOLDER, PEOPLE_FOLDER):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write = partial(_write_area, folder, seed, months, until, len(parts))
    done = []
    for part in _each(write, parts, processes):
        tell(part)
        done.append(part)
    summary = Summary(
        seed=seed,
        people=people,
        months=months,
        until=until,
        records=sum(part.records for part in done),
        details=sum(part.details for part in done),
        parts=tuple(done),
    )
    text = json.dumps(asdict(summary), indent=1, default=str)
    (folder / SUMMARY_FILE).write_text(text + "\n", "utf-8")
    return summary


def read_register(folder: Path) -> Register:
    """Open a register that `write_register` finished; its rows are read as they are asked for."""
    try:
        content = json.loads((folder / SUMMARY_FILE).read_text("utf-8"))
        parts = tuple(Part(**row) for row in content["parts"])
        until = date.fromisoformat(content["until"])
        summary = Summary(**{**content, "parts": parts, "until": until})
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(
            f"{folder} holds no finished register.",
            kept="Nothing was read.",
            next="Write one with `reachable synthetic register`.",
        ) from None
    keys = [part.area for part in parts]

    def read(name: str, kind: Callable[..., Row]) -> Iterator[Row]:
        for key in keys:
            yield from read_rows(_path(folder, name, key), kind)

    return Register(
        summary, partial(read, RECORDS_FOLDER, Detail), partial(read, PEOPLE_FOLDER, Somebody)
    )


def write_rows(path: Path, kind: type[Row], rows: Iterable[Row]) -> str:
    """Write rows as packed CSV under their names; return the digest of the unpacked text."""
    digest = hashlib.sha256()
    # The time and the name that gzip keeps are left out: the same rows are the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed:
        for block in _blocks(kind, rows):
            digest.update(block)
            packed.write(block)
    return digest.hexdigest()


def read_rows(path: Path, kind: Callable[..., Row]) -> Iterator[Row]:
    """Yield the rows that `write_rows` wrote."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        for row in rows:
            yield kind(*row)


def _each(write: Callable[[Area], Part], areas: tuple[Area, ...], processes: int) -> Iterator[Part]:
    """Yield the areas in their order; by how many processes makes no difference to what is made."""
    if processes == 1:
        yield from map(write, areas)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(write, areas)


def _write_area(folder: Path, seed: int, months: int, until: date, areas: int, area: Area) -> Part:
    made = make_area(seed, area, months, until)
    held = details(made, Numbers(seed, area.number, areas), area.key)
    people = write_rows(_path(folder, PEOPLE_FOLDER, area.key), Somebody, everybody(made, area.key))
    records = write_rows(_path(folder, RECORDS_FOLDER, area.key), Detail, held)
    return Part(
        area=area.key,
        people=area.people,
        records=sum(detail.newest == "yes" for detail in held),
        details=len(held),
        sha256=hashlib.sha256(f"{people}{records}".encode()).hexdigest(),
    )


def _path(folder: Path, name: str, area: str) -> Path:
    return folder / name / f"{area}.csv.gz"


def _blocks(kind: type[Any], rows: Iterable[tuple[str, ...]], size: int = 5000) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kind._fields)
    for at, row in enumerate(rows, 1):
        writer.writerow(row)
        if at % size == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()

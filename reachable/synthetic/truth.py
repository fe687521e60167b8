"""The truth beside the files: which row is which child, what it tells, and what is wrong in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from reachable.synthetic.partnership import Partnership

ROWS_FILE, PEOPLE_FILE = "truth.jsonl", "people.jsonl"

ACCEPTED, QUARANTINED, DUPLICATE = "accepted", "quarantined", "duplicate"


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One row of one file.

    `line` counts the rows under the heading from 1. `expect` is what a right check makes of the
    row when the files come in the order of the manifest. `trigger` is the rule that may open a
    moment ("" where the row tells nothing that opens one), `trigger_at` its instant in UTC, and
    `child` whether the person was under 18 then. `noise` names what was blurred.
    """

    file: str
    line: int
    feed: str
    source_key: str
    person: str
    episode: str
    version: int
    expect: str
    story: str
    group: str
    trigger: str
    trigger_at: str
    child: bool
    late: bool
    withdrawn: bool
    noise: tuple[str, ...]


def write_rows(folder: Path, rows: Iterable[TruthRow]) -> None:
    """Write the truth of all rows, one JSON object a line."""
    with (folder / ROWS_FILE).open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def read_rows(folder: Path) -> Iterator[TruthRow]:
    """Yield the truth of all rows that `write_rows` wrote."""
    with (folder / ROWS_FILE).open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            fields["noise"] = tuple(fields["noise"])
            yield TruthRow(**fields)


def write_people(folder: Path, partnership: Partnership) -> None:
    """Write everybody as they are, without blur."""
    with (folder / PEOPLE_FILE).open("w", encoding="utf-8", newline="\n") as out:
        for person in (*partnership.children, *partnership.adults):
            out.write(json.dumps(asdict(person), ensure_ascii=False, default=str) + "\n")

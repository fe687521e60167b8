"""Social care's own export: the Standard Safeguarding Dataset as of a day, a zip of CSV tables.

Every row has the day from which social care knows it, and a value may become known later: so the
exports of two days differ by what happened between them, and by nothing else.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from reachable.synthetic.material import material

# Zip files say when a file was changed; a fixed time keeps the same rows at the same bytes.
_CHANGED = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Later:
    """A value that is known from a day on."""

    since: date
    value: Value


Value = str | int | float | date | datetime | Later | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, known from a day on; columns that are not named are empty.

    `faults` are what went wrong when a person was written down.
    """

    table: str
    since: date
    values: Mapping[str, Value] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def columns() -> Mapping[str, list[str]]:
    """Return each table's columns, in the order of the standard."""
    found: dict[str, list[str]] = material("ssd")["tables"]
    return found


def write(path: Path, rows: Iterable[Row], day: date, *, null: str = "") -> None:
    """Write what is known of `rows` before `day`; `null` is how an empty cell looks."""
    texts = {table: io.StringIO() for table in columns()}
    writers = {table: csv.writer(text, lineterminator="\r\n") for table, text in texts.items()}
    for table, writer in writers.items():
        writer.writerow(columns()[table])
    for row in rows:
        if row.since < day:
            cells = (_cell(row.values.get(name), day) or null for name in columns()[row.table])
            writers[row.table].writerow(cells)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for table, text in texts.items():
            entry = zipfile.ZipInfo(f"{table}.csv", _CHANGED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, text.getvalue())


def _cell(value: Value, day: date) -> str:
    """Return a cell as SQL Server writes it out."""
    if isinstance(value, Later):
        return _cell(value.value, day) if value.since < day else ""
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime.combine(value, time())
        return f"{at:%Y-%m-%d %H:%M:%S}.000"
    return "" if value is None else str(value)

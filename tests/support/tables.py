"""The tables of the social care dataset's sample, and what may become of them by a day."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping

from reachable.intake.table_sets import SETS

Tables = dict[str, list[list[str]]]


def sample() -> Tables:
    """The tables of the sample, each as rows with its headings first."""
    return {
        path.name.removesuffix(".csv"): list(csv.reader(path.read_text("utf-8").splitlines()))
        for path in sorted((SETS / "ssd").iterdir(), key=lambda path: path.name)
    }


def packed(
    tables: Mapping[str, list[list[str]]],
    name: str = "{}.csv",
    also: Mapping[str, bytes] | None = None,
) -> bytes:
    """Pack tables into a zip file; `also` are files that go in as they are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for table, rows in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            written = text.getvalue().encode("utf-8", "replace")
            file.writestr(zipfile.ZipInfo(name.format(table)), written)
        for path, content in (also or {}).items():
            file.writestr(zipfile.ZipInfo(path), content)
    return made.getvalue()


def changed(tables: Tables, table: str, number: str, **cells: str) -> Tables:
    """Return the tables with other cells in the row that begins with a number."""
    headings, *rows = tables[table]
    new = [
        [cells.get(heading, cell) for heading, cell in zip(headings, row, strict=True)]
        if row[0] == number
        else row
        for row in rows
    ]
    assert new != rows
    return {**tables, table: [headings, *new]}


def twice(tables: Tables, table: str, number: str, **cells: str) -> Tables:
    """Return the tables with a row before the one that begins with a number, of that number too."""
    headings, *rows = changed(tables, table, number, **cells)[table]
    namesake = [row for row in rows if row[0] == number]
    return {**tables, table: [headings, *namesake, *tables[table][1:]]}


def without(tables: Tables, table: str, *numbers: str) -> Tables:
    headings, *rows = tables[table]
    return {**tables, table: [headings, *(row for row in rows if row[0] not in numbers)]}


def many(contacts: int) -> Tables:
    tables = sample()
    headings, *rows = tables["ssd_contacts"]
    rows += [[f"X{n}", "9001", "2026-03-01", "1A", "Relative", ""] for n in range(contacts)]
    return {**tables, "ssd_contacts": [headings, *rows]}

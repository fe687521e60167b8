"""Sample files of each feed, with the invented rows of its specification."""

from __future__ import annotations

import zipfile
from pathlib import Path

from reachable.foundation.files.export import write_csv, write_json_lines, write_xlsx
from reachable.foundation.files.whole import whole_file
from reachable.intake.specification import Feed
from reachable.intake.table_sets import SETS, Container, TableSet

KINDS = {"csv": "CSV", "xlsx": "Excel", "jsonl": "JSON lines"}
"""Kinds of file, and what people call them."""


def sample_table(feed: Feed) -> tuple[list[str], list[list[str]]]:
    """Return the headings and rows of a feed's sample file."""
    return (
        [column.heading for column in feed.columns],
        [list(sample.cells) for sample in feed.samples],
    )


def write_set_sample(tables: TableSet, folder: Path) -> Path:
    """Write the sample of a set, as it comes, into a folder and return its path."""
    if tables.container is Container.CIN_CENSUS_XML:
        (sample,) = (SETS / tables.key).iterdir()
        path = folder / sample.name
        path.write_bytes(sample.read_bytes())
        return path
    path = folder / f"{tables.key}-sample.zip"
    with whole_file(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as file:
        for table in sorted((SETS / tables.key).iterdir(), key=lambda each: each.name):
            # A fixed day keeps the same sample at the same bytes.
            entry = zipfile.ZipInfo(table.name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, table.read_bytes())
    return path


def write_sample(feed: Feed, folder: Path, kind: str = "csv") -> Path:
    """Write the sample file of a feed into a folder and return its path."""
    path = folder / f"{feed.key}-sample.{kind}"
    write = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_json_lines}[kind]
    write(path, *sample_table(feed))
    return path

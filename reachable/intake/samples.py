"""Sample files of each feed, with the invented rows of its specification."""

from __future__ import annotations

from pathlib import Path

from reachable.foundation.files.export import write_csv, write_json_lines, write_xlsx
from reachable.intake.specification import Feed

KINDS = {"csv": "CSV", "xlsx": "Excel", "jsonl": "JSON lines"}
"""Kinds of file, and what people call them."""


def sample_table(feed: Feed) -> tuple[list[str], list[list[str]]]:
    """Return the headings and rows of a feed's sample file."""
    return (
        [column.heading for column in feed.columns],
        [list(sample.cells) for sample in feed.samples],
    )


def write_sample(feed: Feed, folder: Path, kind: str = "csv") -> Path:
    """Write the sample file of a feed into a folder and return its path."""
    path = folder / f"{feed.key}-sample.{kind}"
    write = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_json_lines}[kind]
    write(path, *sample_table(feed))
    return path

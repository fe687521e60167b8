"""A set of tables before it is sent: each table is checked, and none is parted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.intake.sender.report import Wanted
from reachable.intake.sender.telling import in_short, lines_of_check
from reachable.intake.set_checking import SetReport, as_zip, check_set
from reachable.intake.table_sets import TableSet


def check_whole_set(tables: TableSet, path: Path, today: date, wanted: Wanted) -> SetReport:
    """Check a zip file or a folder; raise BadInput where it is to be parted.

    What a set of everything leaves out counts as taken back: filtered, it would withdraw what is
    true.
    """
    if wanted.files:
        raise BadInput(
            "A set of tables is checked and not parted: what it leaves out counts as taken back.",
            kept="Nothing was written.",
            next="Check it without --keep, --refused and --report.",
        )
    with as_zip(path) as packed:
        return check_set(tables, packed, today)


def set_lines(report: SetReport) -> Iterator[str]:
    """Yield the report for a terminal, a part for each table."""
    for table, found in report.tables:
        yield f"{table.key}:"
        yield from lines_of_check(found)
        yield in_short(found)
    if report.missing:
        yield f"Did not come: {', '.join(report.missing)}."
    if report.not_read:
        yield f"Not read: {', '.join(report.not_read)}."

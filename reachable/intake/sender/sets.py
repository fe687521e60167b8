"""A set of tables before it is sent, and what is said of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from reachable.foundation.files.archives import DAMAGED
from reachable.foundation.words import plural
from reachable.intake.sender.set_filtering import FilteredSet
from reachable.intake.sender.telling import in_short, lines_of_check, lines_of_table
from reachable.intake.set_checking import SetReport
from reachable.intake.table_sets import Container, TableSet, named_after, table_sets

_HEAD = 1 << 16
_OF_CENSUS = b"LAchildID"


def set_lines(report: SetReport) -> Iterator[str]:
    """Yield the report for a terminal, a part for each table."""
    for table, found in report.tables:
        yield f"{table.key}:"
        yield from lines_of_check(found)
        yield in_short(found)
    yield from _of_all(report)


def filtered_lines(done: FilteredSet) -> Iterator[str]:
    """Yield the report of a set of which something was written, the most important last."""
    for report in done.reports:
        yield from lines_of_table(report)
    yield from _of_all(done.check)
    files = done.written
    if "keep" in files:
        yield f"{plural(done.kept, 'row', 'rows')} to send: {files['keep']}"
        if done.held_back and done.tables.container is Container.ZIP:
            yield (
                f"{plural(done.held_back, 'row', 'rows')} held back: the file says so, without "
                "what they hold, and what was sent of them before stays as it is."
            )
    if "refused" in files:
        refused = plural(done.check.refused, "row", "rows")
        yield f"{refused} to correct where they come from, each with why: {files['refused']}"
    if "report" in files:
        yield f"The report: {files['report']}"


def _of_all(report: SetReport) -> Iterator[str]:
    if report.missing:
        yield f"Did not come: {', '.join(report.missing)}."
    if report.not_read:
        yield f"Not read: {', '.join(report.not_read)}."


def told_set(path: Path) -> TableSet | None:
    """Return the set that a file or folder is, by what is in it; None where it is none."""
    for tables in table_sets().values():
        if tables.container is Container.ZIP:
            if tables.needed <= {named_after(tables.names, name) for name in _names_in(path)}:
                return tables
        elif path.is_file():
            with path.open("rb") as file:
                head = file.read(_HEAD)
            if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and _OF_CENSUS in head:
                return tables
    return None


def _names_in(path: Path) -> list[str]:
    if path.is_dir():
        return [each.name for each in path.iterdir()]
    if not zipfile.is_zipfile(path):
        return []
    try:
        with zipfile.ZipFile(path) as packed:
            return packed.namelist()
    except DAMAGED:
        # What is wrong with it is said by whoever opens it as a table.
        return []

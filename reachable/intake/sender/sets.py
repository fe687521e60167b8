"""A set of tables before it is sent, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reachable.foundation.words import plural
from reachable.intake.sender.set_filtering import FilteredSet
from reachable.intake.sender.telling import in_short, lines_of_check, lines_of_table
from reachable.intake.set_checking import SetReport
from reachable.intake.set_files import looks_like
from reachable.intake.table_sets import Container, TableSet, headings_read, table_sets


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
    yield (
        f"All tables: {plural(report.rows, 'row', 'rows')}: {report.accepted:,} would be accepted, "
        f"{report.refused:,} would wait to be corrected."
    )


def told_set(path: Path) -> TableSet | None:
    """Return the set that a file or folder holds the tables of, if it holds one."""
    return next((each for each in table_sets().values() if looks_like(each, path)), None)


def column_lines(tables: TableSet) -> Iterator[str]:
    """Yield what is read of each table, for a terminal."""
    for table in tables.tables:
        needed = " (has to come)" if table.key in tables.needed else ""
        yield f"{table.key}{needed}: {table.purpose}"
        for name, headings in headings_read(table).items():
            said = ", ".join(
                f"{each.name} (needed)" if each.needed else each.name for each in headings
            )
            yield f"  {'' if name == table.key else f'and from {name}: '}{said}"

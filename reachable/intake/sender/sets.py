"""A set of tables before it is sent: each table is checked, and none is parted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.table import no_such_file
from reachable.foundation.words import plural
from reachable.intake.sender.report import Wanted
from reachable.intake.sender.telling import in_short, lines_of_check
from reachable.intake.set_checking import SetReport, as_zip, check_set
from reachable.intake.set_files import looks_like
from reachable.intake.table_sets import TableSet, headings_read, table_sets


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
    if not path.exists():
        raise no_such_file()
    with as_zip(path) as packed:
        return check_set(tables, packed, today)


def told_set(path: Path) -> TableSet | None:
    """Return the set that a file holds the tables of, if it holds one."""
    return next((each for each in table_sets().values() if looks_like(each, path)), None)


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
    yield (
        f"All tables: {plural(report.rows, 'row', 'rows')}: {report.accepted:,} would be accepted, "
        f"{report.refused:,} would wait to be corrected."
    )


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

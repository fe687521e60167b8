"""A set of tables before it is sent: each table is checked, and none is parted.

What a set leaves out counts as taken back, so a set that was filtered would withdraw what is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.foundation.words import plural
from reachable.intake.checking import open_file, report_on
from reachable.intake.sender.report import SenderReport, Wanted
from reachable.intake.sender.telling import lines
from reachable.intake.set_files import unpack_tables
from reachable.intake.table_sets import TableSet


@dataclass(frozen=True)
class SetReport:
    """What would become of each table of a set."""

    tables: TableSet
    reports: tuple[SenderReport, ...]
    not_read: tuple[str, ...]
    """Files in the zip file that are no table of the set."""

    @property
    def rows(self) -> int:
        return sum(each.check.rows for each in self.reports)

    @property
    def refused(self) -> int:
        return sum(each.check.refused for each in self.reports)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "feed": self.tables.key,
            "rows": self.rows,
            "accepted": self.rows - self.refused,
            "quarantined": self.refused,
            "not_read": list(self.not_read),
            "tables": [each.as_dict() for each in self.reports],
        }


def check_set(tables: TableSet, path: Path, today: date, wanted: Wanted) -> SetReport:
    """Check every table of a set; raise BadInput where it is to be parted."""
    if wanted.files:
        raise BadInput(
            "A set of tables is checked and not parted: what it leaves out counts as taken back.",
            kept="Nothing was written.",
            next="Check it without --keep, --refused and --report.",
        )
    with TemporaryDirectory(prefix="reachable-set-") as name:
        folder = Path(name)
        contents = unpack_tables(tables, path, folder)
        reports = []
        for feed in tables.tables:
            if feed.key in contents.tables:
                opened = open_file(feed, folder / feed.key)
                named = contents.tables[feed.key]
                report = SenderReport(feed, named, today, report_on(opened), wanted)
                for row in opened.rows(today):
                    report.count(row)
                report.check.ended()
                reports.append(report)
    return SetReport(tables, tuple(reports), contents.not_read)


def set_lines(report: SetReport) -> Iterator[str]:
    """Yield the report for a terminal, a part for each table."""
    for each in report.reports:
        yield f"{each.file_name} ({each.feed.key}): {each.feed.title}"
        for line in lines(each):
            yield f"  {line}"
    if report.not_read:
        yield f"Not read: {', '.join(report.not_read)}."
    yield (
        f"{plural(report.rows, 'row', 'rows')} in {plural(len(report.reports), 'table', 'tables')}:"
        f" {report.rows - report.refused:,} would be accepted, {report.refused:,} would wait to be "
        "corrected."
    )

"""Checks a file as a feed, row by row and without a database: for the sender and the preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.rows import Cells, Table, Unreadable
from reachable.foundation.files.table import open_table
from reachable.intake.arranging import arrange
from reachable.intake.rules.check import Checked, Content, Refused, check_row, refuse_unreadable
from reachable.intake.rules.headings import Mapping, Mismatch, match_headings
from reachable.intake.rules.mapping import ColumnMapping
from reachable.intake.rules.problems import Problem
from reachable.intake.rules.words import as_text
from reachable.intake.specification import Feed, feeds, in_order

Result = Checked | Refused
NO_ROWS = "There is no row below the headings."
BEYOND = "beyond the headings"
"""What begins the heading of a cell that stands further right than the headings reach."""


@dataclass(frozen=True)
class CheckedRow:
    """A row of a file: its number as a spreadsheet shows it, its cells as sent, and its result."""

    number: int
    cells: tuple[str, ...]
    result: Result


@dataclass(frozen=True)
class OpenedFile:
    """A file whose headings fit a feed; its rows can be gone through as often as needed."""

    feed: Feed
    table: Table
    mapping: Mapping

    def rows(self, today: date, *, after: int = 0) -> Iterator[CheckedRow]:
        """Check the rows that come after row number `after`, one at a time; none is passed over."""
        feed, mapping = self.feed, self.mapping
        for number, cells in self.table.rows(after=after):
            if isinstance(cells, Unreadable):
                refused = refuse_unreadable(cells.sentence, cells.next, cells.cells)
                yield CheckedRow(number, cells.cells, refused)
            else:
                yield CheckedRow(number, _as_sent(cells), check_row(feed, mapping, cells, today))


def _as_sent(cells: Cells) -> tuple[str, ...]:
    return tuple([cell if isinstance(cell, str) else as_text(cell) for cell in cells])


class NoSuchColumns(BadInput):
    """A table whose headings are not those of the feed: a person may say which is which."""


def open_file(
    feed: Feed, path: Path, limits: Limits = DEFAULT, read_as: ColumnMapping | None = None
) -> OpenedFile:
    """Open a file as a feed, or as somebody said that its columns are to be read.

    Raise BadInput, in a sentence, if it cannot be one.
    """
    if read_as is None:
        table = open_table(path, limits)
    else:
        feed, table = in_order(feed, read_as.date_order), arrange(feed, path, read_as, limits)
    mapping = match_headings(feed, table.headings, feeds().values())
    if isinstance(mapping, Mismatch):
        # A workbook of several sheets may have been read at the wrong one.
        notes = table.notes if table.kind == "xlsx" and len(table.notes) > 1 else ()
        wrong = BadInput if mapping.other else NoSuchColumns
        raise wrong(
            mapping.sentence, kept="Nothing was kept.", next=" ".join((mapping.next, *notes))
        )
    return OpenedFile(feed, table, mapping)


@dataclass(frozen=True)
class Noted:
    """A problem with the number of its row."""

    row: int
    problem: Problem


@dataclass
class CheckReport:
    """What a load of this file would do: counts, the first problems, and rows as they were read."""

    feed: str
    size: int
    notes: tuple[str, ...]
    read: tuple[tuple[str, str], ...]
    """Our name and the sender's heading of each column that is read."""
    not_read: tuple[str, ...]
    rows: int = 0
    whole: bool = True
    """False where only the first rows were looked at."""
    accepted: int = 0
    refused: int = 0
    questioned: int = 0
    """Accepted rows that have a question."""
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[Noted] = field(default_factory=list)
    samples: list[tuple[int, Content]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values, without any content of accepted rows."""
        return {
            "feed": self.feed,
            "rows": self.rows,
            "whole": self.whole,
            "accepted": self.accepted,
            "quarantined": self.refused,
            "questions": self.questioned,
            "reasons": dict(self.reasons),
            "columns": dict(self.read),
            "not_read": list(self.not_read),
            "notes": list(self.notes),
            "problems": [
                {
                    "row": noted.row,
                    "column": noted.problem.column,
                    "reason": str(noted.problem.reason),
                    "sentence": noted.problem.sentence,
                    "next": noted.problem.next,
                }
                for noted in self.problems
            ],
        }


def check_file(
    feed: Feed,
    path: Path,
    today: date,
    *,
    limits: Limits = DEFAULT,
    read_as: ColumnMapping | None = None,
    problems: int = 50,
    samples: int = 5,
    most: int | None = None,
) -> CheckReport:
    """Go through a file, keep the first `problems` and `samples`, and write nothing.

    `most` rows are looked at, or all.
    """
    opened = open_file(feed, path, limits, read_as)
    mapping = opened.mapping
    report = CheckReport(
        feed=feed.key,
        size=opened.table.size,
        notes=opened.table.notes,
        read=tuple((name, mapping.headings[place]) for name, place in mapping.places),
        not_read=mapping.not_read,
    )
    for row in opened.rows(today):
        if report.rows == most:
            report.whole = False
            break
        _count(report, row, problems, samples)
    if not report.rows:
        report.notes += (NO_ROWS,)
    return report


def check_again(feed: Feed, cells: Sequence[tuple[str, str]], today: date) -> Result | Mismatch:
    """Check one row that was refused, by its headings and its cells as they are now."""
    headings = [heading for heading, _ in cells if not heading.startswith(BEYOND)]
    mapping = match_headings(feed, headings)
    if isinstance(mapping, Mismatch):
        return mapping
    return check_row(feed, mapping, [text for _, text in cells], today)


def headings_of(feed: Feed, headings: Sequence[str]) -> dict[str, str]:
    """Return the sender's heading of each column that can be told."""
    mapping = match_headings(feed, headings)
    if isinstance(mapping, Mismatch):
        return {}
    return {name: mapping.headings[place] for name, place in mapping.places}


def _count(report: CheckReport, row: CheckedRow, problems: int, samples: int) -> None:
    report.rows += 1
    result = row.result
    if isinstance(result, Checked):
        report.accepted += 1
        if len(report.samples) < samples:
            report.samples.append((row.number, result.content))
        told = result.questions
        report.questioned += bool(told)
    else:
        report.refused += 1
        told = result.problems + result.questions
    for each in told:
        report.reasons[str(each.reason)] += 1
        if len(report.problems) < problems:
            report.problems.append(Noted(row.number, each))

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
from reachable.intake.set_files import open_joined
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

    @property
    def told(self) -> tuple[Problem, ...]:
        """What is said of it, what refuses it first."""
        problems = self.result.problems if isinstance(self.result, Refused) else ()
        return problems + self.result.questions


@dataclass(frozen=True)
class OpenedFile:
    """A file whose headings fit a feed; its rows can be gone through as often as needed."""

    feed: Feed
    table: Table
    mapping: Mapping

    def rows(self, today: date, *, after: int = 0) -> Iterator[CheckedRow]:
        """Check the rows that come after row number `after`, one at a time; none is passed over."""
        for number, cells in self.table.rows(after=after):
            yield self.check(number, cells, today)

    def check(self, number: int, cells: Cells | Unreadable, today: date) -> CheckedRow:
        """Check one row."""
        if isinstance(cells, Unreadable):
            refused = refuse_unreadable(cells.sentence, cells.next, cells.cells)
            return CheckedRow(number, cells.cells, refused)
        result = check_row(self.feed, self.mapping, cells, today)
        return CheckedRow(number, _as_sent(cells), result)


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
    if feed.of_set:
        table = open_joined(feed, path, limits)
        mapping = match_headings(feed, table.headings)
    elif read_as is not None:
        feed, table = in_order(feed, read_as.date_order), arrange(feed, path, read_as, limits)
        mapping = match_headings(feed, table.headings)
    else:
        table = open_table(path, limits)
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
    keep_problems: int
    keep_samples: int
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

    def count(self, row: CheckedRow) -> None:
        """Take in one row."""
        self.rows += 1
        result = row.result
        if isinstance(result, Checked):
            self.accepted += 1
            if len(self.samples) < self.keep_samples:
                self.samples.append((row.number, result.content))
            self.questioned += bool(result.questions)
        else:
            self.refused += 1
        for each in row.told:
            self.reasons[str(each.reason)] += 1
            if len(self.problems) < self.keep_problems:
                self.problems.append(Noted(row.number, each))

    def ended(self) -> CheckReport:
        """Say, once all rows are counted, what can only be said then."""
        if not self.rows:
            self.notes += (NO_ROWS,)
        return self

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
    report = report_on(opened, problems=problems, samples=samples)
    for row in opened.rows(today):
        if report.rows == most:
            report.whole = False
            break
        report.count(row)
    return report.ended()


def report_on(opened: OpenedFile, *, problems: int = 50, samples: int = 5) -> CheckReport:
    """Return a report that keeps the first `problems` and `samples`; its rows are to be counted."""
    mapping = opened.mapping
    return CheckReport(
        feed=opened.feed.key,
        size=opened.table.size,
        notes=opened.table.notes,
        read=tuple((name, mapping.headings[place]) for name, place in mapping.places),
        not_read=mapping.not_read,
        keep_problems=problems,
        keep_samples=samples,
    )


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

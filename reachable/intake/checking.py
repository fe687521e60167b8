"""Checks a file as a feed, row by row and without a database: for the sender and the preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import unmarked_cell
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.rows import Cells, Table, Unreadable
from reachable.foundation.files.table import open_table
from reachable.intake.arranging import arrange
from reachable.intake.rules.check import Checked, Content, Refused, check_row, refuse_unreadable
from reachable.intake.rules.headings import BEYOND, Mapping, Mismatch, match_headings
from reachable.intake.rules.kept_out import names_a_source
from reachable.intake.rules.mapping import ColumnMapping
from reachable.intake.rules.problems import Problem
from reachable.intake.rules.returned import Columns, columns
from reachable.intake.rules.words import as_text, heading_key
from reachable.intake.set_files import open_joined
from reachable.intake.specification import Feed, feeds, in_order

Result = Checked | Refused
NO_ROWS = "There is no row below the headings."


@dataclass(frozen=True)
class CheckedRow:
    """A row of a file: its number as a spreadsheet shows it, its cells as sent, and its result."""

    number: int
    cells: tuple[str, ...]
    result: Result
    was: UUID | None = None
    """Which refused row it was, in a file of rows that we gave out to be corrected."""

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
    ours: Columns | None = None

    def rows(self, today: date, *, after: int = 0) -> Iterator[CheckedRow]:
        """Check the rows that come after row number `after`, one at a time; none is passed over."""
        ours = self.ours
        for number, sent in self.table.rows(after=after):
            was, cells = (None, sent) if ours is None else _as_given_out(ours, sent)
            yield self.check(number, cells, today, was)

    def check(
        self, number: int, cells: Cells | Unreadable, today: date, was: UUID | None = None
    ) -> CheckedRow:
        """Check one row; `was` is which refused row it was."""
        if isinstance(cells, Unreadable):
            refused = refuse_unreadable(cells.sentence, cells.next, cells.cells)
            return CheckedRow(number, cells.cells, refused, was)
        result = check_row(self.feed, self.mapping, cells, today)
        return CheckedRow(number, _as_sent(cells), result, was)


def _as_given_out(
    ours: Columns, sent: Cells | Unreadable
) -> tuple[UUID | None, Cells | Unreadable]:
    """Return which refused row a row was, and its cells as they were before we gave it out."""
    cells = sent.cells if isinstance(sent, Unreadable) else sent
    senders = [
        unmarked_cell(cell) if isinstance(cell, str) else cell for cell in ours.of_sender(cells)
    ]
    was = ours.number_of(cells)
    if isinstance(sent, Unreadable):
        return was, replace(sent, cells=tuple(map(str, senders)))
    return was, tuple(senders)


def _as_sent(cells: Cells) -> tuple[str, ...]:
    return tuple([cell if isinstance(cell, str) else as_text(cell) for cell in cells])


class NoSuchColumns(BadInput):
    """A table whose headings are not those of the feed: a person may say which is which."""


class NamesASource(BadInput):
    """A file with a column for who gave information in confidence: none of it is kept."""

    def __init__(self, headings: Sequence[str]) -> None:
        named = ", ".join(f"“{heading}”" for heading in headings)
        super().__init__(
            f"This file has a column that says who a source is: {named}.",
            kept="Nothing was kept.",
            next="Take it out and send the file again. The force’s own reference is enough.",
        )


class OtherFeed(BadInput):
    """A file of another feed, which is named so that a page can lead there."""

    def __init__(self, mismatch: Mismatch, *, kept: str, next: str) -> None:
        super().__init__(mismatch.sentence, kept=kept, next=next)
        self.other = mismatch.other


def open_file(
    feed: Feed, path: Path, limits: Limits = DEFAULT, read_as: ColumnMapping | None = None
) -> OpenedFile:
    """Open a file as a feed, or as somebody said that its columns are to be read.

    Raise BadInput, in a sentence, if it cannot be one.
    """
    others: Iterable[Feed] = ()
    if feed.of_set:
        table = open_joined(feed, path, limits)
    elif read_as is not None:
        _refuse_sources(read_as.headings)
        feed = in_order(feed, read_as.date_order)
        table = arrange(feed, path, read_as, limits)
    else:
        table, others = open_table(path, limits), feeds().values()
    ours = columns(table.headings)
    headings = table.headings
    if ours is not None:
        headings = tuple(unmarked_cell(headings[place]) for place in ours.senders)
    _refuse_sources(headings)
    mapping = match_headings(feed, headings, others)
    if isinstance(mapping, Mismatch):
        # A workbook of several sheets may have been read at the wrong one.
        notes = table.notes if table.kind == "xlsx" and len(table.notes) > 1 else ()
        kept, next_step = "Nothing was kept.", " ".join((mapping.next, *notes))
        if mapping.other:
            raise OtherFeed(mapping, kept=kept, next=next_step)
        raise NoSuchColumns(mapping.sentence, kept=kept, next=next_step)
    return OpenedFile(feed, table, mapping, ours)


def _refuse_sources(headings: Sequence[str]) -> None:
    if named := names_a_source(headings):
        raise NamesASource(named)


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


def _not_read(feed: Feed, headings: Iterable[str]) -> tuple[str, ...]:
    """Leave out what leads from table to table: it is read, though no column holds it."""
    leads = {
        heading_key(name) for join in feed.joins for name in (join.column, join.heading, *join.take)
    }
    return tuple(each for each in headings if heading_key(each) not in leads)


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
        not_read=_not_read(opened.feed, mapping.not_read),
        keep_problems=problems,
        keep_samples=samples,
    )


def check_again(feed: Feed, cells: Sequence[tuple[str, str]], today: date) -> Result | Mismatch:
    """Check one row that was refused, by its headings and its cells as they are now."""
    mapping = matched(feed, tuple(heading for heading, _ in cells))
    if isinstance(mapping, Mismatch):
        return mapping
    return check_row(feed, mapping, [text for _, text in cells], today)


@lru_cache(maxsize=32)
def matched(feed: Feed, headings: tuple[str, ...]) -> Mapping | Mismatch:
    """Match the headings of a refused row, once for all rows that have the same."""
    return match_headings(feed, [each for each in headings if not each.startswith(BEYOND)])


def headings_of(feed: Feed, headings: Sequence[str]) -> dict[str, str]:
    """Return the sender's heading of each column that can be told."""
    mapping = match_headings(feed, headings)
    if isinstance(mapping, Mismatch):
        return {}
    return {name: mapping.headings[place] for name, place in mapping.places}

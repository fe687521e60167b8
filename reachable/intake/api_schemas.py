"""What programs send and get over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict

from reachable.intake.selectors import DeliveryFacts, RefusedFacts
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet

MOST_ROWS = 2_000_000
"""More than any file has."""


class Refusal(Schema):
    """What happened, what was kept, what to do."""

    sentence: str
    kept: str
    next: str


REFUSALS: dict[int, Any] = dict.fromkeys((401, 403, 404, 422, 429, 500, 503), Refusal)
REFUSED_FILES: dict[int, Any] = dict.fromkeys((400, 409, 411, 413, 507), Refusal)
FILE_AS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file as it was exported: CSV, Excel (.xlsx) or JSON lines, to 300 MB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Sending(Schema):
    """How a file is meant."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="file", max_length=200, description="What the file is called.")
    history: bool = Field(
        default=False, description="Past events: they open no moments and nobody is told."
    )
    everything: bool = Field(
        default=False,
        description="Of a set of tables: all that the agency holds, so that rows that came before "
        "and are not in it are withdrawn.",
    )
    check: bool = Field(
        default=False, description="Only say what would become of it; keep nothing."
    )


class After(Schema):
    """From where to go on."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(default=0, ge=0, le=MOST_ROWS, description="Rows after this number.")


class ColumnOut(Schema):
    name: str
    heading: str
    need: str
    hint: str


class FeedOut(Schema):
    key: str
    title: str
    purpose: str
    columns: list[ColumnOut]
    tables: list[FeedOut] = []

    @classmethod
    def of(cls, feed: Feed | TableSet) -> FeedOut:
        """A set has tables in place of columns."""
        if isinstance(feed, TableSet):
            tables = [cls.of(table) for table in feed.tables]
            return cls(
                key=feed.key, title=feed.title, purpose=feed.purpose, columns=[], tables=tables
            )
        return cls(
            key=feed.key,
            title=feed.title,
            purpose=feed.purpose,
            columns=[
                ColumnOut(
                    name=column.name,
                    heading=column.heading,
                    need=str(column.need),
                    hint=column.hint,
                )
                for column in feed.columns
            ],
        )


class Feeds(Schema):
    """The agency whose key this is, and what it may send."""

    agency: str
    feeds: list[FeedOut]


class DeliveryOut(Schema):
    """A file that came: its state is received, loading, loaded or failed.

    `waiting` rows of those that were `quarantined` are still to be corrected. `again` says that the
    same content had come before. A set has a delivery for each of its `tables`, which holds the
    rows to correct.
    """

    id: UUID
    feed: str
    file_name: str
    size: int
    received_at: datetime
    history: bool
    state: str
    last_row: int
    rows: int | None
    accepted: int
    quarantined: int
    duplicates: int
    waiting: int
    finished_at: datetime | None
    error: str
    again: bool = False
    tables: list[DeliveryOut] = []

    @classmethod
    def of(
        cls, found: DeliveryFacts, *, again: bool = False, tables: Sequence[DeliveryFacts] = ()
    ) -> DeliveryOut:
        return cls(
            id=found.id,
            feed=found.feed.key,
            file_name=found.file_name,
            size=found.size,
            received_at=found.received_at,
            history=found.history,
            state=found.state,
            last_row=found.last_row,
            rows=found.rows,
            accepted=found.accepted,
            quarantined=found.quarantined,
            duplicates=found.duplicates,
            waiting=found.waiting,
            finished_at=found.finished_at,
            error=found.error,
            again=again,
            tables=[cls.of(table) for table in tables],
        )


class Problem(Schema):
    """Why: the feed's own name of the column, a reason for machines, a sentence for people."""

    column: str
    reason: str
    sentence: str
    next: str


class NotedProblem(Problem):
    row: int


class CheckOut(Schema):
    """What would become of a file; `whole` is false where only its first rows were looked at."""

    feed: str
    rows: int
    whole: bool
    accepted: int
    quarantined: int
    questions: int
    reasons: dict[str, int]
    columns: dict[str, str] = {}
    not_read: list[str]
    notes: list[str] = []
    problems: list[NotedProblem] = []
    tables: dict[str, CheckOut] = {}
    missing: list[str] = []


class Cell(Schema):
    heading: str
    text: str


class RefusedRow(Schema):
    """A row as it was sent, by its number in the file and the sender's own reference."""

    row: int
    reference: str
    cells: list[Cell]
    problems: list[Problem]

    @classmethod
    def of(cls, found: RefusedFacts) -> RefusedRow:
        return cls(
            row=found.row_number,
            reference=found.reference,
            cells=[Cell(heading=heading, text=text) for heading, text in found.cells],
            problems=[Problem.model_validate(each) for each in found.problems],
        )


class RefusedRows(Schema):
    rows: list[RefusedRow]
    next: int | None

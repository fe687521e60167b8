"""Reading and checking a file in pieces, before any transaction and without a database.

A large file is read by a process of its own, so that the next rows are ready while these are being
written.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice, zip_longest
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reachable.foundation.errors import ReachableError
from reachable.intake.checking import BEYOND, CheckedRow, OpenedFile, open_file
from reachable.intake.rules import making
from reachable.intake.rules.check import Checked, Refused
from reachable.intake.rules.headings import Mapping
from reachable.intake.rules.making import Made
from reachable.intake.rules.mapping import ColumnMapping
from reachable.intake.rules.problems import Problem
from reachable.intake.specification import Feed
from reachable.intake.specification import feed as feed_of
from reachable.people.rules import Identity

PIECE = 100
"""Rows that are prepared at once."""
APART_FROM = 2 * 1024 * 1024
"""Bytes of a file for which another process pays: it takes half a second to start."""


@dataclass(slots=True)
class Incoming:
    """A checked row, with what it makes and whom it is about."""

    row_number: int | None
    source_key: str
    key_hash: str
    content: dict[str, Any]
    content_hash: str
    made: list[Made]
    identity: Identity
    shown_name: str
    reference: str
    of_person: str
    """The feed that describes whom the row only refers to; empty where the row itself does."""
    person: dict[str, Any]
    person_hash: str
    details: dict[str, Any]


@dataclass(slots=True)
class RefusedRow:
    """A row that goes to quarantine, as it was sent."""

    row_number: int
    source_key: str
    key_hash: str
    cells: list[list[str]]
    problems: list[dict[str, str]]


@dataclass(slots=True)
class Prepared:
    """Rows, read and checked; `last_row` is the checkpoint that comes with them."""

    rows: list[Incoming]
    refused: list[RefusedRow]
    last_row: int

    def __len__(self) -> int:
        return len(self.rows) + len(self.refused)

    def take(self, more: Prepared) -> None:
        """Put the rows that follow to these."""
        self.rows += more.rows
        self.refused += more.refused
        self.last_row = more.last_row


def pieces(
    feed: Feed, path: Path, day: date, after: int, read_as: ColumnMapping | None = None
) -> Generator[Prepared, None, None]:
    """Read what comes after row number `after`; raise BadInput, in a sentence, where that ends."""
    opened = open_file(feed, path, read_as=read_as)
    if opened.table.size < APART_FROM:
        yield from _read(opened, day, after)
        return
    try:
        for piece in _apart(feed, path, day, after, read_as):
            after = piece.last_row
            yield piece
    except EOFError:
        # The other process was ended before its end: what is left is read here.
        yield from _read(opened, day, after)


def _read(opened: OpenedFile, day: date, after: int) -> Iterator[Prepared]:
    rows = opened.rows(day, after=after)
    while piece := list(islice(rows, PIECE)):
        yield _prepare(opened, piece)


def _apart(
    feed: Feed, path: Path, day: date, after: int, read_as: ColumnMapping | None
) -> Iterator[Prepared]:
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    reader = context.Process(
        target=_send_pieces, args=(sending, feed.key, path, day, after, read_as), daemon=True
    )
    reader.start()
    sending.close()
    try:
        while (sent := receiving.recv()) is not None:
            if isinstance(sent, ReachableError):
                raise sent
            yield sent
    finally:
        receiving.close()
        reader.join()


def _send_pieces(
    sending: Connection,
    feed: str,
    path: Path,
    day: date,
    after: int,
    read_as: ColumnMapping | None = None,
) -> None:
    """What the reading process does; whoever stops listening ends it."""
    try:
        for piece in _read(open_file(feed_of(feed), path, read_as=read_as), day, after):
            sending.send(piece)
        sending.send(None)
    except ReachableError as error:
        sending.send(error)
    except BrokenPipeError:
        return


def _prepare(opened: OpenedFile, piece: Sequence[CheckedRow]) -> Prepared:
    rows, refused = [], []
    for row in piece:
        if isinstance(row.result, Checked):
            rows.append(incoming(opened.feed, row.result, row.number))
        else:
            refused.append(refused_row(opened.mapping, row, row.result))
    return Prepared(rows, refused, piece[-1].number)


def incoming(feed: Feed, checked: Checked, row_number: int | None) -> Incoming:
    """Work out all that a checked row leads to."""
    content: dict[str, Any] = checked.content
    person = making.person_content(feed, content)
    return Incoming(
        row_number=row_number,
        source_key=checked.source_key,
        key_hash=_key_hash(checked.source_key, checked.content_hash),
        content=content,
        content_hash=checked.content_hash[:32],
        made=making.made_by(feed, content),
        identity=making.identity_of(content),
        shown_name=making.shown_name(content),
        reference=content.get("local_id", ""),
        of_person=feed.of_person,
        person=person,
        person_hash=making.short_hash(person),
        details=making.event_details(feed, content),
    )


def _key_hash(source_key: str, content_hash: str) -> str:
    """What tells a row from all others of its feed: the agency's own key, or all that it says."""
    return making.short_hash(source_key) if source_key else content_hash[:32]


def refused_row(mapping: Mapping, row: CheckedRow, refused: Refused) -> RefusedRow:
    """Keep a refused row with the sender's own headings, and every reason."""
    beyond = len(row.cells) - len(mapping.headings)
    headings = [*mapping.headings, *(f"{BEYOND}, {at + 1}" for at in range(beyond))]
    return RefusedRow(
        row_number=row.number,
        source_key=refused.source_key[:80],
        key_hash=_key_hash(refused.source_key, refused.content_hash),
        # PostgreSQL holds any character but this one.
        cells=[
            [heading.replace("\0", "\ufffd"), cell.replace("\0", "\ufffd")]
            for heading, cell in zip_longest(headings, row.cells, fillvalue="")
        ],
        problems=[told_problem(problem) for problem in refused.problems],
    )


def told_problem(problem: Problem) -> dict[str, str]:
    """Return a problem as JSON values, without the cell: that is kept with the row."""
    held = asdict(problem)
    return {key: str(held[key]) for key in ("column", "reason", "sentence", "next")}

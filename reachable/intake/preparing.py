"""Reading and checking a file in pieces, before any transaction and without a database.

A large file is read by a process of its own, so that the next rows are ready while these are being
written.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import islice, zip_longest
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from reachable.foundation.errors import ReachableError
from reachable.foundation.files.rows import Cells, Unreadable
from reachable.intake.checking import CheckedRow, OpenedFile, open_file
from reachable.intake.rules import making
from reachable.intake.rules.check import Checked, Refused
from reachable.intake.rules.headings import BEYOND, Mapping
from reachable.intake.rules.making import Made
from reachable.intake.rules.mapping import ColumnMapping
from reachable.intake.rules.problems import Problem
from reachable.intake.rules.words import as_text
from reachable.intake.specification import Feed
from reachable.intake.specification import feed as feed_of
from reachable.people.rules import Identity

PIECE = 50
"""Rows that are prepared at once."""
UNCHANGED = 20_000
"""Unchanged rows that are counted at once."""
DIGEST = 16
"""Bytes of the digest of a row."""
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
    partial: bool
    """Whether the row says too little of a person to describe them."""
    person: dict[str, Any]
    person_hash: str
    details: dict[str, Any]
    sent_hash: str = ""
    was: UUID | None = None
    """Which refused row it was before somebody corrected it elsewhere."""


@dataclass(slots=True)
class RefusedRow:
    """A row that goes to quarantine, as it was sent."""

    row_number: int
    source_key: str
    key_hash: str
    cells: list[list[str]]
    problems: list[dict[str, str]]
    was: UUID | None = None


@dataclass(slots=True)
class Prepared:
    """Rows, read and checked; `last_row` is the checkpoint that comes with them."""

    rows: list[Incoming]
    refused: list[RefusedRow]
    last_row: int
    unchanged: int = 0
    """Rows that came before exactly as now, and are not looked at again."""
    gone: bytes | None = None
    """At the end of a table: digests, of `DIGEST` bytes each, of rows that came before only."""

    def __len__(self) -> int:
        return len(self.rows) + len(self.refused)

    def take(self, more: Prepared) -> None:
        """Put the rows that follow to these."""
        self.rows += more.rows
        self.refused += more.refused
        self.last_row = more.last_row
        self.unchanged += more.unchanged
        self.gone = more.gone


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of a table as they came before: of each a digest, and the hash of its key.

    Of a key in `waiting`, a row was refused: what comes of it is looked at, whatever it says.
    """

    rows: bytes
    waiting: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read: a file as a feed, on a day, after a row number.

    Of a table of a set, `known` are its rows as they came before.
    """

    feed: str
    path: Path
    day: date
    after: int = 0
    known: Known | None = None
    read_as: ColumnMapping | None = None


def pieces(
    feed: Feed,
    path: Path,
    day: date,
    after: int,
    known: Known | None = None,
    read_as: ColumnMapping | None = None,
) -> Generator[Prepared, None, None]:
    """Read what comes after row number `after`; raise BadInput, in a sentence, where that ends."""
    reading = Reading(feed.key, path, day, after, known, read_as)
    opened = open_file(feed, path, read_as=read_as)
    if opened.table.size < APART_FROM:
        yield from _read(opened, reading)
        return
    try:
        for piece in _apart(reading):
            after = piece.last_row
            yield piece
    except EOFError:
        # The other process was ended before its end: what is left is read here.
        yield from _read(opened, replace(reading, after=after))


def _read(opened: OpenedFile, reading: Reading) -> Iterator[Prepared]:
    if reading.known is not None:
        yield from _read_again(opened, reading, reading.known)
        return
    rows = opened.rows(reading.day, after=reading.after)
    while piece := list(islice(rows, PIECE)):
        yield _prepare(opened, piece)


def _read_again(opened: OpenedFile, reading: Reading, known: Known) -> Iterator[Prepared]:
    """Read a table of which most came before: what has not changed is only counted.

    Unless another row had the same key further up: then it is this one that counts, as ever.
    """
    rows = known.rows
    keys = {rows[at : at + DIGEST]: at + DIGEST for at in range(0, len(rows), 2 * DIGEST)}
    unseen = set(keys)
    again = set(known.waiting)
    digest = _digester(opened)
    piece = Prepared([], [], reading.after)
    for number, cells in opened.table.rows():
        sent = digest(cells)
        unseen.discard(sent)
        if number <= reading.after:
            continue
        piece.last_row = number
        key = keys.get(sent)
        if key is not None and not (again and rows[key : key + DIGEST] in again):
            piece.unchanged += 1
        else:
            more = _prepare(opened, [opened.check(number, cells, reading.day)])
            for row in more.rows:
                row.sent_hash = sent.hex()
            piece.rows += more.rows
            piece.refused += more.refused
            if keys:
                again.update(bytes.fromhex(row.key_hash) for row in more.rows or more.refused)
        if len(piece) >= PIECE or piece.unchanged >= UNCHANGED:
            yield piece
            piece = Prepared([], [], number)
    piece.gone = b"".join(unseen)
    yield piece


def _digester(opened: OpenedFile) -> Callable[[Cells | Unreadable], bytes]:
    """Return what tells a row as it was sent, read by this specification, from every other."""
    said = "\x1f".join((opened.feed.digest, *opened.table.headings))
    seed = hashlib.blake2b(said.encode(), digest_size=DIGEST)

    def digest(cells: Cells | Unreadable) -> bytes:
        row = cells.cells if isinstance(cells, Unreadable) else cells
        total = seed.copy()
        texts = [cell if isinstance(cell, str) else as_text(cell) for cell in row]
        total.update("\x1f".join(texts).encode("utf-8", "surrogatepass"))
        return total.digest()

    return digest


def _apart(reading: Reading) -> Iterator[Prepared]:
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    reader = context.Process(target=_send_pieces, args=(sending, reading), daemon=True)
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


def _opened(reading: Reading) -> OpenedFile:
    return open_file(feed_of(reading.feed), reading.path, read_as=reading.read_as)


def _send_pieces(sending: Connection, reading: Reading) -> None:
    """What the reading process does; whoever stops listening ends it."""
    try:
        for piece in _read(_opened(reading), reading):
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
            rows.append(incoming(opened.feed, row.result, row.number, row.was))
        else:
            refused.append(refused_row(opened.mapping, row, row.result))
    return Prepared(rows, refused, piece[-1].number)


def incoming(
    feed: Feed, checked: Checked, row_number: int | None, was: UUID | None = None
) -> Incoming:
    """Work out all that a checked row leads to."""
    content: dict[str, Any] = checked.content
    person = making.person_content(feed, content)
    return Incoming(
        row_number=row_number,
        source_key=checked.source_key,
        key_hash=making.key_hash(checked.source_key, checked.content_hash),
        content=content,
        content_hash=checked.content_hash[:32],
        made=making.made_by(feed, content),
        identity=making.identity_of(content),
        shown_name=making.shown_name(content),
        reference=content.get("local_id", ""),
        of_person=feed.of_person,
        partial=feed.partial,
        person=person,
        person_hash=making.short_hash(person),
        details=making.event_details(feed, content),
        was=was,
    )


def refused_row(mapping: Mapping, row: CheckedRow, refused: Refused) -> RefusedRow:
    """Keep a refused row with the sender's own headings, and every reason."""
    beyond = len(row.cells) - len(mapping.headings)
    headings = [*mapping.headings, *(f"{BEYOND}, {at + 1}" for at in range(beyond))]
    return RefusedRow(
        row_number=row.number,
        source_key=refused.source_key[:80],
        key_hash=making.key_hash(refused.source_key, refused.content_hash),
        # PostgreSQL holds any character but this one.
        cells=[
            [heading.replace("\0", "\ufffd"), cell.replace("\0", "\ufffd")]
            for heading, cell in zip_longest(headings, row.cells, fillvalue="")
        ],
        problems=[told_problem(problem) for problem in refused.problems],
        was=row.was,
    )


def told_problem(problem: Problem) -> dict[str, str]:
    """Return a problem as JSON values, without the cell: that is kept with the row."""
    held = asdict(problem)
    return {key: str(held[key]) for key in ("column", "reason", "sentence", "next")}

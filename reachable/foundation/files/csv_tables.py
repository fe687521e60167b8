"""Tables as text: any common delimiter and encoding, one row at a time.

No row is lost. A row that is in another encoding than the rest of its file, or whose quotation mark
never closes, comes out as `Unreadable`, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import HEAD, NOTHING_KEPT, looks_like_utf16
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import (
    Row,
    Table,
    Unreadable,
    cell_too_long,
    check_headings,
    no_headings,
    no_new_line,
    too_many_rows,
)

_CHUNK = 1 << 18
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright bars"}
_UNDECODED = re.compile("[\udc80-\udcff]")
_REPLACED = re.compile("\ufffd")
_LONGEST_ROW = 100
"""Lines: a row that goes on for longer has an open quotation mark."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)

_QUOTES = (
    "A quotation mark in this row opens and never closes, or has text after it.",
    "Remove the quotation mark, or double it, and send the row again.",
)
_ENCODING = (
    "Letters in this row are in another encoding than the rest of the file.",
    "Check the names in it, correct them, and send the row again.",
)


@dataclass(frozen=True)
class _Text:
    """How the bytes of a file become lines, and lines become cells."""

    path: Path
    encoding: str
    delimiter: str
    skip: int = 0
    """Lines before the headings that are not rows: `sep=;`."""

    @property
    def lost(self) -> re.Pattern[str]:
        """What stands in a line where bytes could not be decoded."""
        return _REPLACED if _is_wide(self.encoding) else _UNDECODED


def open_csv(path: Path, size: int, limits: Limits) -> Table:
    """Open a file of text as a table; raise BadInput where it is none."""
    encoding = _survey(path, limits)
    text = _first_lines(path, encoding)
    records = _records(text, limits)
    headings: tuple[str, ...] = ()
    for _, cells in records:
        if isinstance(cells, Unreadable):
            raise BadInput(
                "The row of headings cannot be read: " + cells.sentence,
                kept=NOTHING_KEPT,
                next="Correct it and send the file again.",
            )
        headings = tuple(str(cell).strip() for cell in cells)
        break
    if not headings:
        raise no_headings()
    check_headings(headings, limits)
    notes = (f"Text in {_say_encoding(encoding)}, cells between {_DELIMITERS[text.delimiter]}.",)

    def read() -> Iterator[Row]:
        rows = _records(text, limits)
        next(rows, None)
        return rows

    return Table("csv", headings, size, notes, read)


def _survey(path: Path, limits: Limits) -> str:
    """Go through the bytes once: count lines, refuse what is no text, and tell the encoding."""
    with path.open("rb") as file:
        encoding = _marked_encoding(file.read(HEAD))
        file.seek(0)
        feeds = returns = 0
        since = 0
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            since = len(chunk) + (since if end < 0 else -1 - end)
            if since > limits.line:
                raise no_new_line()
    lines = feeds or returns
    if lines > limits.rows + 1:
        raise too_many_rows(f"{lines:,}", limits)
    if encoding != "utf-8-sig":
        return encoding
    return _unmarked_encoding(path)


def _marked_encoding(head: bytes) -> str:
    """Read the mark at the start; UTF-16 without one shows in its zeros."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if looks_like_utf16(head):
        return "utf-16-le" if head[0::2].count(0) < head[1::2].count(0) else "utf-16-be"
    return "utf-8-sig"


def _unmarked_encoding(path: Path) -> str:
    """UTF-8 where any line can only be that; Windows-1252 where lines are neither it nor ASCII.

    A line in Windows-1252 is hardly ever valid UTF-8 by chance, so one line with a good sequence
    of several bytes tells what the file is, and its other lines are the exceptions.
    """
    foreign = False
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            try:
                line.removesuffix(b"\n").decode("utf-8")
            except UnicodeDecodeError:
                foreign = True
            else:
                return "utf-8-sig"
    return "cp1252" if foreign else "utf-8-sig"


def _say_encoding(encoding: str) -> str:
    return {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding[:6].upper())


def _is_wide(encoding: str) -> bool:
    """Whether a letter takes several bytes, all of them: one that is damaged is replaced."""
    return encoding.startswith(("utf-16", "utf-32"))


def _first_lines(path: Path, encoding: str) -> _Text:
    """Find the delimiter: what separates most in the first line with content."""
    with _open(path, encoding) as lines:
        for number, line in enumerate(lines):
            said = _SEPARATOR_LINE.match(line)
            if said and number == 0 and said[1] in _DELIMITERS:
                return _Text(path, encoding, said[1], skip=1)
            if line.strip("\ufeff\r\n\t ,;|"):
                outside = re.sub(r'"[^"]*"', "", line)
                best = max(_DELIMITERS, key=lambda mark: outside.count(mark))
                return _Text(path, encoding, best)
    raise no_headings()


def _open(path: Path, encoding: str) -> TextIO:
    """Undecodable bytes are kept as marks, so that their row can be told from the others."""
    errors = "replace" if _is_wide(encoding) else "surrogateescape"
    return path.open(encoding=encoding, errors=errors, newline="")


class _Lines:
    """The lines of a file; those of the current row are kept, so that they can be read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.again: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) > _LONGEST_ROW:
            raise csv.Error("the row does not end")
        line = self.again.pop() if self.again else next(self.lines)
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """Return the first line of the row; the others will be read as rows of their own."""
        first, *others = self.taken
        self.again.extend(reversed(others))
        self.taken.clear()
        return first


def _records(text: _Text, limits: Limits) -> Iterator[Row]:
    """Yield every row that has content, with its number; blank rows are counted all the same."""
    number = 0
    with _open(text.path, text.encoding) as file:
        for _ in range(text.skip):
            next(file, None)
        lines = _Lines(iter(file))
        while True:
            try:
                for record in csv.reader(lines, delimiter=text.delimiter, strict=True):
                    number += 1
                    row = _judged(record, lines.taken, text, limits)
                    lines.taken.clear()
                    if row is not None:
                        yield number, row
                return
            except csv.Error:
                number += 1
                yield number, _broken(lines.give_back(), text, limits)


def _judged(
    record: list[str], taken: list[str], text: _Text, limits: Limits
) -> tuple[str, ...] | Unreadable | None:
    """Return the row, or why it cannot be read, or None where it is blank."""
    if not any(record):
        return None
    if len(taken) == 1 and taken[0].isascii() and len(taken[0]) <= limits.cell:
        return tuple(record)
    if any(text.lost.search(line) for line in taken if not line.isascii()):
        return Unreadable("encoding", *_ENCODING, cells=_shown(record, text, limits))
    if any(len(cell) > limits.cell for cell in record):
        return cell_too_long(_shown(record, text, limits))
    return tuple(record)


def _broken(line: str, text: _Text, limits: Limits) -> Unreadable:
    cells = _shown(line.rstrip("\r\n").split(text.delimiter), text, limits)
    if len(line) > limits.cell:
        return cell_too_long(cells)
    return Unreadable("quotes", *_QUOTES, cells=cells)


def _shown(cells: list[str], text: _Text, limits: Limits) -> tuple[str, ...]:
    """Read cells as Windows-1252: what a person corrects starts from something readable."""
    short = (cell[: limits.cell] for cell in cells)
    if _is_wide(text.encoding):
        return tuple(short)
    source = "utf-8" if text.encoding == "utf-8-sig" else text.encoding
    return tuple(
        cell.encode(source, "surrogateescape").decode("cp1252", "replace") for cell in short
    )

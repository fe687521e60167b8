"""What is looked at in a workbook before any spreadsheet library opens it.

A reader that trusts a workbook can be stopped by one: two far cells make calamine ask for 512 GB
and end the whole process, which no `except` catches. So every part is unpacked here in small
pieces, counted, and searched for what must not be there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import (
    DAMAGED,
    inspect_entries,
    too_dense,
    unpacks_too_large,
)
from reachable.foundation.files.kinds import NOTHING_KEPT, SAVE_AS, damaged, has_macros
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import too_many_columns

_CHUNK = 1 << 18
_DECLARATION = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)["']""")
_PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
_CELL = re.compile(
    rb"""<(?:[^\s<>/:]+:)?c(?:\s+r=["']([A-Za-z]{1,3})([0-9]{1,7})["']|(?=[\s/>])([^>]*)>)"""
)
_LATE_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_STRINGS = "xl/sharedstrings.xml"


def inspect_workbook(path: Path, limits: Limits) -> None:
    """Raise BadInput where a workbook is a bomb, a trap or no plain table."""
    try:
        with zipfile.ZipFile(path) as parts:
            _inspect_entries(parts, limits)
            total = 0
            for entry in parts.infolist():
                total += _inspect_part(parts, entry, limits)
                if total > limits.unpacked:
                    raise unpacks_too_large(limits, "workbook")
    except DAMAGED as error:
        raise damaged() from error


def _inspect_entries(parts: zipfile.ZipFile, limits: Limits) -> None:
    """Look at the list of parts alone: nothing is unpacked yet."""
    inspect_entries(parts, limits, "workbook")
    names = [entry.filename.lower() for entry in parts.infolist()]
    if any("vbaproject" in name or "/macrosheets/" in name for name in names):
        raise has_macros(".xlsx")


def _inspect_part(parts: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> int:
    """Unpack one part in pieces, look into it, and return how large it really is."""
    size = 0
    # Any part may be named as a worksheet, whatever it is called: all are measured.
    cells = _Cells(limits)
    strings = entry.filename.lower() == _STRINGS
    tail = b""
    for chunk in _chunks(parts, entry):
        if size == 0:
            _inspect_start(entry, chunk)
        size += len(chunk)
        if size > limits.unpacked or too_dense(size, entry.compress_size, limits):
            raise unpacks_too_large(limits, "workbook")
        text = tail + chunk
        if b"<!" in text and _DECLARATION.search(text):
            raise _refused("The workbook declares XML entities, which no spreadsheet needs.")
        if strings and len(chunk) == _CHUNK and b"<si" not in text and b"</si>" not in text:
            raise _refused("A cell of the workbook is longer than a book.")
        cut = text.rfind(b"<")
        tail = text[cut:] if cut >= 0 else b""
        if len(tail) > _CHUNK:
            raise _refused("A cell of the workbook is longer than a book.")
        cells.look(text[: cut if cut >= 0 else len(text)])
    cells.look(tail)
    return size


def _chunks(parts: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with parts.open(entry) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _inspect_start(entry: zipfile.ZipInfo, chunk: bytes) -> None:
    if chunk.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _refused("There is a packed file inside the workbook.")
    if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    said = _ENCODING.match(chunk.removeprefix(b"\xef\xbb\xbf"))
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")) or (
        said and said[1].lower() not in _PLAIN
    ):
        raise _refused("A part of the workbook is written in another encoding than Excel uses.")


class _Cells:
    """How far the cells in one part reach, if it has any."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows = 0
        self.columns = 0

    def look(self, text: bytes) -> None:
        """Take in a piece of the part that ends between two tags."""
        found = _CELL.findall(text)
        if not found:
            return
        columns, rows, others = zip(*found, strict=True)
        seen, far = set(columns), set(rows)
        if b"" in seen:
            seen.discard(b"")
            far.discard(b"")
            for other in others:
                if other:
                    self._late(other, seen, far)
            if (b"", b"", b"") in found:
                raise _refused("The workbook does not say where its cells are.")
        if seen:
            self.columns = max(self.columns, max(map(column_number, seen)))
            self.rows = max(self.rows, max(map(int, far)))
        self._judge()

    def _late(self, attributes: bytes, columns: set[bytes], rows: set[bytes]) -> None:
        """An address that does not come first among the attributes of its cell."""
        address = _LATE_ADDRESS.search(attributes)
        if address is None:
            raise _refused("The workbook does not say where its cells are.")
        columns.add(address[1])
        rows.add(address[2])

    def _judge(self) -> None:
        limits = self.limits
        if self.columns > limits.columns:
            raise too_many_columns(self.columns, limits)
        if self.rows - 1 > limits.rows or self.rows * self.columns > limits.area:
            raise BadInput(
                f"A worksheet reaches to row {self.rows:,}: more than we take at once.",
                kept=NOTHING_KEPT,
                next="Send it in parts, or as CSV. If the table is small, remove what is far below "
                "it on the sheet.",
            )


def column_number(letters: bytes) -> int:
    """Turn the letters of a column into its number: A is 1, XFD is 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, kept=NOTHING_KEPT, next=SAVE_AS)

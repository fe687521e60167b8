"""OpenDocument spreadsheets as tables: looked through first, then read by calamine.

The look counts what cells and rows that stand for many would come to, and finds cells that show an
error, which calamine reads as empty.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import (
    DAMAGED,
    inspect_entries,
    too_dense,
    unpacks_too_large,
)
from reachable.foundation.files.failed_cells import Failed
from reachable.foundation.files.kinds import NOTHING_KEPT, damaged, has_macros, not_a_table
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Table, too_many_columns
from reachable.foundation.files.sheets import open_sheet
from reachable.foundation.files.xml_stream import Handler, stream_from

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_SMALL = 1 << 20
_MACROS = ("basic/", "scripts/")


@dataclass(slots=True)
class _Sheet:
    """What a sheet comes to: rows and columns with content, and cells that show an error."""

    rows: int = 0
    columns: int = 0
    failed: Failed = field(default_factory=dict)
    merged: bool = False


class _Look(Handler):
    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.sheets: dict[str, _Sheet] = {}
        self.sheet = _Sheet()
        self.row, self.row_times, self.column, self.cell_times = 0, 1, 0, 1
        self.filled = self.in_error = False
        self.texts: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self.sheet = self.sheets.setdefault(attributes.get("name", ""), _Sheet())
            self.row = 0
        elif name == "table-row":
            self.row_times, self.column = _times(attributes, "number-rows-repeated"), 0
            self.filled = False
        elif name in ("table-cell", "covered-table-cell"):
            self.cell_times = _times(attributes, "number-columns-repeated")
            self.in_error = attributes.get("value-type") == "error"
            self.sheet.merged |= attributes.get("number-rows-spanned", "1") != "1"
            self.texts = []
            if "value-type" in attributes:
                self._fill()

    def characters(self, content: str) -> None:
        if content.strip():
            self._fill()
            if self.in_error:
                self.texts.append(content)

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            if self.in_error:
                failed = self.sheet.failed.setdefault(self.row + 1, {})
                failed[self.column] = "".join(self.texts).strip()
                self.in_error = False
            self.column += self.cell_times
        elif name == "table-row":
            self.row += self.row_times
            if self.filled:
                self.sheet.rows = self.row
                self._judge()

    def _fill(self) -> None:
        self.filled = True
        self.sheet.columns = max(self.sheet.columns, self.column + self.cell_times)

    def _judge(self) -> None:
        limits, sheet = self.limits, self.sheet
        if sheet.columns > limits.columns:
            raise too_many_columns(sheet.columns, limits)
        if sheet.rows - 1 > limits.rows or sheet.rows * sheet.columns > limits.area:
            raise BadInput(
                f"A sheet reaches to row {sheet.rows:,}: more than we take at once.",
                kept=NOTHING_KEPT,
                next="Send it in parts, or as CSV.",
            )


def _times(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name, "1")
    return int(said) if said.isdecimal() and len(said) < 9 else 1


def open_ods(path: Path, size: int, limits: Limits) -> Table:
    """Open the first visible sheet that has content; raise BadInput where there is none."""
    look = _Look(limits)
    try:
        with zipfile.ZipFile(path) as parts:
            inspect_entries(parts, limits, "workbook")
            _refuse_others(parts)
            content = parts.getinfo(_CONTENT)
            if too_dense(content.file_size, content.compress_size, limits):
                raise unpacks_too_large(limits, "workbook")
            with parts.open(content) as part:
                for _ in stream_from(cast(BinaryIO, part), look):
                    pass
    except KeyError as error:
        raise damaged() from error
    except DAMAGED as error:
        raise damaged() from error
    sheets = look.sheets
    return open_sheet(
        "ods",
        path,
        size,
        limits,
        lambda name: (sheets[name].failed, sheets[name].merged) if name in sheets else ({}, False),
    )


def _refuse_others(parts: zipfile.ZipFile) -> None:
    if parts.getinfo("mimetype").file_size > _SMALL or parts.getinfo(_MANIFEST).file_size > _SMALL:
        raise damaged()
    if not parts.read("mimetype").strip().startswith(_SPREADSHEET):
        raise not_a_table("an OpenDocument file that is no spreadsheet")
    if any(name.lower().startswith(_MACROS) for name in parts.namelist()):
        raise has_macros(".ods")
    if b"encryption-data" in parts.read(_MANIFEST):
        raise BadInput(
            "This workbook is protected with a password.",
            kept=NOTHING_KEPT,
            next="Save it without a password, and send it by the agreed safe way.",
        )

"""OpenDocument spreadsheets as tables: gone through once whole, then read row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import inspect_entries
from reachable.foundation.files.kinds import NOTHING_KEPT, damaged, has_macros, not_a_table
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.ods_reader import (
    OdsSheet,
    rows_in,
    sheets_in,
    told_if_damaged,
)
from reachable.foundation.files.rows import Row, Table, no_headings
from reachable.foundation.files.sheet_tables import judged, notes_on, sheet_table

_MANIFEST = "META-INF/manifest.xml"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_SMALL = 1 << 20
_MACROS = ("basic/", "scripts/")


def open_ods(path: Path, size: int, limits: Limits) -> Table:
    """Open the first visible sheet that has content; raise BadInput where there is none."""
    with told_if_damaged(), zipfile.ZipFile(path) as parts:
        inspect_entries(parts, limits, "workbook")
        _refuse_others(parts)
    sheets = [sheet for sheet in sheets_in(path, limits) if sheet.shown and sheet.bottom]
    if not sheets:
        raise no_headings()
    notes = notes_on([sheet.name for sheet in sheets], merged=sheets[0].merged)
    return sheet_table("ods", size, limits, notes, partial(_rows, path, sheets[0], limits))


def _rows(path: Path, sheet: OdsSheet, limits: Limits) -> Iterator[Row]:
    """Yield each row that has content, as wide as the widest of its sheet."""
    for number, times, found in rows_in(path, sheet.place, limits):
        cells = found[sheet.left :]
        if cells.count("") == len(cells):
            continue
        cells.extend([""] * (sheet.right - len(found)))
        row = judged(cells, limits)
        for repeated in range(number, number + times):
            yield repeated, row


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

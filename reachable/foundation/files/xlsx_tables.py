"""Excel workbooks as tables: inspected first, then read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from reachable.foundation.files.books import Sheet
from reachable.foundation.files.failed_cells import Failed, odd_cells
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Table
from reachable.foundation.files.sheets import guarded, open_sheet, open_sheets
from reachable.foundation.files.workbooks import inspect_workbook


def open_xlsx(path: Path, size: int, limits: Limits) -> Table:
    """Open the first visible worksheet that has content; raise BadInput where there is none."""
    inspect_workbook(path, limits)
    return open_sheet(path, size, limits, partial(_oddities, path))


def open_worksheets(path: Path, limits: Limits) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook that `open_xlsx` takes, from their first rows."""
    return open_sheets(path, limits, partial(_oddities, path))


def _oddities(path: Path, sheet: str) -> tuple[Failed, bool]:
    odd = guarded(lambda path: odd_cells(path, sheet), path)
    return odd.failed, odd.merged

"""Excel workbooks as tables: inspected first, then read."""

from __future__ import annotations

from pathlib import Path

from reachable.foundation.files.failed_cells import Failed, odd_cells
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Table
from reachable.foundation.files.sheets import guarded, open_sheet
from reachable.foundation.files.workbooks import inspect_workbook


def open_xlsx(path: Path, size: int, limits: Limits) -> Table:
    """Open the first visible worksheet that has content; raise BadInput where there is none."""
    inspect_workbook(path, limits)

    def oddities(sheet: str) -> tuple[Failed, bool]:
        odd = guarded(lambda path: odd_cells(path, sheet), path)
        return odd.failed, odd.merged

    return open_sheet("xlsx", path, size, limits, oddities)

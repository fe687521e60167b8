"""Sheets of a workbook as tables, read by calamine once the workbook was looked through.

Cells hold the values that Excel last showed: a formula is never worked out here, text that looks
like one stays text, and where a formula has no result the cell says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from reachable.foundation.errors import BadInput
from reachable.foundation.files.books import MOST_MERGED, Merged, Sheet
from reachable.foundation.files.failed_cells import Failed
from reachable.foundation.files.kinds import damaged
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Row, Table, Unreadable, no_headings
from reachable.foundation.files.sheet_tables import judged, notes_on, sheet_table

T = TypeVar("T")
_LENGTH_OF_TIME = Unreadable(
    "cell_too_large",
    "A cell in this row is formatted as a length of time and holds a number far too large for one.",
    "Format the cell as a number or as text, and send the row again.",
)


def open_sheet(
    path: Path,
    size: int,
    limits: Limits,
    oddities: Callable[[str], tuple[Failed, bool]],
) -> Table:
    """Open the first visible worksheet that has content; raise BadInput where there is none.

    `oddities` says of a worksheet which of its cells failed, and whether cells are merged.
    """
    sheets = guarded(_visible_sheets, path)
    if not sheets:
        raise no_headings()
    failed, merged = oddities(sheets[0].name)
    notes = notes_on([sheet.name for sheet in sheets], merged=merged)
    return sheet_table("xlsx", size, limits, notes, partial(_sheet_rows, sheets[0], failed, limits))


def open_sheets(
    path: Path, limits: Limits, oddities: Callable[[str], tuple[Failed, bool]]
) -> tuple[Sheet, ...]:
    """Return the visible worksheets that have content, from their first rows.

    For a workbook that `open_sheet` takes.
    """

    def opened(sheet: CalamineSheet) -> Sheet:
        failed, merged = oddities(sheet.name)
        return Sheet(
            name=sheet.name,
            height=sheet.end[0] + 1 if sheet.end else 0,
            read=partial(_sheet_rows, sheet, failed, limits),
            merged=_merged_over_rows(sheet) if merged else (),
        )

    return tuple(map(opened, guarded(_visible_sheets, path)))


def _merged_over_rows(sheet: CalamineSheet) -> tuple[Merged, ...]:
    ranges = sheet.merged_cell_ranges or []
    first = sheet.start[1] if sheet.start else 0
    return tuple(
        Merged(above + 1, below + 1, max(left - first, 0), right - first)
        for (above, left), (below, right) in ranges[:MOST_MERGED]
        if below > above and right >= first
    )


def guarded(read: Callable[[Path], T], path: Path) -> T:
    """Run a call into calamine; where it gives up, the workbook is damaged.

    A panic in its Rust code arrives as an exception that is no `Exception`.
    """
    try:
        return read(path)
    except BadInput:
        raise
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise damaged() from error
    except BaseException as error:
        if _gave_up(error):
            raise damaged() from error
        raise


def _gave_up(error: BaseException) -> bool:
    return type(error).__name__ == "PanicException"


def _visible_sheets(path: Path) -> list[CalamineSheet]:
    with CalamineWorkbook.from_path(path) as workbook:
        tables = [
            workbook.get_sheet_by_name(sheet.name)
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
    return [sheet for sheet in tables if sheet.height]


def _sheet_rows(sheet: CalamineSheet, failed: Failed, limits: Limits) -> Iterator[Row]:
    """Yield every row that has content with the number that Excel shows."""
    for number, cells in enumerate(_each(sheet.iter_rows()), start=1):
        if cells is None:
            yield number, _LENGTH_OF_TIME
            continue
        if number in failed:
            # Columns before the first that holds anything are left out.
            left = sheet.start[1] if sheet.start else 0
            cells = [failed[number].get(place, cell) for place, cell in enumerate(cells, left)]
        if any(cell != "" for cell in cells):
            yield number, judged(cells, limits)


def _each(rows: Iterator[list[Any]]) -> Iterator[list[Any] | None]:
    """Yield each row, and None for one whose cells Python cannot hold: the next can be read."""
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except OverflowError:
            yield None
            continue
        except BaseException as error:
            if not _gave_up(error):
                raise
            yield None
            continue
        yield cells

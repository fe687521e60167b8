"""An invented workbook of a panel, as untidy as real ones: to try with, and to test with.

Title lines, two rows of headings with merged cells, a sheet for the open and one for the closed,
dates as days, numbers and text, colours, a note in a cell, numbers that count the rows, an address
of a child over two rows, and totals at the foot. Nobody in it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from reachable.foundation.files.whole import whole_file

FILE_NAME = "invented-panel-tracker.xlsx"
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_LOWER = ("Date", "By", "Date", "Next")
_OPEN: Sequence[Sequence[Any]] = (
    ("SAMPLE, Kacper Jan", date(2011, 1, 30), 15, "M", "White other", "Millrake, FX6 2AA",
     "Saltergarth Academy", "Sam Sample", "CCE", date(2026, 1, 12), "School", "Significant",
     date(2026, 3, 2), date(2026, 3, 30), "Youth worker meets him on Thursdays."),
    ("MARWICK-SAMPLE, Tobin", 40333, 15, "Male", "White British", "Withyholm, FX1 4QD", "", "",
     "CCE", "09/02/2026", "Police", "Moderate", "2 March 2026", "13/04/2026",
     "Police to visit the flat. Housing to move the family."),
    ("SAMPLESON, Aaliyah (Lia)", "14.08.2009", 16, "F", "Black African", "Netherquay",
     "Osierbeck Community School", "Sam Sample", "CSE & county lines", date(2025, 11, 3),
     "Health", "Significant", date(2026, 3, 2), date(2026, 3, 30), "Return interview offered."),
    ("SAMPLE-OYELARAN, Daniel", date(2010, 5, 21), 15, "M", "Black British",
     "Lanternfield, FX2 3BB",
     "PRU", "", "Gangs", date(2026, 2, 9), "Youth justice", "Emerging", date(2026, 2, 9),
     date(2026, 4, 13), "Mentor from the boxing gym."),
    ("ap SAMPLE, Cerys", date(2012, 9, 8), 13, "F", "Welsh", "Millrake", "Saltergarth Academy",
     "", "Online", date(2026, 3, 2), "Parent", "Emerging", date(2026, 3, 2), date(2026, 3, 30), ""),
)  # fmt: skip
_CLOSED: Sequence[Sequence[Any]] = (
    ("SAMPLEWSKA, Maja", date(2009, 12, 27), 16, "Female", "Polish", "Withyholm, FX7 3RN",
     "Osierbeck Community School", "Sam Sample", "CSE", date(2025, 6, 2), "Social care",
     "Emerging", date(2025, 11, 3), "", "Stays with the youth worker.", date(2025, 11, 3),
     "Safe with her aunt."),
)  # fmt: skip


def write_tracker(path: Path) -> None:
    """Write the workbook; the same bytes each time."""
    with whole_file(path) as part, xlsxwriter.Workbook(str(part)) as book:
        book.set_properties({"created": _MADE, "title": "Invented: nobody in it exists"})
        kinds = _Formats(book)
        _write_list(book, kinds, "Open", "OPEN", _OPEN)
        _write_list(book, kinds, "Closed", "CLOSED", _CLOSED)
        notes = book.add_worksheet("Guidance")
        notes.write("A1", "Chair: please check the list before each meeting.")


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#d9e2f3"})
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.levels = {
            "Significant": book.add_format({"bg_color": "#f4b183"}),
            "Moderate": book.add_format({"bg_color": "#ffe699"}),
            "Emerging": book.add_format({"bg_color": "#c6e0b4"}),
        }


def _write_list(
    book: xlsxwriter.Workbook,
    kinds: _Formats,
    name: str,
    called: str,
    rows: Sequence[Sequence[Any]],
) -> None:
    sheet = book.add_worksheet(name)
    sheet.merge_range(0, 0, 0, 8, f"FENMARCH MACE PANEL: {called} (invented)", kinds.title)
    sheet.write(1, 0, "OFFICIAL-SENSITIVE. Updated after each panel. Not for onward sharing.")
    _write_headings(sheet, kinds)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 20, 14)
    for at, row in enumerate(rows):
        line = at + 5
        sheet.write(line, 0, at + 1)
        for place, cell in enumerate(row, start=1):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, kinds.day)
            else:
                sheet.write(line, place, cell, kinds.levels.get(cell))
    sheet.write(len(rows) + 6, 0, "Total")
    sheet.write(len(rows) + 6, 1, len(rows))
    sheet.write_comment(5, 1, "Known to the missing team since 2024.")
    sheet.freeze_panes(5, 2)


def _write_headings(sheet: Any, kinds: _Formats) -> None:
    """Two rows: what has parts has them below, all else goes over both."""
    alone = {
        0: "No.", 1: "Name", 2: "D.O.B", 3: "Age", 4: "Gender", 5: "Ethnicity", 6: "Area",
        7: "School", 8: "SW", 9: "Exploitation", 12: "Level of concern", 15: "Actions",
        16: "Date closed", 17: "Outcome",
    }  # fmt: skip
    for place, heading in alone.items():
        sheet.merge_range(3, place, 4, place, heading, kinds.heading)
    for place, heading in ((10, "Referral"), (13, "Discussed")):
        sheet.merge_range(3, place, 3, place + 1, heading, kinds.heading)
    for place, heading in zip((10, 11, 13, 14), _LOWER, strict=True):
        sheet.write(4, place, heading, kinds.heading)

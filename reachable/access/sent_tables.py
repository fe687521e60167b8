"""A table of people as a file: CSV, a spreadsheet; read into the text that somebody could paste."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from reachable.access.rules.joining import MOST
from reachable.foundation.errors import BadInput
from reachable.foundation.files.rows import Cell, Unreadable
from reachable.foundation.files.table import open_table

NOBODY_INVITED = "Nobody was invited."


@dataclass(frozen=True)
class Read:
    """The table as text, and a sentence for each row of the file that could not be read."""

    text: str
    left_out: tuple[str, ...]


def read(path: Path) -> Read:
    """Return what a file says as a table; BadInput, in a sentence, where it is none."""
    table = open_table(path)
    said = io.StringIO()
    writer = csv.writer(said, delimiter="\t", lineterminator="\n")
    writer.writerow([_plain(heading) for heading in table.headings])
    left_out = []
    for place, (number, cells) in enumerate(table.rows()):
        if place == MOST:
            raise BadInput(
                f"The table has more than {MOST} rows, which are the most at once.",
                kept=NOBODY_INVITED,
                next="Send it in parts.",
            )
        if isinstance(cells, Unreadable):
            left_out.append(f"Row {number} of the file was left out. {cells.sentence} {cells.next}")
        else:
            writer.writerow([_plain(cell) for cell in cells])
    return Read(said.getvalue(), tuple(left_out))


def _plain(cell: Cell) -> str:
    """Say a cell as somebody would type it: days as 31/03/2027, numbers without a fraction."""
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())

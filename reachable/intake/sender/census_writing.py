"""Writes what is kept of a children in need census as a census again, child after child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

from reachable.intake.census import CHILD, ELEMENTS, OF_CHILD, census_rows

_ELEMENT_OF = {table: (element, columns) for element, (table, columns) in ELEMENTS.items()}
_SEVERAL = "AssessmentFactors"
"""An element for each: they are read into one cell, with spaces between."""


class RowsKept:
    """Which rows of a table are kept, by their numbers: a byte for each."""

    def __init__(self) -> None:
        self.marks = bytearray()

    def add(self, number: int) -> None:
        self.marks.extend(bytes(max(0, number + 1 - len(self.marks))))
        self.marks[number] = 1

    def __contains__(self, number: int) -> bool:
        return number < len(self.marks) and self.marks[number] == 1


def write_census(original: Path, path: Path, kept: Mapping[str, RowsKept]) -> None:
    """Go through a return once more, and write the children and what happened that are kept."""
    numbers = dict.fromkeys(kept, 1)
    open_child = False
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n<Children>\n')
        for table, cells in census_rows(original):
            # The headings are row 1 of each table.
            numbers[table] += 1
            goes = numbers[table] in kept[table]
            if table == CHILD:
                if open_child:
                    file.write("</Child>\n")
                open_child = goes
                if goes:
                    file.write("<Child>\n")
                    _write(file, "ChildIdentifiers", OF_CHILD, cells)
            elif goes and open_child:
                element, columns = _ELEMENT_OF[table]
                _write(file, element, columns, cells[2:])
        file.write("</Child>\n" if open_child else "")
        file.write("</Children>\n</Message>\n")


def _write(file: TextIO, element: str, names: Sequence[str], cells: Sequence[str]) -> None:
    inside = "".join(
        f"<{name}>{escape(text)}</{name}>"
        for name, cell in zip(names, cells, strict=True)
        for text in (cell.split(" ") if name == _SEVERAL else [cell])
        if text
    )
    file.write(f"<{element}>{inside}</{element}>\n")

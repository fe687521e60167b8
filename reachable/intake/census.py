"""A children in need census return (XML) as tables: a child, and what happened, a row each.

Names of elements are those of the Department for Education's schema of 2024; the newer `Sex` is
read as well as `GenderCurrent`. The census gives no names and no numbers of what happened, so that
a row is known by the child and its day.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT, kind_of
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import too_large
from reachable.foundation.files.xml_stream import Handler, stream

CHILD = "cin_child"
OF_CHILD = ("LAchildID", "UPN", "PersonBirthDate", "GenderCurrent")
ELEMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "CINdetails": (
        "cin_referral",
        (
            *("CINreferralDate", "ReferralSource", "PrimaryNeedCode", "ReferralNFA"),
            *("CINclosureDate", "ReasonForClosure"),
        ),
    ),
    "Assessments": (
        "cin_assessment",
        ("AssessmentActualStartDate", "AssessmentAuthorisationDate", "AssessmentFactors"),
    ),
    "Section47": (
        "cin_section_47",
        ("S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired"),
    ),
    "CINPlanDates": ("cin_plan", ("CINPlanStartDate", "CINPlanEndDate")),
    "ChildProtectionPlans": (
        "cin_protection_plan",
        ("CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse"),
    ),
}
"""Element to its table and columns, of which the first says when."""
_MOST = 2_000
"""Things that happened to one child in a year: a file with more is no census."""
_LONGEST = 200

Row = tuple[str, tuple[str, ...]]


class _Children(Handler):
    """Finds, at the end of each child, the rows that it makes: (table, cells)."""

    def __init__(self) -> None:
        super().__init__()
        self.child: dict[str, str] | None = None
        self.open: list[tuple[str, dict[str, str]]] = []
        self.rows: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.children = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.texts = []
        if name == "Child":
            self.child, self.rows = {}, []
        elif name in ELEMENTS:
            self.open.append((name, {}))

    def characters(self, content: str) -> None:
        if len(self.texts) < _LONGEST:
            self.texts.append(content[:_LONGEST])

    def end(self, name: str) -> None:
        text = "".join(self.texts).strip()[:_LONGEST]
        self.texts = []
        if self.open and name == self.open[-1][0]:
            self.rows.append(self.open.pop())
            if len(self.rows) > _MOST:
                raise _no_census()
        elif name == "Child" and self.child is not None:
            self._finish(self.child)
        elif self.open:
            cells = self.open[-1][1]
            before = cells.get(name)
            # A factor an element: the only one that comes several times.
            cells[name] = f"{before} {text}" if before and name == "AssessmentFactors" else text
        elif self.child is not None:
            self.child[name] = text

    def _finish(self, child: dict[str, str]) -> None:
        number = child.get("LAchildID", "")
        child.setdefault("GenderCurrent", child.get("Sex", ""))
        self.children += 1
        self.found.append((CHILD, tuple(child.get(name, "") for name in OF_CHILD)))
        keys: Counter[tuple[str, str]] = Counter()
        for element, cells in self.rows:
            table, columns = ELEMENTS[element]
            day = cells.get(columns[0], "")
            keys[table, day] += 1
            nth = keys[table, day]
            key = f"{number} {day}" + (f" {nth}" if nth > 1 else "")
            self.found.append((table, (key, number, *(cells.get(name, "") for name in columns))))
        self.child = None


def unpack_census(path: Path, folder: Path, limits: Limits) -> None:
    """Write the tables of a census return into a folder; raise BadInput where it is none."""
    if path.stat().st_size > limits.size:
        raise too_large(path.stat().st_size, limits)
    if kind_of(path) != "xml":
        raise _no_census()
    headings = {CHILD: OF_CHILD} | {
        table: ("Key", "LAchildID", *columns) for table, columns in ELEMENTS.values()
    }
    with ExitStack() as files:
        writers: dict[str, Any] = {}
        for table, names in headings.items():
            file = files.enter_context((folder / table).open("w", encoding="utf-8", newline=""))
            writers[table] = csv.writer(file)
            writers[table].writerow(names)
        for table, cells in census_rows(path):
            writers[table].writerow(cells)


def census_rows(path: Path) -> Iterator[Row]:
    """Yield the table and the cells of every row: of each child first its own, then the others."""
    handler = _Children()
    for found in stream(path, handler):
        yield cast(Row, found)
    if not handler.children:
        raise _no_census()


def _no_census() -> BadInput:
    return BadInput(
        "This is no children in need census: there is no child in it as the census has them.",
        kept=NOTHING_KEPT,
        next="Send the XML file that was made for the Department for Education.",
    )

"""Refused rows as a file: given out to be corrected elsewhere, and sent again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.files.export import marked_cell, write_csv, write_xlsx
from reachable.foundation.time import today
from reachable.intake.faults import answers_of, read_again, waiting_rows
from reachable.intake.loading import feed_as_read
from reachable.intake.models import Delivery, QuarantinedRow
from reachable.intake.owned import own_delivery
from reachable.intake.preparing import told_problem
from reachable.intake.rules.check import Refused
from reachable.intake.rules.returned import NUMBER, WHY

KINDS = {"xlsx": "Excel", "csv": "CSV"}
"""Kinds of file, and what people call them."""
AT_MOST = 50_000
"""Rows of one file: more of them come with the next."""

_WRITE = {"xlsx": write_xlsx, "csv": write_csv}


def write_refused(*, by: Actor, delivery_id: UUID, path: Path, kind: str) -> int:
    """Write the rows of this person's file that wait; return how many. None leaves no file.

    They have the sender's own headings in their order, which row each was, and why it was refused.
    What was said of the whole file meanwhile is in them.
    """
    by.require("intake.load")
    delivery = own_delivery(by, delivery_id)
    headings = _headings(delivery_id)
    if not headings:
        return 0
    count = 0

    def rows() -> Iterator[list[str]]:
        nonlocal count
        for row in _rows(delivery, len(headings)):
            count += 1
            yield row

    _WRITE[kind](path, [*map(marked_cell, headings), NUMBER, WHY], rows())
    audit.looked(by=by, subject=("delivery", delivery_id), page="refused rows as a file")
    return count


def _headings(delivery_id: UUID) -> list[str]:
    """Return the headings of the row with most cells: of all of them, these are the longest."""
    longest: list[list[str]] = []
    cells = waiting_rows(delivery_id).values_list("cells", flat=True)
    for each in cells[:AT_MOST].iterator(2000):
        if len(each) > len(longest):
            longest = each
    return [heading for heading, _ in longest]


def _rows(delivery: Delivery, width: int) -> Iterator[list[str]]:
    feed, day, answers = feed_as_read(delivery), today(), answers_of(delivery.id)
    for row in waiting_rows(delivery.id)[:AT_MOST].iterator(2000):
        problems, cells = row.problems, [text for _, text in row.cells]
        if answers:
            now_cells, outcome = read_again(feed, row, answers, day)
            cells = [text for _, text in now_cells]
            if isinstance(outcome, Refused):
                problems = [told_problem(each) for each in outcome.problems]
        missing = [""] * (width - len(cells))
        yield [*map(marked_cell, cells), *missing, str(row.id), _why(row, problems)]


def _why(row: QuarantinedRow, problems: list[dict[str, str]]) -> str:
    told = (f"{each['sentence']} {each['next']}".strip() for each in problems)
    return f"Row {row.row_number:,}: {' '.join(told)}"

"""How pages say what was read from a file, and where a file stands."""

from __future__ import annotations

from datetime import date

from reachable.foundation import words
from reachable.intake.checking import CheckReport
from reachable.intake.selectors import DeliveryFacts
from reachable.intake.set_checking import SetReport
from reachable.intake.specification import Column, ColumnType, Feed
from reachable.intake.table_sets import TableSet

STATES = {
    "received": "Not loaded yet",
    "loading": "Being loaded",
    "loaded": "Loaded",
    "failed": "Stopped",
}

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
}


def kind_of(history: bool) -> str:
    """Say what a file is loaded as."""
    if history:
        return "past events, of which nobody is told"
    return "something new, of which somebody may be told"


def came_before(found: DeliveryFacts, history: bool) -> str:
    """Say what became of a file whose content was sent earlier, or that it goes on."""
    if found.state == "loading":
        return (
            "This file is being loaded already. If that was interrupted, it goes on by itself "
            "where it stopped. Each row counts once."
        )
    if found.last_row and found.state != "loaded":
        return (
            f"Loading this file stopped after row {found.last_row:,}. It goes on from there: what "
            "was loaded is kept, and each row counts once."
        )
    said = f"This file came before, {words.when(found.received_at)}, as “{found.file_name}”."
    counts = "It counts once: nothing was added."
    if found.history == history:
        return f"{said} {counts}"
    return f"{said} {counts} It stays what it was sent as: {kind_of(found.history)}."


def shown_rows(
    feed: Feed | TableSet, report: CheckReport | SetReport | None, at_most: int = 3
) -> list[tuple[str, list[str]]]:
    """Lay the first accepted rows side by side, a line for each column, as they were understood.

    Of a set no rows are shown.
    """
    if not isinstance(report, CheckReport) or not isinstance(feed, Feed):
        return []
    rows = [content for _, content in report.samples[:at_most]]
    lines = []
    for name, heading in report.read:
        column = feed.column(name)
        values = [_shown(column, row.get(name, "")) for row in rows]
        if any(values):
            lines.append((heading, values))
    return lines


def _shown(column: Column, value: str) -> str:
    """Write a month as a word, so that a swapped day and month can be seen."""
    if not value:
        return ""
    if column.type is ColumnType.DATE:
        return words.day(date.fromisoformat(value))
    return column.codes[value][0] if value in column.codes else value

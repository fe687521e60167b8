"""Dates and times as workbooks write them for programs: 2026-03-07T22:15:00."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_TIME = r"(\d{1,2}):(\d{1,2})"
_SECOND = r":(\d{1,2})(\.\d+)?"
_CLOCK = re.compile(f"{_TIME}(?:{_SECOND})?", re.ASCII)
_DATE = re.compile(rf"(\d{{1,4}})-(\d{{1,2}})-(\d{{1,2}})(?:T{_TIME}{_SECOND})?", re.ASCII)


def read_iso(text: str) -> str | date | datetime | time:
    """Read a cell that is written as a date, a time or both; what is none stays text."""
    if "T" not in text and ":" in text:
        clock = _CLOCK.fullmatch(text)
        found = time_of(*clock.groups()) if clock else None
        return text if found is None else found
    written = _DATE.fullmatch(text)
    if not written:
        return text
    year, month, day, *clock_parts = written.groups()
    try:
        on = date(int(year), int(month), int(day))
    except ValueError:
        return text
    if clock_parts[0] is None:
        return on
    at = time_of(*clock_parts)
    return text if at is None else datetime.combine(on, at)


def time_of(
    hour: str, minute: str, second: str | None = None, fraction: str | None = None
) -> time | None:
    """Return a time of day, or None where there is no such; a leap second ends its minute."""
    micro = int((fraction or ".")[1:7].ljust(6, "0"))
    try:
        return time(int(hour), int(minute), min(int(second or 0), 59), micro)
    except ValueError:
        return None

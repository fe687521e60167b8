"""What stands in a cell of Excel: a text, a number, a date, a time of day or a duration."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from enum import Enum

TOO_LONG = timedelta.max
"""Stands for a length of time that Python cannot hold; no cell says so to the microsecond."""
Value = str | float | bool | date | datetime | time | timedelta

_DAY = 86_400_000
"""Milliseconds."""
_EPOCH = datetime.combine(date(1899, 12, 30), time())
_SINCE_1904 = 1_462
"""Days between the two calendars of Excel."""
_NOT_SHOWN = re.compile(r'[_\\].?|"[^"]*(?:"|$)', re.DOTALL)
_NUMBERED = re.compile("_x((?![dD][89a-fA-F])[0-9a-fA-F]{4})_")
_ELAPSED = re.compile("h+|m+|s+")


class Format(Enum):
    """How Excel shows a number, as far as it matters."""

    OTHER = "other"
    DATE = "date"
    DURATION = "duration"


def format_of(code: str) -> Format:
    """Tell from the code of a number format what its numbers stand for."""
    depth, inside, half_day = 0, "", False
    for mark in _NOT_SHOWN.sub("", code).partition(";")[0].lower():
        if mark == "[":
            depth, inside = depth + 1, ""
        elif mark == "]":
            if depth == 1 and _ELAPSED.fullmatch(inside):
                return Format.DURATION
            depth = max(0, depth - 1)
        elif depth:
            inside += mark
        elif mark in ("pm/" if half_day else "dmhys"):
            return Format.DATE
        elif mark == "a":
            half_day = True
    return Format.OTHER


def read_number(text: str, kind: Format, *, since_1904: bool) -> Value:
    """Read a cell that holds a number; what is none stays text."""
    if not text.isascii() or "_" in text or text.strip() != text:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return number_value(number, kind, since_1904=since_1904)


def number_value(number: float, kind: Format, *, since_1904: bool) -> Value:
    """Return what a number stands for; a date that no calendar has stays a number."""
    if kind is Format.DURATION:
        try:
            return timedelta(milliseconds=_rounded(number * _DAY))
        except (OverflowError, ValueError):
            return TOO_LONG
    if kind is Format.OTHER:
        return number
    days = number + _SINCE_1904 if since_1904 else number
    # Excel believes that there was a 29 February 1900.
    days += 1 if days < 60 and not since_1904 else 0
    try:
        moment = _EPOCH + timedelta(milliseconds=_rounded(days * _DAY))
    except OverflowError:
        return number
    if number < 1:
        return moment.time()
    return moment.date() if number == int(number) else moment


def unescaped(text: str) -> str:
    """Return a text with the signs that Excel writes as numbers: "_x000D_" is the end of a line."""
    return _NUMBERED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _rounded(number: float) -> int:
    """Round halves away from zero."""
    return int(math.copysign(math.floor(abs(number) + 0.5), number))

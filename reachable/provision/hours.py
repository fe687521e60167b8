"""Hours as people type them, a line for each: "Mon to Fri 10:00 to 18:00"."""

from __future__ import annotations

import re
from datetime import time

from reachable.foundation.fields import read_clock_time
from reachable.provision.rules.weekly import DAYS, Week

MOST_LINES = 40
_TIMES = re.compile(r"\d|\b(?:noon|midnight)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b|\btill\b)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:[,;&/+]|\band\b)\s*|\s+", re.IGNORECASE)
_SETS = {
    "every day": range(7),
    "daily": range(7),
    "all week": range(7),
    "weekdays": range(5),
    "weekends": (5, 6),
    "weekend": (5, 6),
}
_SPAN = "from when to when, such as 10:00 to 18:00 or 10am to 6pm"


class NoHours(ValueError):
    """A line that says no hours; it says what is missing."""


def hours_in(text: str) -> tuple[Week, ...]:
    """Return what each line says; NoHours names the first that cannot be read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise NoHours(f"These are {len(lines)} lines of hours; {MOST_LINES} are the most.")
    return tuple(dict.fromkeys(_week(line) for line in lines))


def _week(line: str) -> Week:
    shown = line[:60]
    found = _TIMES.search(line)
    if found is None:
        raise NoHours(f"“{shown}” does not say {_SPAN}.")
    days = _days(line[: found.start()].strip(" :,.").casefold())
    if not days:
        raise NoHours(f"“{shown}” does not begin with days, such as Mon to Fri or Saturday.")
    times = [_time(each) for each in _UNTIL.split(line[found.start() :].strip(" ."))]
    if len(times) != 2 or times[0] is None or times[1] is None:
        raise NoHours(f"“{shown}” does not say {_SPAN}.")
    if times[0] == times[1] != time():
        raise NoHours(
            f"“{shown}” opens and closes at the same time. Round the clock is 00:00 to 00:00."
        )
    return Week(days, times[0], times[1])


def _time(typed: str) -> time | None:
    return time() if typed.strip() in ("24:00", "24.00") else read_clock_time(typed.strip().lower())


def _days(said: str) -> tuple[int, ...]:
    """Return the days that are named, none where something is no day."""
    if said in _SETS:
        return tuple(_SETS[said])
    days: set[int] = set()
    words = [each for each in _AND.split(_UNTIL.sub(" to ", said)) if each]
    until = False
    last: int | None = None
    for word in words:
        if word == "to":
            until = last is not None
            continue
        day = _day(word)
        if day is None:
            return ()
        days |= set(_from(last, day)) if until and last is not None else {day}
        until, last = False, day
    return () if until else tuple(sorted(days))


def _from(first: int, last: int) -> list[int]:
    return [(first + at) % 7 for at in range((last - first) % 7 + 1)]


def _day(word: str) -> int | None:
    plain = word.strip(".")
    if plain.endswith("days"):
        plain = plain.removesuffix("s")
    if plain == "weds":
        plain = "wed"
    named = [at for at, day in enumerate(DAYS) if day.casefold().startswith(plain)]
    return named[0] if len(plain) > 1 and len(named) == 1 else None

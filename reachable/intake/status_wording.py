"""How pages say when a feed comes, and what became of what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reachable.foundation import words
from reachable.intake.minimum import FeedMinimum
from reachable.intake.status import Coming, FeedStatus
from reachable.practice.time import say_day

BAR, GAP, HIGH = 8, 2, 28
"""Of a picture of the last files: how wide a bar is, how far apart, and how high the highest."""


@dataclass(frozen=True)
class Bar:
    """A file in a picture of the last files; `whole` where it was loaded."""

    x: int
    y: int
    height: int
    whole: bool


@dataclass(frozen=True)
class Trend:
    """A picture of how many rows the last files had, and the same in words."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    words: str


def trend(comings: Sequence[Coming]) -> Trend:
    """Draw files from left to right as they came; `comings` are the latest first."""
    ordered = comings[::-1]
    most = max((each.rows for each in ordered), default=0) or 1
    bars = []
    for place, each in enumerate(ordered):
        height = max(round(HIGH * each.rows / most), 1)
        bars.append(Bar(place * (BAR + GAP), HIGH - height, height, each.state == "loaded"))
    rows = ", ".join(words.number(each.rows) for each in ordered)
    said = f"Rows of the last {words.plural(len(ordered), 'file', 'files')}, oldest first: {rows}"
    return Trend(tuple(bars), max(len(bars) * (BAR + GAP) - GAP, 1), HIGH, said)


def rhythm(status: FeedStatus) -> str:
    """Say how often a feed comes, and whether somebody said so or its files do."""
    if status.every_days is None:
        return "not known yet: it takes four files on different days"
    every = "every day" if status.every_days == 1 else f"every {status.every_days} days"
    return f"should come {every}" if status.stated else f"usually comes {every}"


def stands(status: FeedStatus) -> str:
    """Say whether a feed is late, and by how much, or when it is due."""
    if status.due is None:
        return "nothing is due"
    if status.late_days:
        days = words.plural(status.late_days, "day", "days")
        return f"{days} late: it was due by {say_day(status.due.day)}"
    return f"due by {say_day(status.due.day)}"


def faults(status: FeedStatus) -> list[str]:
    """Say what went wrong with the last files."""
    found = []
    if status.failed:
        found.append(f"{words.plural(status.failed, 'file', 'files')} did not load")
    unloaded = sum(each.state == "received" for each in status.comings)
    if unloaded:
        found.append(f"{words.plural(unloaded, 'file waits', 'files wait')} to be loaded")
    if status.refused_share:
        share = status.refused_share
        found.append(
            f"{share:.0%} of rows refused" if share >= 0.01 else "under 1% of rows refused"
        )
    if status.waiting:
        found.append(f"{words.plural(status.waiting, 'row waits', 'rows wait')} to be corrected")
    return found


def sentence(found: FeedMinimum) -> str:
    """Say what a feed brought, and what that led to."""
    used = found.used
    rows = words.plural(found.brought.rows, "row", "rows")
    if used is None:
        return ""
    if used.moments.high is None:
        return f"{rows}: too few to say what they led to."
    if used.nothing:
        return f"Of {rows}, none led anywhere; {used.forgotten} were forgotten."
    return (
        f"Of {rows}, {used.moments} opened or joined a moment, {used.known} went to a child who "
        f"was known, {used.forgotten} were forgotten."
    )

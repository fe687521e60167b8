"""How the pages of rules say and draw what a dry run found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from reachable.foundation.words import number, plural
from reachable.practice import guidance
from reachable.practice.rule_words import when_in_words
from reachable.practice.time import say_day

__all__ = [
    "Chart",
    "beside",
    "between",
    "by_hour",
    "by_week",
    "drawn",
    "example",
    "in_short",
    "when_in_words",
]

BAR, GAP, HIGH = 9, 2, 72
"""Of the pictures, in points."""


@dataclass(frozen=True)
class Bar:
    """One bar; `label` is what its row in the table is called, `said` what it counts."""

    x: int
    y: int
    height: int
    label: str
    said: str


@dataclass(frozen=True)
class Chart:
    """A picture of counts, and the same in words."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    words: str


def by_week(found: Mapping[str, Any]) -> Chart:
    """Draw how many moments a rule would have opened in each week, the oldest on the left."""
    first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    monday = first - timedelta(days=first.weekday())
    counts = []
    while monday <= last:
        counts.append((f"{monday:%-d %B %Y}", found["weeks"].get(monday.isoformat(), 0)))
        monday += timedelta(days=7)
    most = max(count for _, count in counts)
    words = f"Moments a week, {len(counts)} weeks, at most {number(most)} in one"
    return drawn(counts, words)


def by_hour(found: Mapping[str, Any]) -> Chart:
    """Draw in which hours of the day what would have opened a moment happened."""
    counts = [(f"{hour:02}:00", found["hours"].get(str(hour), 0)) for hour in range(24)]
    most = max(count for _, count in counts)
    return drawn(counts, f"Moments by hour of the day, at most {number(most)} in one hour")


def drawn(counts: Sequence[tuple[str, int]], words: str) -> Chart:
    """Draw a bar for each of these, in their order."""
    most = max((count for _, count in counts), default=0) or 1
    bars = []
    for place, (label, count) in enumerate(counts):
        height = max(round(HIGH * count / most), 1) if count else 0
        bars.append(Bar(place * (BAR + GAP), HIGH - height, height, label, number(count)))
    return Chart(tuple(bars), len(bars) * (BAR + GAP) - GAP, HIGH, words)


def in_short(found: Mapping[str, Any]) -> str:
    """Say how often a rule would have called, beside what moments are opened now."""
    if not found["calls"]:
        return (
            "It would not have called once: nothing that it asks for is recorded here in that time."
        )
    opens = plural(found["opens"], "moment of its own", "moments of their own")
    of = plural(found["children"], "child", "children")
    calls = plural(found["calls"], "time", "times")
    a_week = found["opens"] / found["weeks_in_all"]
    return (
        f"It would have called {calls}, for {of}, and opened {opens}: {a_week:.1f} a week beside "
        f"the {found['opened_a_week']:.1f} that are opened now. The rest would have joined what "
        "was open."
    )


def between(found: Mapping[str, Any]) -> str:
    """Say over which days it was run."""
    first, last = (date.fromisoformat(found[name]) for name in ("first", "last"))
    return f"From {say_day(first)} to {say_day(last)}"


def beside(found: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return which rules in force called within three days as well, and how often."""
    return [(guidance.rule(key).title, count) for key, count in found["beside"].items()]


def example(happened: Sequence[Sequence[Any]]) -> str:
    """Say what happened to one child, whom nothing names, before a rule would have called."""
    *before, (_, last) = happened
    said = guidance.event_kind(last).title
    if not before:
        return f"{said}; nothing else in the 60 days before."
    earlier = "; ".join(
        f"{plural(days, 'day', 'days') + ' before' if days else 'on the same day'}: "
        f"{guidance.event_kind(kind).title}"
        for days, kind in before
    )
    return f"{said}. {earlier}."

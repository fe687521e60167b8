"""What a rule would have called for in the past: counted child by child, without the database."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from reachable.moments.rules import young_enough
from reachable.practice.calling import Happened, History, Rulebook, fires
from reachable.practice.items import Rule
from reachable.practice.time import LONDON, When

OPEN_FOR = timedelta(days=28)
"""How long a moment is taken to stay open: until what was reached has lasted."""
BESIDE = timedelta(days=3)
"""How far apart two rules may call and still be said to call together."""
EXAMPLES = 5
BEFORE = timedelta(days=60)
"""How far back an example shows what else happened."""


@dataclass(frozen=True, slots=True)
class Past:
    """Something that happened to a child, who is named by an identifier only."""

    child: UUID
    kind: str
    occurred: When
    birth_date: date | None


@dataclass
class Tried:
    """What a rule would have called for, from `first` to `last`, both included.

    `calls` are the events that fulfil the rule; `opens` those of them that would have opened a
    moment of their own, as no rule in force, nor this one, had called for the child in the 28 days
    before. `weeks` counts what it opens by the Monday of its week, `hours` by the hour in London in
    which it happened; where only the day is known it is in no hour. `beside` counts calls beside
    which a rule in force called as well, within three days. `examples` are what happened, each
    as (days before, kind of event), of children whom nothing names.
    """

    rule: str
    first: date
    last: date
    calls: int = 0
    opens: int = 0
    children: int = 0
    weeks: Counter[date] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    examples: list[list[tuple[int, str]]] = field(default_factory=list)

    @property
    def weeks_in_all(self) -> int:
        return max(1, -(-((self.last - self.first).days + 1) // 7))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "rule": self.rule,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "calls": self.calls,
            "opens": self.opens,
            "children": self.children,
            "weeks": {day.isoformat(): count for day, count in sorted(self.weeks.items())},
            "hours": {str(hour): count for hour, count in sorted(self.hours.items())},
            "beside": dict(self.beside.most_common()),
            "examples": self.examples,
        }


def try_rule(
    rule: Rule, in_force: Rulebook, past: Iterable[Past], *, first: date, last: date
) -> Tried:
    """Try a rule over the past of every child; events come child by child, in any order.

    They begin early enough before `first` for what the rule looks back to.
    """
    tried = Tried(rule.key, first, last)
    others = Rulebook(tuple(each for each in in_force.rules if each.key != rule.key))
    for _, events in groupby(past, key=lambda each: each.child):
        _try_one(tried, rule, others, sorted(events, key=lambda each: each.occurred.earliest))
    return tried


def _try_one(tried: Tried, rule: Rule, others: Rulebook, events: Sequence[Past]) -> None:
    if not any(event.kind in rule.on for event in events):
        return
    happened = [Happened(event.kind, event.occurred) for event in events]
    history = History(happened)
    called = [
        at
        for at, event in enumerate(events)
        if tried.first <= event.occurred.day <= tried.last
        and fires(rule, happened[at], history)
        and young_enough(rule, occurred=event.occurred, birth_date=event.birth_date)
    ]
    if not called:
        return
    tried.children += 1
    near = _Near(events[at].occurred.day for at in called)
    by_others = [
        (event.occurred.day, each.key)
        for event, this in zip(events, happened, strict=True)
        if near.covers(event.occurred.day)
        for each in (*others.alone(event.kind), *others.fired(this, history))
        if young_enough(each, occurred=event.occurred, birth_date=event.birth_date)
    ]
    days = [day for day, _ in by_others]
    own: date | None = None
    for at in called:
        day = events[at].occurred.day
        tried.calls += 1
        close = by_others[bisect_left(days, day - BESIDE) : bisect_right(days, day + BESIDE)]
        tried.beside.update({key for _, key in close})
        earlier = bisect_right(days, day) > bisect_left(days, day - OPEN_FOR)
        if not earlier and (own is None or day - own > OPEN_FOR):
            _opened(tried, events, at)
        own = day


class _Near:
    """The days on which what other rules called for stands beside what this rule calls for."""

    def __init__(self, days: Iterable[date]) -> None:
        self._days = sorted(days)

    def covers(self, day: date) -> bool:
        at = bisect_left(self._days, day - BESIDE)
        return at < len(self._days) and self._days[at] <= day + OPEN_FOR


def _opened(tried: Tried, events: Sequence[Past], at: int) -> None:
    occurred = events[at].occurred
    tried.opens += 1
    tried.weeks[occurred.day - timedelta(days=occurred.day.weekday())] += 1
    if occurred.instant:
        tried.hours[occurred.instant.astimezone(LONDON).hour] += 1
    if len(tried.examples) < EXAMPLES:
        tried.examples.append(
            [
                ((occurred.day - each.occurred.day).days, each.kind)
                for each in events[: at + 1]
                if occurred.day - each.occurred.day <= BEFORE
            ]
        )


def on_duty_by_hour(
    shifts: Iterable[tuple[UUID, datetime, datetime]], first: datetime, last: datetime
) -> list[float]:
    """Return how many people are on duty in each hour of the day in London, on average.

    `shifts` are (person, from, until); who is in two teams at once is one person.
    """
    held = list(shifts)
    people = [0] * 24
    slots = [0] * 24
    at = first
    while at < last:
        hour = at.astimezone(LONDON).hour
        slots[hour] += 1
        people[hour] += len({who for who, begins, ends in held if begins <= at < ends})
        at += timedelta(hours=1)
    return [count / slot if slot else 0.0 for count, slot in zip(people, slots, strict=True)]

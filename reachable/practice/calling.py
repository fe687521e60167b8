"""Which rules call for a moment: pure decisions over what happened to one child.

Days are days in London. What happened on the same day counts as one time, since two agencies often
tell of the same return or the same stop.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from reachable.practice.items import Rule
from reachable.practice.time import When


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a child."""

    kind: str
    occurred: When


@dataclass(frozen=True)
class Rulebook:
    """The rules in force."""

    rules: tuple[Rule, ...]

    @cached_property
    def _alone(self) -> dict[str, tuple[Rule, ...]]:
        return _by_kind(rule for rule in self.rules if rule.alone)

    @cached_property
    def _looking_back(self) -> dict[str, tuple[Rule, ...]]:
        return _by_kind(rule for rule in self.rules if not rule.alone)

    def alone(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules for which an event of this kind is enough."""
        return self._alone.get(kind, ())

    def looking_back(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules for which it depends on what happened before."""
        return self._looking_back.get(kind, ())

    @cached_property
    def on(self) -> frozenset[str]:
        """The kinds of event that call for a moment, where what happened before is so."""
        return frozenset(self._looking_back)

    @cached_property
    def counted(self) -> frozenset[str]:
        """The kinds of event that a rule which looks back asks about."""
        back = [rule for rule in self.rules if not rule.alone]
        return frozenset().union(*(rule.on | rule.after for rule in back))

    @cached_property
    def looks_back(self) -> timedelta:
        """How far back any of them looks."""
        return timedelta(days=max((rule.looks_back_days for rule in self.rules), default=0))

    def fired(self, this: Happened, history: History) -> tuple[Rule, ...]:
        """Return the rules that look back and call for a moment."""
        return tuple(rule for rule in self.looking_back(this.kind) if fires(rule, this, history))


class History:
    """What happened to one child, in any order, as rules that look back ask about it."""

    def __init__(self, happened: Iterable[Happened]) -> None:
        self._of_kind: defaultdict[str, list[Happened]] = defaultdict(list)
        for each in happened:
            self._of_kind[each.kind].append(each)
        self._days: dict[frozenset[str], list[date]] = {}
        self._on_day: dict[frozenset[str], dict[date, list[Happened]]] = {}

    def days(self, kinds: frozenset[str], first: date, last: date) -> int:
        """Count the different days, both included, on which something of these kinds happened."""
        days = self._days_of(kinds)
        return bisect_right(days, last) - bisect_left(days, first)

    def before(self, this: Happened, kinds: frozenset[str], days: int) -> bool:
        """Say whether something else of these kinds happened at most so many days before.

        On the same day, not after it, as far as both times are known.
        """
        day = this.occurred.day
        if self.days(kinds, day - timedelta(days=days), day - timedelta(days=1)):
            return True
        return any(
            other is not this and not _is_after(other, this)
            for other in self._on_day[kinds].get(day, ())
        )

    def _days_of(self, kinds: frozenset[str]) -> list[date]:
        found = self._days.get(kinds)
        if found is None:
            on_day: defaultdict[date, list[Happened]] = defaultdict(list)
            for kind in kinds & self._of_kind.keys():
                for each in self._of_kind[kind]:
                    on_day[each.occurred.day].append(each)
            self._on_day[kinds] = on_day
            found = self._days[kinds] = sorted(on_day)
        return found


def fires(rule: Rule, this: Happened, history: History) -> bool:
    """Say whether an event fulfils a rule, given all that happened to the child."""
    if this.kind not in rule.on:
        return False
    if rule.times > 1:
        day = this.occurred.day
        first, yesterday = day - timedelta(days=rule.within_days - 1), day - timedelta(days=1)
        if history.days(rule.on, first, yesterday) + 1 < rule.times:
            return False
    return not rule.after or history.before(this, rule.after, rule.after_days)


def _is_after(other: Happened, this: Happened) -> bool:
    there, here = other.occurred.instant, this.occurred.instant
    return there is not None and here is not None and there > here


def _by_kind(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for kind in rule.on:
            found[kind] = (*found.get(kind, ()), rule)
    return found

"""Which rules call for a moment: pure decisions over what happened to one child.

Days are days in London. What happened on the same day counts as one time, since two agencies often
tell of the same return or the same stop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
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

    def fired(self, this: Happened, others: Sequence[Happened]) -> tuple[Rule, ...]:
        """Return the rules that look back and call for a moment; `others` may come in any order."""
        return tuple(rule for rule in self.looking_back(this.kind) if fires(rule, this, others))


def fires(rule: Rule, this: Happened, others: Collection[Happened]) -> bool:
    """Say whether an event fulfils a rule, given what else happened to the child."""
    if this.kind not in rule.on:
        return False
    if rule.times > 1 and _days(rule, this, others) < rule.times:
        return False
    return not rule.after or any(
        other.kind in rule.after and _before(other, this, rule.after_days) for other in others
    )


def _days(rule: Rule, this: Happened, others: Iterable[Happened]) -> int:
    """Count the different days up to this event on which it happened; this one included."""
    first = this.occurred.day - timedelta(days=rule.within_days - 1)
    days = {
        other.occurred.day
        for other in others
        if other.kind in rule.on and first <= other.occurred.day <= this.occurred.day
    }
    return len(days | {this.occurred.day})


def _before(other: Happened, this: Happened, days: int) -> bool:
    """Say whether another event was at most so many days before; on the same day, not after."""
    if other is this:
        return False
    apart = (this.occurred.day - other.occurred.day).days
    if apart == 0 and other.occurred.instant and this.occurred.instant:
        return other.occurred.instant <= this.occurred.instant
    return 0 <= apart <= days


def _by_kind(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for kind in rule.on:
            found[kind] = (*found.get(kind, ()), rule)
    return found

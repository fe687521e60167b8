"""Rules that look back, read word for word: slow, plain, and written apart from the product."""

from __future__ import annotations

from collections.abc import Sequence

from reachable.practice.calling import Happened
from reachable.practice.items import Rule


def fires(rule: Rule, this: Happened, others: Sequence[Happened]) -> bool:
    """Say whether there are as many different days as the rule asks, and what it asks before."""
    ago = [
        (other, (this.occurred.day - other.occurred.day).days)
        for other in others
        if other is not this
    ]
    days = {days for other, days in ago if other.kind in rule.on and 0 <= days < rule.within_days}
    before = [
        other
        for other, days in ago
        if other.kind in rule.after
        and 0 <= days <= rule.after_days
        and not _happened_later(other, this)
    ]
    enough = len(days | {0}) >= rule.times
    return this.kind in rule.on and enough and (not rule.after or bool(before))


def _happened_later(other: Happened, this: Happened) -> bool:
    there, here = other.occurred.instant, this.occurred.instant
    return bool(there and here and there > here)

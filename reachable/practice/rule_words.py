"""Rules that open moments, said in words."""

from __future__ import annotations

from collections.abc import Iterable

from reachable.practice import guidance
from reachable.practice.items import Rule


def when_in_words(rule: Rule) -> str:
    """Return when a rule calls for a moment, as the end of a sentence that begins with “when”."""
    said = _either(rule.on)
    if rule.times > 1:
        said += f" on {rule.times} different days within {rule.within_days}"
    if rule.after:
        said += f", at most {rule.after_days} days after {_either(rule.after)}"
    return said


def _either(kinds: Iterable[str]) -> str:
    """Name kinds of event in the order in which they are always listed."""
    wanted = set(kinds)
    titles = [f"“{kind.title}”" for kind in guidance.event_kinds() if kind.key in wanted]
    return " or ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)

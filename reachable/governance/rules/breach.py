"""Who read a child's record that they could not have read without a wrong link, by plain facts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

REPORT_WITHIN = timedelta(hours=72)
SOURCE = "UK GDPR, Article 33"
"""Not confirmed here: a partnership asks its own adviser."""
RISKS = {
    "unlikely": "A risk to the child is unlikely",
    "risk": "There is a risk to the child",
    "high": "There is a high risk to the child",
}


@dataclass(frozen=True)
class Look:
    """Somebody opened a page that showed two children as one; `one` and `other` are who were
    them then."""

    who: Hashable
    at: datetime
    page: str
    one: frozenset[Hashable]
    other: frozenset[Hashable]


@dataclass(frozen=True)
class Worked:
    """From when to when somebody worked with a child, themselves or by a team."""

    who: Hashable
    child: Hashable
    began: datetime
    ended: datetime | None

    def runs_at(self, at: datetime) -> bool:
        return self.began <= at and (self.ended is None or at < self.ended)


@dataclass
class Read:
    """How often somebody read one of the two (`one`, or the other) whom they did not work with."""

    looks: int
    first: datetime
    last: datetime
    pages: list[str]


def readers(looks: Iterable[Look], worked: Iterable[Worked]) -> dict[tuple[Hashable, bool], Read]:
    """Return (who, whether it was `one`) → what they read of the child whom they could not see.

    Whoever worked with both at that time read nothing that they could not. Whoever worked with
    neither, and still opened the page, read both.
    """
    of: dict[Hashable, list[Worked]] = {}
    for each in worked:
        of.setdefault(each.who, []).append(each)
    found: dict[tuple[Hashable, bool], Read] = {}
    for look in sorted(looks, key=lambda look: look.at):
        running = {each.child for each in of.get(look.who, ()) if each.runs_at(look.at)}
        for is_one, child in ((True, look.one), (False, look.other)):
            if running & child:
                continue
            read = found.setdefault((look.who, is_one), Read(0, look.at, look.at, []))
            read.looks, read.last = read.looks + 1, look.at
            if look.page not in read.pages:
                read.pages.append(look.page)
    return found

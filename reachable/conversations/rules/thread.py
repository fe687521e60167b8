"""The thread of conversations with a child: how long between two, with the same adult or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

BROKEN_AFTER = timedelta(days=28)
"""After so long without one, contact counts as broken, as when it is asked whether it lasted."""


@dataclass(frozen=True)
class Since:
    """What lies between a conversation and the one before it."""

    gap: timedelta | None
    same_adult: bool

    @property
    def broken(self) -> bool:
        return self.gap is not None and self.gap > BROKEN_AFTER


def between(newest_first: Sequence[tuple[datetime, UUID]]) -> list[Since]:
    """Return, for each (when, with whom), what lies between it and the one before."""
    found = []
    for at, (began, adult) in enumerate(newest_first):
        if at + 1 == len(newest_first):
            found.append(Since(None, True))
            continue
        before, other = newest_first[at + 1]
        found.append(Since(began - before, adult == other))
    return found

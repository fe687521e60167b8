"""Where a decision to share stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

MADE, REFUSED = "made", "refused"
AGREED, NOT_AGREED, DOCUMENT, HANDED, ENDED = "agreed", "not_agreed", "document", "handed", "ended"
STEPS = frozenset({AGREED, NOT_AGREED, DOCUMENT, HANDED, ENDED})
WAITS, LIVE, OVER, SUPERSEDED, DECLINED = "waits", "live", "over", "superseded", "declined"


def standing(
    *,
    outcome: str,
    needs_second: bool,
    steps: Collection[str],
    superseded: bool,
    until: date | None,
    today: date,
) -> str:
    """Return where it stands on a day; only what is live opens anything to anybody.

    The last day counts whole. What ended early stays ended, whatever its last day was.
    """
    if outcome == REFUSED or until is None:
        return REFUSED
    if ENDED in steps:
        return ENDED
    if superseded:
        return SUPERSEDED
    if NOT_AGREED in steps:
        return DECLINED
    if until < today:
        return OVER
    if needs_second and AGREED not in steps:
        return WAITS
    return LIVE

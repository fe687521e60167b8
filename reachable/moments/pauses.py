"""A pause of the child's clock: what it does to when something is due, as pure functions.

A pause adds its own length to a clock that ran when it began. It gives nothing to a clock that had
run out before, so that nobody can pause a missed clock away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reachable.practice import clocks

PAUSED, RESUMED = "paused", "resumed"
PAUSES = (
    ("hospital", "In hospital, and cannot be spoken with"),
    ("unwell", "Too unwell to be spoken with"),
    ("abroad", "Abroad"),
    ("not_let_in", "Somewhere where nobody is let in to them"),
    ("other", "Something else, as I say below"),
)
PAUSED_BY = {
    "hospital": "in hospital",
    "unwell": "too unwell",
    "abroad": "abroad",
    "not_let_in": "nobody is let in to them",
}
"""The same in a word or two; what is said in somebody's own words stands beside it."""
LONGEST = timedelta(days=14)
"""After so long it runs by itself: whoever still needs a pause says so again, with a reason."""


@dataclass(frozen=True)
class Pause:
    """From when to when the child's clock stood, or will stand."""

    begun: datetime
    ends: datetime


def pauses_in(acts: Iterable[tuple[str, datetime, datetime | None]]) -> list[Pause]:
    """Return the pauses that follow from (kind, at, until) of a moment's actions, in their order.

    One ends when it was resumed, else when it was said to end: nothing has to happen then.
    """
    found: list[Pause] = []
    for kind, at, until in acts:
        if found and at < found[-1].ends:
            found[-1] = replace(found[-1], ends=at)
        if kind == PAUSED and until is not None:
            found.append(Pause(at, min(until, at + LONGEST)))
    return [pause for pause in found if pause.ends > pause.begun]


def due_with(due_at: datetime, started_at: datetime, pauses: Iterable[Pause]) -> datetime:
    """Return when a clock runs out that would do so at `due_at`, were it not for these pauses.

    Paused time counts from then on: neither before the clock was started here, nor for one that
    had run out when the pause began.
    """
    for pause in pauses:
        begun = max(pause.begun, started_at)
        if begun < pause.ends and not clocks.is_missed(begun, due_at):
            due_at += pause.ends - begun
    return due_at

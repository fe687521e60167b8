"""The only place that reads the clock.

Demonstrations and tests move it: within a process with `travel`, across processes with a file
named by the setting CLOCK_FILE that holds one ISO instant with an offset.
"""

from __future__ import annotations

import os
import sys
import time as system_time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from reachable.practice.time import LONDON

_travelled: timedelta | None = None
_frozen: datetime | None = None
_clock_file: tuple[float, timedelta] = (0.0, timedelta())


def now() -> datetime:
    """Return this instant in UTC."""
    if _frozen is not None:
        return _frozen
    real = datetime.now(UTC)
    if _travelled is not None:
        return real + _travelled
    path = _clock_file_named()
    return real + _offset_from(path, real) if path else real


def unmoved() -> float:
    """Return the seconds of the clock that nobody moves: a session ends by it.

    Whoever moves the clock to see the next morning would be signed out by it.
    """
    return system_time.time()


def today() -> date:
    """Return the date in London."""
    return now().astimezone(LONDON).date()


@contextmanager
def travel(instant: datetime, *, ticking: bool = False) -> Iterator[None]:
    """Make it `instant` inside the block; with `ticking`, time goes on from there."""
    global _frozen, _travelled
    before = _frozen, _travelled
    if ticking:
        _frozen, _travelled = None, instant - datetime.now(UTC)
    else:
        _frozen, _travelled = instant.astimezone(UTC), None
    try:
        yield
    finally:
        _frozen, _travelled = before


def _clock_file_named() -> str | None:
    """Ask the settings, where there are any: a sender's check runs without Django."""
    conf = sys.modules.get("django.conf")
    return getattr(conf.settings, "CLOCK_FILE", None) if conf else None


def _offset_from(path: str, real: datetime) -> timedelta:
    """The file says what time it was when it was written; the clock goes on from there."""
    global _clock_file
    try:
        written = os.stat(path).st_mtime
    except FileNotFoundError:
        return timedelta()
    if written != _clock_file[0]:
        with open(path, encoding="ascii") as file:
            said = datetime.fromisoformat(file.read().strip())
        elapsed = timedelta(seconds=system_time.time() - written)
        _clock_file = written, said - (real - elapsed)
    return _clock_file[1]

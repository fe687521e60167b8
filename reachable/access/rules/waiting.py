"""How long somebody waits who failed to sign in."""

from __future__ import annotations

from datetime import timedelta

FREE = {"account": 5, "factor": 5, "given": 5, "address": 30}
"""Failures that cost nothing: of one account, of its second factor, of a code that an administrator
gave, from one address, behind which a whole office may be."""
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)
LONGEST_OF = {"given": timedelta(minutes=1)}
"""A code that was given is too long to be guessed and works for an hour: whoever fails in
somebody's name must not keep them from it until it is over."""
FADES = timedelta(minutes=10)
"""In which one failure of an address is forgotten: behind a busy one, no day is without any."""
FORGOTTEN_AFTER = timedelta(days=1)


def wait_after(kind: str, failures: int) -> timedelta:
    """Return how long nothing is tried after so many failures: twice as long with each."""
    beyond = failures - FREE[kind]
    if beyond < 0:
        return timedelta()
    doubled: int = 2 ** min(beyond, 7)
    return min(FIRST * doubled, LONGEST_OF.get(kind, LONGEST))


def still_counts(kind: str, failures: int, since: timedelta) -> int:
    """Return how many of these failures count when the last was so long ago."""
    if since > FORGOTTEN_AFTER:
        return 0
    return max(0, failures - max(since // FADES, 0)) if kind == "address" else failures


def in_words(wait: timedelta) -> str:
    """Say how long to wait, rounded up: whoever comes back then is let try."""
    seconds = -int(-wait.total_seconds() // 1)
    if seconds <= 60:
        return "a minute"
    return f"{-(-seconds // 60)} minutes"

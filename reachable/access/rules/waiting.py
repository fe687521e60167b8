"""How long somebody waits who failed to sign in."""

from __future__ import annotations

from datetime import timedelta

FREE = {"account": 5, "factor": 5, "address": 30}
"""Failures that cost nothing: of one account, of its second factor, from one address, behind which
a whole office may be."""
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


def wait_after(kind: str, failures: int) -> timedelta:
    """Return how long nothing is tried after so many failures: twice as long with each."""
    beyond = failures - FREE[kind]
    if beyond < 0:
        return timedelta()
    return LONGEST if beyond > 7 else min(FIRST * 2**beyond, LONGEST)


def in_words(wait: timedelta) -> str:
    """Say how long to wait, rounded up: whoever comes back then is let try."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    if seconds <= 60:
        return "a minute"
    return f"{-(-seconds // 60)} minutes"

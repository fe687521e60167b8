"""Which release checked a file, and which specifications it held."""

from __future__ import annotations

from importlib.metadata import version as version_of

from reachable.intake.specification import feed

NAME = "reachable-check.pyz"
"""The one file that a sender runs."""


def version() -> str:
    """Return the version of Reachable."""
    return version_of("reachable")


def feed_digest(key: str) -> str:
    """Return twelve digits that change when what a feed reads changes."""
    return feed(key).digest[:12]

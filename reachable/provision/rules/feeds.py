"""What is done with a file that names fewer services than the one before."""

from __future__ import annotations

FEW = 4
"""Of so few, half may well end in one month."""


def is_held(*, listed: int, kept: int) -> bool:
    """Say whether a person decides first: half or more of what was listed would leave."""
    return listed >= FEW and kept * 2 <= listed

"""Numbers from the environment that may be chosen within bounds."""

from __future__ import annotations

import os


def bounded(name: str, default: int, *, least: int, most: int) -> int:
    """Return the number in the environment; one that is out of bounds stops the start."""
    given = os.environ.get(name, "").strip() or str(default)
    if not given.isascii() or not given.isdecimal() or not least <= int(given) <= most:
        raise SystemExit(f"{name} is a whole number from {least} to {most}, not “{given}”.")
    return int(given)

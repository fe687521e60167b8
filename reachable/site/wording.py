"""Keys in addresses for titles of groups."""

from __future__ import annotations


def group_key(title: str) -> str:
    """Return "law-and-guidance" for "Law and guidance"."""
    return "-".join(title.lower().replace("’", "").split())

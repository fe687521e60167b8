"""Keys in addresses for titles of groups."""

from __future__ import annotations

import re


def group_key(title: str) -> str:
    """Return "law-and-guidance" for "Law and guidance"."""
    return "-".join(re.findall("[a-z0-9]+", title.lower().replace("’", "")))

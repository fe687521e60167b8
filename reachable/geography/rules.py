"""Postcodes in one form."""

from __future__ import annotations

import re
from functools import lru_cache

_SHAPE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


@lru_cache(maxsize=65536)
def standard_postcode(text: str) -> str:
    """Return “FX1 1AA” for any way to write it; empty when it has not the shape of one."""
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{plain[:-3]} {plain[-3:]}" if _SHAPE.fullmatch(plain) else ""

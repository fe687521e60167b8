"""What chronology/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable

from reachable.foundation.registry import Registry

detail_words: Registry[Callable[[str, str], str]] = Registry(
    "Words of details", "who says a code in an event's details as people say it; else nothing"
)

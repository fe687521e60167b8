"""How much of a file is taken in, decided before it is parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The most that a file may hold. Sizes are bytes, unless they say characters."""

    size: int = 300_000_000
    rows: int = 1_048_576
    columns: int = 300
    cell: int = 20_000
    """Characters in one cell."""
    line: int = 1 << 19
    """A text file that goes on for so long without a new line is no table."""
    entries: int = 1_000
    """Parts inside a workbook."""
    unpacked: int = 800_000_000
    ratio: int = 150
    """How many times larger a part of a workbook may be than what was sent for it."""
    ratio_from: int = 5_000_000
    """Small parts may be packed as tightly as they like."""
    area: int = 30_000_000
    """Rows times columns of a worksheet: two far cells would otherwise ask for all memory."""


DEFAULT = Limits()


def say_size(size: int) -> str:
    """Say a number of bytes as people do: `say_size(2_000_000_000)` is "2 GB"."""
    for unit, amount in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= amount:
            return f"{size / amount:.3g} {unit}"
    return f"{size} bytes"

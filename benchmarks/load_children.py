"""The hardest custody file: every row is about a child, and three in four open a moment."""

from __future__ import annotations

from typing import Any

from benchmarks import load
from reachable.synthetic.bulk import Shares

NAME = (
    "File to moments, the hardest file: 100,000 custody rows, all about children, against a "
    "register of 100,000 people"
)
BASELINE = load.BASELINE


def run() -> dict[str, Any]:
    return load.measured(Shares())

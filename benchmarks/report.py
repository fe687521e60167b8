"""The page docs/benchmarks.md from the results of one run."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

FRAME = {"benchmark", "about", "baseline", "database", "missed", "seconds", "note"}
HEAD = """# How fast

Written by `python3 dev bench --write`. Every ratio is against a baseline measured in the same run
on the same computer, so that it means the same on another one.

Measured with Python {python} on {cores} cores ({machine}).
"""


def page(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the page: one table for each result."""
    head = HEAD.format(
        python=platform.python_version(), cores=os.cpu_count(), machine=platform.machine()
    )
    return "\n".join([head, *(line for result in results for line in _table(result))])


def _table(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {result['about']}, on {result['database']}\n"
    yield f"Baseline: {result['baseline']}.\n"
    yield "| number | measured | target |"
    yield "|---|---:|---:|"
    for name, value in result.items():
        if name not in FRAME and not name.startswith(("target_", "least_")):
            yield f"| {name.replace('_', ' ')} | {_said(value)} | {_target(name, result)} |"
    yield ""
    if result["missed"] and result.get("note"):
        yield f"{result['note']}\n"


def _target(name: str, result: Mapping[str, Any]) -> str:
    if f"target_{name}" in result:
        return f"at most {_said(result[f'target_{name}'])}"
    if f"least_{name}" in result:
        return f"at least {_said(result[f'least_{name}'])}"
    return ""


def _said(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    places = 3 if isinstance(value, float) and abs(value) < 1 else 2
    return (
        f"{value:,.{places}f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    )

"""Runs a command of the shell to its end, where a database may fail it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from reachable.foundation import ending
from reachable.foundation.outages import outage


def run(command: Callable[[], int | None]) -> NoReturn:
    """Run it and end the process; what goes wrong is told, and never as a traceback."""
    ending.end(command, known=outage)

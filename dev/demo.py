"""`dev demo`: set up, then become `reachable demo`."""

from __future__ import annotations

import os
import time

from dev import setup
from dev.paths import ROOT, VENV

STARTED_AT = "REACHABLE_STARTED_AT"


def main(arguments: list[str]) -> int:
    """Replace this process; STARTED_AT (seconds since 1970) lets the demo count from here."""
    started = time.time()
    setup.prepare()
    command = VENV / "bin" / "reachable"
    os.chdir(ROOT)
    os.execve(
        command, [str(command), "demo", *arguments], {**os.environ, STARTED_AT: f"{started:.3f}"}
    )

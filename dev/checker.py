"""`dev checker`: write the one file with which a sender checks a file before sending it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dev import setup
from dev.paths import PYTHON, VAR
from dev.steps import Failed, run, step

NAME = "reachable-check.pyz"


def main(arguments: list[str]) -> int:
    """Write it to the path that is named, or to var/."""
    if len(arguments) > 1:
        raise Failed("`dev checker` takes one argument: where to write the file.")
    path = Path(arguments[0]).absolute() if arguments else VAR / NAME
    setup.prepare()
    with step(path.name):
        run(
            [PYTHON, "-m", "reachable.intake.sender.packing", path],
            failing="The file could not be made.",
        )
    print(f"{path}\nSHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return 0

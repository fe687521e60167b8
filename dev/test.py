"""`dev test`: set up, then run pytest on both cores over everything.

SQLite serves unless DATABASE_URL names a PostgreSQL server, whose role must be allowed to create
databases: each test process gets one of its own, and the named database itself is left alone.
"""

from __future__ import annotations

import os
import subprocess

from dev import setup
from dev.paths import PYTHON, ROOT

# Tests of one module stay together, because they may share a running server. Modules are given out
# in the order in which tests/conftest.py puts them, not those with the most tests first.
TOGETHER = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
PICTURES = "--pictures"
# What makes a run long is seen in every run.
LONGEST = ["--durations=25", "--durations-min=5"]


def main(arguments: list[str]) -> int:
    """Return pytest's exit status."""
    setup.prepare()
    setup.prepare_browser()
    environment = dict(os.environ)
    if PICTURES in arguments:
        arguments = [each for each in arguments if each != PICTURES]
        environment["REACHABLE_PICTURES"] = "1"
    command = [str(PYTHON), "-m", "pytest", *TOGETHER, *LONGEST, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

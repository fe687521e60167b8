"""`dev bench`: set up, then run the benchmarks of the folder benchmarks/ in the environment."""

from __future__ import annotations

import os
import subprocess

from dev import setup
from dev.paths import PYTHON, ROOT


def main(arguments: list[str]) -> int:
    """Return the exit status of the benchmarks."""
    setup.prepare()
    command = [str(PYTHON), "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=False).returncode

"""`dev mutation`: set up, then try small changes to the policy, which its tests have to notice.

What makes the changes is installed for this alone: neither the product nor its tests need it.
"""

from __future__ import annotations

import os
import subprocess

from dev import setup
from dev.paths import PYTHON, ROOT


def main(arguments: list[str]) -> int:
    """Return the exit status of the run."""
    setup.prepare()
    setup.prepare_mutation()
    command = [str(PYTHON), "-m", "tests.mutation", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

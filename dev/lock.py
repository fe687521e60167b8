"""`dev lock`: decide again which exact versions to install, and write down their hashes.

The locks name no index and no file: what is locked on one network installs on every other.
"""

from __future__ import annotations

import os
from pathlib import Path

from dev import browser, setup
from dev.paths import MUTATION, PYTHON, REQUIREMENTS, ROOT, VENV
from dev.steps import run, step

GROUPS = ("test", "check", "setup")
COMPILE = (
    *("pip", "compile", "--quiet", "--no-config", "--no-header"),
    *("--universal", "--python-version=3.11", "--generate-hashes"),
)


def main(arguments: list[str]) -> int:
    """Keep the versions of the present locks, or with `--upgrade` take the newest allowed."""
    setup.prepare()
    upgrade = ["--upgrade"] * ("--upgrade" in arguments)
    with step("requirements.lock"):
        groups = [f"--group={group}" for group in GROUPS]
        _python(REQUIREMENTS, "pyproject.toml", *groups, *upgrade)
    with step("mutation.lock"):
        within = f"--constraints={REQUIREMENTS.name}"
        _python(MUTATION, "--group=pyproject.toml:mutation", within, *upgrade)
    for folder in (ROOT, browser.LOCK.parent):
        with step(f"{(folder / 'package-lock.json').relative_to(ROOT)}"):
            command = [str(PYTHON), "-c", setup.NPM, "--prefix", str(folder)]
            action = "update" if "--upgrade" in arguments else "install"
            run(
                [*command, action, "--package-lock-only", "--ignore-scripts"],
                failing="npm could not make its lock.",
            )
    setup.prepare()
    return 0


def _python(lock: Path, *options: str) -> None:
    # Settings of this computer (mirrors, extra indexes) must not decide what everybody gets:
    # without them uv asks the public index only.
    private = ("UV_", "PIP_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(private)}
    run(
        [str(VENV / "bin" / "uv"), *COMPILE, *options, f"--output-file={lock.name}"],
        failing="The Python packages could not be locked.",
        environment={"UV_SYSTEM_CERTS": "true", **environment},
    )

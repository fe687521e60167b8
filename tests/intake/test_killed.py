"""What is killed at any checkpoint and run again leaves what an unbroken run leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import set_loads
from tests.support.files import CORRECTED, CUSTODY, MISSING


@pytest.mark.db
@pytest.mark.parametrize(("door", "at_least"), [("shell", 150), ("folder", 60)])
def test_promise_30_a_load_killed_at_any_checkpoint_ends_as_if_it_had_not_been(
    tmp_path: Path, on_postgres: bool, door: str, at_least: int
) -> None:
    files = []
    for name, content in (
        ("custody.csv", CUSTODY),
        ("missing.csv", MISSING),
        ("custody-again.csv", CORRECTED),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        files.append(str(path))
    assert killed(door, files, every=9 if on_postgres else 5) > at_least


@pytest.mark.db
@pytest.mark.parametrize(("door", "at_least"), [("set", 600), ("next", 600)])
def test_promise_30_a_set_of_tables_killed_at_any_checkpoint_ends_as_if_it_had_not_been(
    tmp_path: Path, on_postgres: bool, door: str, at_least: int
) -> None:
    first, *later, census = set_loads.write(tmp_path)
    files = [first, census] if door == "set" else [first, *later]
    assert killed(door, list(map(str, files)), every=97 if on_postgres else 61) > at_least


def killed(door: str, files: list[str], *, every: int) -> int:
    """Kill a load at one checkpoint of so many; return how many there are.

    Each costs a database and two loads: all of them, when asked for, take minutes.
    """
    every = int(os.environ.get("REACHABLE_EVERY_CHECKPOINT") or every)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killing", door, str(every), *files],
        env={**os.environ, "PYTEST_XDIST_WORKER": f"{worker}k{door}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["differing"] == {}
    return int(result["checkpoints"])

"""The one file needs nothing that Windows does not have: read in its code, and run without it."""

from __future__ import annotations

import ast
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from reachable.intake.samples import write_set_sample
from reachable.intake.specification import feeds
from reachable.intake.table_sets import table_sets
from tests.support.senders import BARE

_NOT_THERE = "fcntl grp nis ossaudiodev pty pwd resource spwd syslog termios tty crypt posix"
_NOT_IN_OS = """
fork forkpty getuid geteuid getgid getegid getgroups setuid chown lchown mkfifo mknod nice killpg
getpgid setsid uname wait3 wait4 statvfs fchmod fchown sync
"""
NOT_THERE, NOT_IN_OS = frozenset(_NOT_THERE.split()), frozenset(_NOT_IN_OS.split())
WITHOUT_THEM = f"""
import os, runpy, sys, zoneinfo
zoneinfo.reset_tzpath(to=())
for name in {sorted(NOT_THERE - {"posix"})}:
    sys.modules[name] = None
for name in {sorted(NOT_IN_OS)}:
    if hasattr(os, name):
        delattr(os, name)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def used(tree: ast.AST) -> set[str]:
    """Return what a module uses that Windows does not have."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names} & NOT_THERE
        elif isinstance(node, ast.ImportFrom) and not node.level:
            top = (node.module or "").partition(".")[0]
            found |= {top} & NOT_THERE
            if top == "os":
                found |= {each.name for each in node.names} & NOT_IN_OS
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os":
            found |= {node.attr} & NOT_IN_OS
    return found


def test_our_own_code_in_it_uses_nothing_that_windows_does_not_have(one_file: Path) -> None:
    with zipfile.ZipFile(one_file) as parts:
        ours = [name for name in parts.namelist() if name.startswith("reachable/")]
        found = {name: used(ast.parse(parts.read(name))) for name in ours if name.endswith(".py")}
    assert len(found) > 50
    assert {name: names for name, names in found.items() if names} == {}


def without(one_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BARE, "-c", WITHOUT_THEM, str(one_file), *arguments],
        cwd=one_file.parent,
        env={},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_it_checks_and_parts_a_file_without_what_windows_does_not_have(
    one_file: Path, kind: str
) -> None:
    one = next(iter(feeds()))
    assert without(one_file, "sample", one, "--kind", kind).returncode == 0
    sample, keep = f"{one}-sample.{kind}", f"kept.{kind}"
    done = without(one_file, "check", one, sample, "--keep", keep, "--report", "a.html", "--json")
    for name in (sample, keep, "a.html"):
        (one_file.parent / name).unlink()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["kept"] > 0


@pytest.mark.parametrize("key", sorted(table_sets()))
def test_it_parts_a_set_without_what_windows_does_not_have(one_file: Path, key: str) -> None:
    sample = write_set_sample(table_sets()[key], one_file.parent)
    keep = one_file.parent / f"kept{sample.suffix}"
    done = without(one_file, "check", key, sample.name, "--keep", keep.name, "--json")
    sample.unlink()
    assert done.returncode == 0, done.stderr
    keep.unlink()
    assert json.loads(done.stdout.splitlines()[-1])["kept"] > 0

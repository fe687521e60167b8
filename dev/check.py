"""`dev check`: everything about the source that can be told without running the tests.

All steps run, each with its time; what failed is said again at the end.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from dev import contracts, promises, setup
from dev.paths import VENV
from dev.steps import Failed, run, step

BIN = VENV / "bin"


def main(arguments: list[str]) -> int:
    """Run the steps named, or all; return 1 when one failed."""
    setup.prepare()
    unknown = set(arguments) - set(STEPS)
    if unknown:
        raise Failed(f"No step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}.")
    failures = dict(filter(None, map(_attempt, arguments or STEPS)))
    for name, reason in failures.items():
        print(f"\n{name}\n{reason}", file=sys.stderr)
    print(f"\n{len(arguments or STEPS) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


def _attempt(name: str) -> tuple[str, str] | None:
    try:
        with step(name):
            STEPS[name]()
    except Failed as failed:
        print(f"  {name:<40} failed", file=sys.stderr, flush=True)
        return name, str(failed)
    return None


def _lint() -> None:
    run([BIN / "ruff", "check", "--quiet", "--output-format", "concise", "."], failing="")


def _format() -> None:
    run(
        [BIN / "ruff", "format", "--check", "--output-format", "concise", "."],
        failing="Run `ruff format`.",
    )


def _types() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run([BIN / "mypy", "--no-error-summary"], failing="", environment=_apart(folder))


def _imports() -> None:
    run([BIN / "lint-imports", "--no-cache"], failing="Rooms import downward only.")


def _contracts() -> None:
    broken = contracts.all_broken()
    if broken:
        raise Failed("\n".join(broken))


def _migrations() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(
            [BIN / "python", "-m", "django", "makemigrations", "--check", "--dry-run"],
            failing="The models say something that no migration does.",
            environment=_apart(folder),
        )


def _documents() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(
            [BIN / "reachable", "docs", "--check"],
            failing="Generated pages are out of date: run `reachable docs`.",
            environment=_apart(folder),
        )


def _promises() -> None:
    if not promises.is_current():
        raise Failed("docs/promises.md is out of date: run `python3 dev promises`.")


def _apart(folder: str) -> dict[str, str]:
    """Django's environment with a folder and an empty database of its own."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "reachable.site.settings",
        "DATABASE_URL": f"sqlite://{Path(folder) / 'empty.db'}",
        "REACHABLE_VAR": folder,
    }


STEPS: dict[str, Callable[[], None]] = {
    "lint": _lint,
    "format": _format,
    "types": _types,
    "imports": _imports,
    "contracts": _contracts,
    "migrations": _migrations,
    "documents": _documents,
    "promises": _promises,
}

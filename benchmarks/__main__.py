"""Run the benchmarks named, or all; one JSON line each.

With --write the newest results on each kind of database are kept in benchmarks/results.json and
become docs/benchmarks.md. Each runs in a process of its own, on a migrated database and a folder of
its own, so that none warms another.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks.report import page

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "benchmarks" / "results.json"
NOT_BENCHMARKS = {
    *("arrivals", "fairness", "historical", "partnership", "place", "region", "report"),
    "social_care_tables",
}
ONE = "--one"


def main(arguments: list[str]) -> int:
    """Return 1 when a benchmark failed or missed its target."""
    if arguments[:1] == [ONE]:
        print(json.dumps(measured(arguments[1])), flush=True)
        return 0
    options = {argument for argument in arguments if argument.startswith("--")}
    names = [argument for argument in arguments if argument not in options] or available()
    unknown = (set(names) - set(available())) | (options - {"--json", "--write"})
    if unknown:
        print(f"No {', '.join(sorted(unknown))}; there are {', '.join(available())}.")
        return 2
    results = [_in_own_process(name) for name in names]
    if "--write" in options:
        PAGE.write_text(page(_remember(filter(None, results))), encoding="utf-8")
    return 0 if all(result and not result["missed"] for result in results) else 1


def available() -> list[str]:
    found = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)}
    return sorted(name for name in found - NOT_BENCHMARKS if not name.startswith("_"))


def measured(name: str) -> dict[str, Any]:
    """Run one benchmark here, on a database and in a folder made for it."""
    from benchmarks.place import own_place

    with own_place() as database:
        module = importlib.import_module(f"benchmarks.{name}")
        started = time.perf_counter()
        numbers = module.run()
        seconds = round(time.perf_counter() - started, 2)
    return {
        "benchmark": name,
        "about": module.NAME,
        "baseline": module.BASELINE,
        "database": database,
        **numbers,
        "missed": missed(numbers),
        "seconds": seconds,
        "note": getattr(module, "NOTE", ""),
    }


def missed(numbers: dict[str, Any]) -> list[str]:
    """Name the numbers beyond their target: `target_x` is a most, `least_x` a least."""
    return [
        name
        for name, value in numbers.items()
        if (f"target_{name}" in numbers and value > numbers[f"target_{name}"])
        or (f"least_{name}" in numbers and value < numbers[f"least_{name}"])
    ]


def _remember(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put results beside those of earlier runs, one for each benchmark and kind of database."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kept |= {f"{result['benchmark']} {result['database']}": result for result in results}
    kept = {key: kept[key] for key in sorted(kept) if kept[key]["benchmark"] in available()}
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return list(kept.values())


def _in_own_process(name: str) -> dict[str, Any] | None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", ONE, name],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
        check=False,
    )
    if done.returncode:
        print(json.dumps({"benchmark": name, "failed": True}), flush=True)
        return None
    line = done.stdout.strip().splitlines()[-1]
    print(line, flush=True)
    result: dict[str, Any] = json.loads(line)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

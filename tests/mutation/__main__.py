"""The mutation run over the policy: `python3 dev mutation`.

Without a name, every module of policy.toml; otherwise those whose path holds one of the names. What
was killed stays killed while module and mutant are the same, so that a run that was interrupted
goes on; `--fresh` begins anew. `--write` makes the page of the reference.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.paths import ROOT, VAR
from tests.mutation.making import Mutant, mutants
from tests.mutation.running import PLAN

HERE = Path(__file__).parent
KEPT = VAR / "mutation"
RESULTS = KEPT / "results.jsonl"
PAGE = ROOT / "docs" / "reference" / "mutation.md"
LEAST = 90
"""Percent of the mutants of the policy that its tests have to kill."""
AT_ONCE = 2
KILLED = {"killed", "timeout"}


@dataclass(frozen=True)
class Module:
    """A module of the policy, the tests that have to kill its mutants, and its mutants."""

    path: str
    tests: tuple[str, ...]
    mutants: tuple[Mutant, ...]

    def keys(self) -> dict[str, Mutant]:
        return {mutant.digest: mutant for mutant in self.mutants}


def main(arguments: Sequence[str]) -> int:
    """Return 1 where too few were killed, or where an explanation explains nothing any more."""
    options = {each for each in arguments if each.startswith("--")}
    names = [each for each in arguments if each not in options]
    if unknown := options - {"--fresh", "--write"}:
        print(f"No option {', '.join(sorted(unknown))}; there are --fresh and --write.")
        return 2
    modules = [
        Module(path, tuple(said["tests"]), tuple(mutants(ROOT, path, said.get("only", ()))))
        for path, said in _read("policy.toml")["modules"].items()
        if not names or any(name in path for name in names)
    ]
    KEPT.mkdir(parents=True, exist_ok=True)
    if "--fresh" in options:
        RESULTS.unlink(missing_ok=True)
    _try_all(modules)
    return _report(modules, whole=not names, write="--write" in options)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _known(modules: Iterable[Module]) -> dict[str, str]:
    """Return what came of each mutant; who survived other tests is tried again."""
    if not RESULTS.exists():
        return {}
    tests = {key: _digest_of(module.tests) for module in modules for key in module.keys()}
    found = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines():
        held = json.loads(line)
        key, _, of_tests = held["key"].partition(" ")
        if held["outcome"] in KILLED or of_tests == tests.get(key):
            found[key] = held["outcome"]
    return found


def _digest_of(tests: Iterable[str]) -> str:
    files = sorted({each.partition("::")[0] for each in tests})
    sha = hashlib.sha256()
    for each in files:
        sha.update((ROOT / each).read_bytes())
    return sha.hexdigest()


def _try_all(modules: Sequence[Module]) -> None:
    known = _known(modules)
    waiting = [(module, key) for module in modules for key in module.keys() if key not in known]
    total = sum(len(module.mutants) for module in modules)
    print(f"{total} mutants, {len(waiting)} to try", flush=True)
    if not waiting:
        return
    shards = [waiting[number::AT_ONCE] for number in range(AT_ONCE)]
    started = [_start(number, shard) for number, shard in enumerate(shards) if shard]
    try:
        while any(each.poll() is None for each in started):
            time.sleep(2)
            if sys.stderr.isatty():
                left = total - len(_known(modules))
                print(f"  {left} to try   ", end="\r", file=sys.stderr, flush=True)
    finally:
        for each in started:
            if each.poll() is None:
                each.terminate()
    for number, each in enumerate(started):
        if each.returncode not in {0, 5}:
            said = (KEPT / f"run-{number}.log").read_text(encoding="utf-8", errors="replace")
            print(said[-3000:])
            raise SystemExit("The tests did not run; what they said stands above.")


def _start(number: int, shard: Sequence[tuple[Module, str]]) -> subprocess.Popen[bytes]:
    by_module: dict[Module, list[str]] = {}
    for module, key in shard:
        by_module.setdefault(module, []).append(key)
    plan = {
        "results": str(RESULTS),
        "modules": [
            {
                "path": module.path,
                "tests": module.tests,
                "mutants": [
                    {
                        "key": f"{key} {_digest_of(module.tests)}",
                        "source": module.keys()[key].source,
                    }
                    for key in keys
                ],
            }
            for module, keys in by_module.items()
        ],
    }
    file = KEPT / f"plan-{number}.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    files = dict.fromkeys(test.partition("::")[0] for module in by_module for test in module.tests)
    command = [
        *(sys.executable, "-m", "pytest", *files, "-p", "tests.mutation.running"),
        *("-q", "-p", "no:cacheprovider"),
    ]
    with (KEPT / f"run-{number}.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, PLAN: str(file)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _report(modules: Sequence[Module], *, whole: bool, write: bool) -> int:
    known = _known(modules)
    explained = {
        (each["path"], each["where"], each["before"], each["after"]): each["why"]
        for each in _read("survivors.toml").get("survivors", [])
    }
    left, rows, stale = [], [], dict(explained)
    for module in modules:
        counted: Counter[str] = Counter()
        for key, mutant in module.keys().items():
            outcome = known.get(key, "not tried")
            if outcome not in KILLED and mutant.name in explained:
                stale.pop(mutant.name, None)
                outcome = "explained"
            elif outcome not in KILLED:
                left.append((mutant, outcome))
            counted[outcome] += 1
        rows.append((module.path, counted))
    for path, counted in rows:
        print(f"{path:<44} {_in_words(counted)}")
    for mutant, outcome in left:
        print(f"\n{outcome}: {mutant.path}, {mutant.where}\n- {mutant.before}\n+ {mutant.after}")
    ran = {module.path for module in modules}
    stale = {name: why for name, why in stale.items() if name[0] in ran}
    for name in stale:
        print(f"\nExplained, and killed or gone: {name}")
    total = sum((counted for _, counted in rows), Counter())
    percent = _percent(total)
    print(f"\n{percent:.1f} % of {total.total()} killed, {_in_words(total)}")
    if write and whole:
        PAGE.write_text(_page(rows, total, explained, left), encoding="utf-8")
    return 1 if percent < LEAST or stale else 0


def _percent(counted: Mapping[str, int]) -> float:
    """Of all mutants: one that is explained is a survivor too."""
    killed = sum(counted.get(each, 0) for each in KILLED)
    return 100 * killed / max(1, sum(counted.values()))


def _in_words(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{counted[name]} {name}" for name in sorted(counted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

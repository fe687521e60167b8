"""The mutation run over the policy: `python3 dev mutation`.

Without a name, every module of policy.toml; otherwise those whose path holds one of the names. What
was killed stays killed while module and mutant are the same, so that a run that was interrupted
goes on; `--fresh` begins anew, `--report` tries nothing and says what is known, `--write` makes
docs/mutation.md.
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
PAGE = ROOT / "docs" / "mutation.md"
_ABOUT = (
    "Each mutant is a module with one small change: another comparison, an argument left out, a "
    "refusal that is not made. The tests that belong to the module have to fail with it. How it is "
    "run is in [Run the tests](how-to/run-the-tests.md), why so in "
    "[decision 0043](decisions/0043-the-policy-is-tested-by-small-changes-to-it.md)."
)
LEAST = 90
"""Percent of the mutants of the policy that its tests have to kill."""
AT_ONCE = 2
KILLED = {"killed", "timeout"}
OPTIONS = {"--fresh", "--report", "--write"}


@dataclass(frozen=True)
class Module:
    """A module of the policy, the tests that have to kill its mutants, and its mutants."""

    path: str
    tests: tuple[str, ...]
    mutants: tuple[Mutant, ...]

    def by_digest(self) -> dict[str, Mutant]:
        return {mutant.digest: mutant for mutant in self.mutants}


def main(arguments: Sequence[str]) -> int:
    """Return 1 where too few were killed, or where an explanation explains nothing any more."""
    options = {each for each in arguments if each.startswith("--")}
    names = [each for each in arguments if each not in options]
    if unknown := options - OPTIONS:
        print(f"No option {', '.join(sorted(unknown))}; there are {', '.join(sorted(OPTIONS))}.")
        return 2
    modules = [
        Module(path, tuple(said["tests"]), tuple(mutants(ROOT, path, said.get("only", ()))))
        for path, said in _read("policy.toml")["modules"].items()
        if not names or any(name in path for name in names)
    ]
    KEPT.mkdir(parents=True, exist_ok=True)
    if "--fresh" in options:
        RESULTS.unlink(missing_ok=True)
    if "--report" not in options:
        _try_all(modules)
    return _report(modules, whole=not names, write="--write" in options)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _known(modules: Iterable[Module]) -> dict[str, str]:
    """Return what came of each mutant; who survived other tests is tried again."""
    if not RESULTS.exists():
        return {}
    tests: dict[str, str] = {}
    for module in modules:
        tests |= dict.fromkeys(module.by_digest(), _digest_of(module.tests))
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
    waiting = [
        (module, key) for module in modules for key in module.by_digest() if key not in known
    ]
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
                        "source": module.by_digest()[key].source,
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
        for key, mutant in module.by_digest().items():
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


def _page(
    rows: Sequence[tuple[str, Mapping[str, int]]],
    total: Mapping[str, int],
    explained: Mapping[tuple[str, str, str, str], str],
    left: Sequence[tuple[Mutant, str]],
) -> str:
    columns = ["killed", "timeout", "explained", "survived", "not tried"]
    lines = [
        "<!-- Written by `python3 dev mutation --write`. Do not edit. -->",
        "# Small changes to the policy, and whether its tests notice",
        "",
        _ABOUT,
        "",
        f"| module | mutants | {' | '.join(columns)} | killed of all |",
        f"|---|{'---:|' * (len(columns) + 2)}",
    ]
    for name, counted in [*((f"`{path}`", each) for path, each in rows), ("all", total)]:
        held = {**counted}
        held["survived"] = sum(held.values()) - sum(
            held.get(each, 0) for each in columns if each != "survived"
        )
        numbers = " | ".join(f"{held.get(each, 0):,}" for each in columns)
        lines.append(
            f"| {name} | {sum(counted.values()):,} | {numbers} | {_percent(counted):.1f} % |"
        )
    lines += ["", "## Explained", "", "Nothing can tell these from the module as it is:", ""]
    lines += [
        f"- `{path}`, {where or 'at the top'}: {_code(before)} as {_code(after)}. {why}"
        for (path, where, before, after), why in explained.items()
    ]
    survived = [each for each, outcome in left if outcome != "not tried"]
    lines += ["", "## Survived", "", "No test tells these apart yet:", ""]
    lines += [
        f"- `{each.path}`, {each.where or 'at the top'}: "
        f"{_code(each.before)} as {_code(each.after)}"
        for each in survived
    ]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"``{text}``" if text else "nothing"


def _percent(counted: Mapping[str, int]) -> float:
    """Of all mutants: one that is explained is a survivor too."""
    killed = sum(counted.get(each, 0) for each in KILLED)
    return 100 * killed / max(1, sum(counted.values()))


def _in_words(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{counted[name]} {name}" for name in sorted(counted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

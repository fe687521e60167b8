"""`dev promises`: write docs/promises.md from docs/promises.toml and the names of the tests.

A test keeps a promise by its name, `test_promise_07_…`. Tests are read, never imported, so that
the page can be made and checked without a database or a browser.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dev.paths import ROOT
from dev.steps import Failed

SOURCE = ROOT / "docs" / "promises.toml"
PAGE = ROOT / "docs" / "promises.md"
DATA = ROOT / "reachable" / "governance" / "papers" / "promised.json"
"""The same for the product itself, which has no tests beside it."""
TESTS = ROOT / "tests"

NAME = re.compile(r"test_promise_(\d{2})_(\w+)")
HEAD = """<!-- Written by `python3 dev promises` from docs/promises.toml and tests/. -->
# Promises

What Reachable promises, and which tests hold it to that. Numbers never change. A promise counts as
kept only by automated tests that carry its number; `python3 dev test` runs them all. Where nothing
tests a promise yet, it is **open**, whatever the code may do; where tests hold a part of it, the
line under it says what is still open. Open promises are work for later releases.
"""


@dataclass(frozen=True)
class Promise:
    """One promise; `open_yet` says what of it no test can hold yet, or nothing."""

    number: int
    group: str
    says: str
    open_yet: str = ""


@dataclass(frozen=True)
class Test:
    """A test that names a promise, and the file that holds it, seen from the repository's root."""

    number: int
    name: str
    path: str

    @property
    def words(self) -> str:
        found = NAME.fullmatch(self.name)
        return (found.group(2) if found else self.name).replace("_", " ")


def main(arguments: list[str]) -> int:
    """Write the page."""
    if arguments:
        raise Failed("`dev promises` takes no arguments.")
    page, data = wanted()
    PAGE.write_text(page, encoding="utf-8")
    DATA.write_text(data, encoding="utf-8")
    return 0


def is_current() -> bool:
    """Are the page and its data what the promises and the tests say now?"""
    held = (path.read_text(encoding="utf-8") if path.exists() else "" for path in (PAGE, DATA))
    return tuple(held) == wanted()


def wanted() -> tuple[str, str]:
    """Return the page and its data; raise Failed where a test names no promise."""
    promises = read_promises(SOURCE.read_text(encoding="utf-8"))
    tests = list(read_tests(TESTS))
    strangers = sorted(test.name for test in tests if test.number not in _numbers(promises))
    if strangers:
        raise Failed(f"No promise has the number of {', '.join(strangers)}.")
    return render(promises, tests), as_data(promises, tests)


def as_data(promises: Sequence[Promise], tests: Sequence[Test]) -> str:
    """Return each promise with how far it is kept, and the tests that hold it in words."""
    held: dict[int, list[Test]] = {}
    for test in tests:
        held.setdefault(test.number, []).append(test)
    rows = [
        {
            **asdict(promise),
            "standing": _standing(promise, held),
            "tests": [test.words for test in held.get(promise.number, [])],
        }
        for promise in promises
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _numbers(promises: Iterable[Promise]) -> frozenset[int]:
    return frozenset(promise.number for promise in promises)


def read_promises(text: str) -> list[Promise]:
    """Return the promises in their order; raise Failed where two have one number."""
    promises = [Promise(**held) for held in tomllib.loads(text)["promise"]]
    if len(_numbers(promises)) != len(promises):
        raise Failed("docs/promises.toml uses a number twice.")
    return promises


def read_tests(folder: Path) -> Iterator[Test]:
    """Yield each test below `folder` whose name begins with a promise's number."""
    for path in sorted(folder.rglob("test_*.py")):
        inside = path.relative_to(folder.parent).as_posix()
        yield from tests_in(path.read_text(encoding="utf-8"), inside)


def tests_in(text: str, path: str) -> Iterator[Test]:
    """Yield the tests of one file in the order of their names."""
    names = {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for name in sorted(names):
        found = NAME.fullmatch(name)
        if found:
            yield Test(int(found.group(1)), name, path)


def render(promises: Sequence[Promise], tests: Iterable[Test]) -> str:
    """Return the page: how many are kept, then each promise with its tests, group by group."""
    held: dict[int, list[Test]] = {}
    for test in tests:
        held.setdefault(test.number, []).append(test)
    standing = [_standing(promise, held) for promise in promises]
    lines = [HEAD, _counts(standing), ""]
    group = ""
    for promise, stands in zip(promises, standing, strict=True):
        if promise.group != group:
            group = promise.group
            lines += [f"## {group}", ""]
        lines += _promise(promise, stands, held.get(promise.number, []))
    return "\n".join(lines)


def _standing(promise: Promise, held: dict[int, list[Test]]) -> str:
    if promise.number not in held:
        return "open"
    return "kept in part" if promise.open_yet else "kept"


def _counts(standing: Sequence[str]) -> str:
    total = len(standing)
    kept, part = standing.count("kept"), standing.count("kept in part")
    return f"Of {total} promises, {kept} are kept, {part} in part, and {total - kept - part} open."


def _promise(promise: Promise, stands: str, tests: Sequence[Test]) -> list[str]:
    told = f"**{stands.capitalize()}.**"
    if promise.open_yet and stands == "open":
        told = f"**Open**: {promise.open_yet}"
    elif promise.open_yet:
        told += f" Still open: {promise.open_yet}"
    lines = [f"### {promise.number}. {promise.says}", "", told, ""]
    lines += [f"- [{test.words}](../{test.path})" for test in tests]
    return [*lines, ""] if tests else lines

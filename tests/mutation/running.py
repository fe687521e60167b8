"""Runs the tests of a module against each of its mutants, as a plugin of pytest.

To start Django and pytest takes longer than most of these tests. So both are started once, the
tests are collected once, and each mutant is tried in a copy of that process, in which the code of
the changed functions and the values of the changed names are put in place of what stands there.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from django.db import connections
from hypothesis import Phase, settings

PLAN = "REACHABLE_MUTANTS"
EXAMPLES = 12
"""Of a property: an example table does the rest."""
LEAST_SECONDS = 30.0
PASSED, FAILED, NOT_RUN = 0, 1, 2
_FIELDS = "__dataclass_fields__"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try every mutant of the plan and append what came of it to the file of results."""
    plan = json.loads(Path(os.environ[PLAN]).read_text(encoding="utf-8"))
    for item in session.items:
        _few_examples(item)
    with Path(plan["results"]).open("a", encoding="utf-8") as results:
        for each in plan["modules"]:
            chosen = [item for item in session.items if _is_named(item.nodeid, each["tests"])]
            # Twice: the first run makes the template of the databases.
            for _ in range(2):
                clean, seconds = _tried(session, chosen, lambda: None, 600.0)
            if clean != "survived":
                raise pytest.UsageError(f"{each['path']}: its tests do not pass as it is.")
            target = Target(each["path"])
            for mutant in each["mutants"]:
                outcome, took = _tried(
                    session,
                    chosen,
                    partial(target.put, mutant["source"]),
                    max(LEAST_SECONDS, 10 * seconds),
                )
                line = {"key": mutant["key"], "outcome": outcome, "seconds": round(took, 2)}
                results.write(json.dumps(line) + "\n")
                results.flush()
    return True


def _is_named(nodeid: str, tests: list[str]) -> bool:
    return any(nodeid == each or nodeid.startswith((f"{each}::", f"{each}[")) for each in tests)


def _few_examples(item: pytest.Item) -> None:
    """Let a property take few examples, the same each time."""
    function: Any = getattr(item, "obj", None)
    held = getattr(function, "_hypothesis_internal_use_settings", None)
    if held is not None:
        function._hypothesis_internal_use_settings = settings(
            held,
            max_examples=min(held.max_examples, EXAMPLES),
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
        )


def _tried(
    session: pytest.Session, items: list[pytest.Item], put: Callable[[], None], most: float
) -> tuple[str, float]:
    connections.close_all()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _child(session, items, put)
    while time.monotonic() - started < most:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            said = {PASSED: "survived", FAILED: "killed"}.get(code, f"ended with {code}")
            return said, time.monotonic() - started
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout", time.monotonic() - started


def _child(session: pytest.Session, items: list[pytest.Item], put: Callable[[], None]) -> None:
    code = NOT_RUN
    os.setpgid(0, 0)
    try:
        try:
            put()
        except NotApplied:
            raise
        except Exception:
            # What cannot even be started is noticed by every test.
            code = FAILED
        else:
            code = _run(session, items)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.__stderr__, flush=True)
    finally:
        os._exit(code)


def _run(session: pytest.Session, items: list[pytest.Item]) -> int:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return FAILED
    return PASSED if items else NOT_RUN


class NotApplied(Exception):
    """A mutant changed something that cannot be put in place."""


class Target:
    """A module as it stands in this process, and where its functions are held."""

    def __init__(self, path: str) -> None:
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.path = path
        self.module = importlib.import_module(name)
        self.original = _compiled(Path(path).read_text(encoding="utf-8"), path)
        self.functions: dict[tuple[str, int], list[FunctionType]] = {}
        for each in gc.get_objects():
            if type(each) is FunctionType and each.__globals__ is vars(self.module):
                key = each.__code__.co_qualname, each.__code__.co_firstlineno
                self.functions.setdefault(key, []).append(each)

    def put(self, source: str) -> None:
        """Make this process behave as if the module had been this source."""
        mutated = _compiled(source, self.path)
        before, after = _executed(self.module, self.original), _executed(self.module, mutated)
        made = {
            each.__code__: each
            for each in gc.get_objects()
            if type(each) is FunctionType and each.__globals__ is after
        }
        applied = self._put_values(before, after)
        for old, new in _side_by_side(self.original, mutated):
            for held in self.functions.get((old.co_qualname, old.co_firstlineno), ()):
                applied = applied or _meaning(old) != _meaning(new)
                held.__code__ = new
                if new in made:
                    applied = applied or _differ(held.__defaults__, made[new].__defaults__)
                    applied = applied or _differ(held.__kwdefaults__, made[new].__kwdefaults__)
                    held.__defaults__ = made[new].__defaults__
                    held.__kwdefaults__ = made[new].__kwdefaults__
        if not applied:
            raise NotApplied(source)
        self._forget_what_was_kept()

    def _put_values(self, before: dict[str, Any], after: dict[str, Any]) -> bool:
        applied = False
        for name, new in after.items():
            old, held = before.get(name), vars(self.module).get(name)
            if isinstance(held, type) and isinstance(new, type):
                if held.__module__ == self.module.__name__ and isinstance(old, type):
                    applied = _put_class(held, old, new) or applied
            elif _differ(old, new):
                applied = True
                for module in _ours():
                    if vars(module).get(name) is held:
                        setattr(module, name, new)
        return applied

    def _forget_what_was_kept(self) -> None:
        policy = sys.modules["reachable.access.policy"]
        for held in (*vars(self.module).values(), *vars(policy).values()):
            clear = getattr(held, "cache_clear", None)
            if callable(clear):
                clear()


def _ours() -> list[ModuleType]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(("reachable.", "tests.")) or "/tests/" in (_file(module) or "")
    ]


def _file(module: ModuleType) -> str | None:
    return getattr(module, "__file__", None)


def _compiled(source: str, path: str) -> CodeType:
    return compile(source, path, "exec", dont_inherit=True)


def _executed(module: ModuleType, code: CodeType) -> dict[str, Any]:
    names = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, names)
    return names


def _side_by_side(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Yield each function of the module, and what it has become."""
    olds = [each for each in old.co_consts if isinstance(each, CodeType)]
    news = [each for each in new.co_consts if isinstance(each, CodeType)]
    if len(olds) != len(news) or any(
        one.co_name != other.co_name for one, other in zip(olds, news, strict=True)
    ):
        # Something inside is gone: whatever holds it is put in place as a whole.
        if old.co_name == "<module>" and _names(olds) != _names(news):
            olds, news = _of_same_name(olds, news)
        else:
            return
    for one, other in zip(olds, news, strict=True):
        yield one, other
        yield from _side_by_side(one, other)


def _names(codes: list[CodeType]) -> list[str]:
    return [each.co_name for each in codes if not each.co_name.startswith("<")]


def _of_same_name(
    olds: list[CodeType], news: list[CodeType]
) -> tuple[list[CodeType], list[CodeType]]:
    """Pair what has a name; a comprehension of the module’s own ran when it was executed."""
    named = {each.co_name: each for each in news}
    kept = [each for each in olds if each.co_name in named and each.co_name[:1] != "<"]
    return kept, [named[each.co_name] for each in kept]


def _meaning(code: CodeType) -> tuple[object, ...]:
    """Return what a function does, whatever its lines are."""
    held = tuple(
        _meaning(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, held


def _put_class(held: type, old: type, new: type) -> bool:
    applied = _fields_of(old) != _fields_of(new)
    for name in ("__init__", "__eq__", "__repr__", "__hash__"):
        # What dataclass wrote of its fields.
        if applied and name in vars(new):
            setattr(held, name, vars(new)[name])
    for name, value in vars(new).items():
        if name.startswith("__"):
            continue
        if isinstance(value, FunctionType):
            if _differ(getattr(vars(old).get(name), "__defaults__", None), value.__defaults__):
                vars(held)[name].__defaults__ = value.__defaults__
                applied = True
        elif _differ(vars(old).get(name), value):
            setattr(held, name, value)
            applied = True
    return applied


def _fields_of(held: type) -> list[str]:
    """Return what a dataclass says of its fields, without places in memory."""
    return [re.sub(r" at 0x\w+", "", repr(each)) for each in getattr(held, _FIELDS, {}).values()]


def _differ(old: object, new: object) -> bool:
    """Say whether two values read differently; what reads as its place in memory does not."""
    return repr(old) != repr(new) and " at 0x" not in repr(new)

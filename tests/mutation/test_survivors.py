"""What is said of mutants is about modules as they are, and about tests that there are."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dev.paths import ROOT

HERE = Path(__file__).parent
MODULES: dict[str, Any] = tomllib.loads((HERE / "policy.toml").read_text("utf-8"))["modules"]
SURVIVORS: list[dict[str, str]] = tomllib.loads((HERE / "survivors.toml").read_text("utf-8"))[
    "survivors"
]


@pytest.mark.parametrize("said", SURVIVORS, ids=lambda said: f"{said['path']} {said['after']}")
def test_what_is_explained_stands_in_its_module_and_is_explained(said: dict[str, str]) -> None:
    lines = [line.strip() for line in (ROOT / said["path"]).read_text("utf-8").splitlines()]
    assert said["before"] in " ".join(lines)
    assert said["before"] != said["after"]
    assert said["why"].endswith(".")
    assert said["path"] in MODULES


@pytest.mark.parametrize("path", MODULES)
def test_every_module_of_the_policy_has_tests_and_functions_that_there_are(path: str) -> None:
    assert set(MODULES[path].get("only", ())) <= _functions(path)
    for test in MODULES[path]["tests"]:
        file, _, name = test.partition("::")
        assert (ROOT / file).exists(), test
        assert not name or name in _functions(file), test


def _functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}

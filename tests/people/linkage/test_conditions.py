"""Each condition by example, in Python and in DuckDB, with what is not known on either side."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from reachable.people.linkage.conditions import (
    DUCKDB,
    Alike,
    Among,
    AtLeast,
    Condition,
    Crossed,
    Edits,
    Fits,
    Same,
    Shares,
    Within,
    all_of,
    any_of,
)
from reachable.people.linkage.scorer import NAMES

HOLDS: list[tuple[Condition, dict[str, Any], dict[str, Any], bool]] = [
    (Same("a"), {"a": "khan"}, {"a": "khan"}, True),
    (Same("a"), {"a": "khan"}, {"a": "kahn"}, False),
    (Same("a"), {"a": None}, {"a": None}, False),
    (Crossed("a", "b"), {"a": "lan", "b": "pham"}, {"a": "pham", "b": "lan"}, True),
    (Crossed("a", "b"), {"a": "lan", "b": None}, {"a": "x", "b": "lan"}, True),
    (Crossed("a", "b"), {"a": "lan", "b": None}, {"a": None, "b": "x"}, False),
    (Edits("a"), {"a": "brannigan"}, {"a": "branigan"}, True),
    (Edits("a"), {"a": "khan"}, {"a": "kahn"}, True),
    (Edits("a"), {"a": "khan"}, {"a": "khna "}, False),
    (Edits("a"), {"a": ""}, {"a": "x"}, True),
    (Edits("a"), {"a": None}, {"a": "x"}, False),
    (Edits("a", 2), {"a": "2010-05-04"}, {"a": "2010-04-05"}, True),
    (Edits("a", 2), {"a": "2010-05-04"}, {"a": "2011-04-05"}, False),
    (Alike("a", 0.9), {"a": "christina"}, {"a": "christine"}, True),
    (Alike("a", 0.9), {"a": "christina"}, {"a": "tina"}, False),
    (Alike("a", 0.9), {"a": None}, {"a": None}, False),
    (Shares("s"), {"s": ["a", "b"]}, {"s": ["b", "c"]}, True),
    (Shares("s", 2), {"s": ["a", "b"]}, {"s": ["b", "c"]}, False),
    (Shares("s", 2), {"s": ["a", "b"]}, {"s": ["b", "a", "c"]}, True),
    (Shares("s"), {"s": None}, {"s": ["b"]}, False),
    (Among("a", "s"), {"a": "x", "s": ["y"]}, {"a": "z", "s": ["x", "z"]}, True),
    (Among("a", "s"), {"a": "x", "s": ["z"]}, {"a": "z", "s": None}, True),
    (Among("a", "s"), {"a": None, "s": ["z"]}, {"a": "y", "s": ["x"]}, False),
    (AtLeast("n", 2), {"n": 2}, {"n": 3}, True),
    (AtLeast("n", 2), {"n": 1}, {"n": 3}, False),
    (AtLeast("n", 0), {"n": None}, {"n": 3}, False),
    (Within("n", 10), {"n": 734138}, {"n": 734148}, True),
    (Within("n", 10), {"n": 734138}, {"n": 734149}, False),
    (Within("n", 10), {"n": None}, {"n": 734149}, False),
    (Fits("a"), {"a": "k_l_c"}, {"a": "kilic"}, True),
    (Fits("a"), {"a": "k_l_c"}, {"a": "kilici"}, False),
    (Fits("a"), {"a": "k_lic"}, {"a": "kil_c"}, False),
    (Fits("a"), {"a": "k_lic"}, {"a": "k_l_c"}, True),
    (Fits("a"), {"a": None}, {"a": "kilic"}, False),
    (all_of(Same("a"), Same("b")), {"a": "x", "b": None}, {"a": "x", "b": "y"}, False),
    (any_of(Same("a"), Same("b")), {"a": "x", "b": None}, {"a": "x", "b": "y"}, True),
    (any_of(Same("a"), Same("b")), {"a": None, "b": None}, {"a": "x", "b": "y"}, False),
]
KINDS = {"a": "VARCHAR", "b": "VARCHAR", "s": "VARCHAR[]", "n": "INTEGER"}


@pytest.mark.parametrize(("condition", "one", "other", "holds"), HOLDS)
@pytest.mark.parametrize("turned", [False, True])
def test_it_holds_or_not_whoever_stands_on_the_left(
    condition: Condition, one: dict[str, Any], other: dict[str, Any], holds: bool, turned: bool
) -> None:
    left, right = (other, one) if turned else (one, other)
    assert _in_python(condition, left, right) is holds
    assert _in_duckdb(condition, left, right) is holds


def _in_python(condition: Condition, left: dict[str, Any], right: dict[str, Any]) -> bool:
    def record(said: dict[str, Any]) -> SimpleNamespace:
        held = {name: said.get(name) for name in KINDS}
        several = held["s"]
        return SimpleNamespace(**held | {"s": None if several is None else frozenset(several)})

    return bool(eval(condition.python(), {**NAMES, "l": record(left), "r": record(right)}))


def _in_duckdb(condition: Condition, left: dict[str, Any], right: dict[str, Any]) -> bool:
    columns = [
        f"CAST(? AS {kind}) AS {name}_{side}" for side in ("l", "r") for name, kind in KINDS.items()
    ]
    values = [said.get(name) for said in (left, right) for name in KINDS]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT CASE WHEN {condition.sql(DUCKDB)} THEN true ELSE false END "
            f"FROM (SELECT {', '.join(columns)})",
            values,
        ).fetchall()
    return bool(rows[0][0])

"""Whose rows somebody is shown, for the database itself: every room says it of its own records.

What holds something of a child and is not said stops the start, so that no record is added that
only a selector keeps from others.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from reachable.access import fields
from reachable.access.policy import policy
from reachable.access.rules import PolicyError

FILE = "rows.toml"
OF_A_CHILD = ("as_named", "as_sent", "words", "oversight")
"""What a field may be beside a compartment, and still be of a child."""
CONDITIONS = ("person", "through", "user", "agency", "compartment", "reads", "may")
COLUMNS = ("person", "through", "user", "agency", "compartment")


@dataclass(frozen=True)
class Rows:
    """Rows of one record are shown where all conditions of one of `shown` hold.

    Nobody is shown any where `shown` is empty: only work sees them. `open` says why a record is
    kept from nobody.
    """

    shown: tuple[Mapping[str, str], ...] = ()
    open: str = ""


def declared(room: AppConfig) -> Mapping[str, Rows]:
    """Return what a room says of its records, or raise naming what it leaves open."""
    path = Path(room.path) / FILE
    data = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    models = {model.__name__: model for model in room.get_models()}
    of_a_child = set(holding_something(fields.declared(room)))
    for name in data.keys() - models.keys():
        raise PolicyError(f"{room.label}/{FILE} names {name}, which is no record of that room.")
    for name in sorted(of_a_child - data.keys()):
        raise PolicyError(f"{room.label}/{FILE} says nothing of {name}.")
    return {
        name: _rows(f"{room.label}/{FILE}, {name}", said, models[name])
        for name, said in data.items()
    }


def holding_something(declared: fields.Fields) -> Iterable[str]:
    """Yield the records that have a field of a child."""
    kinds = {*policy().compartments, *OF_A_CHILD}
    return (name for name, held in declared.items() if kinds.intersection(held.values()))


def _rows(where: str, said: Mapping[str, Any], model: Any) -> Rows:
    if said.keys() not in ({"shown"}, {"open"}):
        raise PolicyError(f"{where} has to say either to whom it is shown, or why it is open.")
    if "open" in said:
        return Rows(open=said["open"])
    known = {field.name for field in model._meta.concrete_fields}
    for alternative in said["shown"]:
        for condition, value in alternative.items():
            _check(where, condition, value, known)
    return Rows(shown=tuple(said["shown"]))


def _check(where: str, condition: str, value: str, known: set[str]) -> None:
    if condition not in CONDITIONS:
        raise PolicyError(f"{where}: {condition} is no condition.")
    if condition in COLUMNS and value not in known:
        raise PolicyError(f"{where} names {value}, which it does not have.")
    if condition == "reads" and value not in policy().compartments:
        raise PolicyError(f"{where}: {value} is no compartment.")
    if condition == "may" and value not in policy().capabilities:
        raise PolicyError(f"{where}: nobody can {value}.")

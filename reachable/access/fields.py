"""In which compartment each field is: every room says it of its own records, in a file beside them.

What is not said stops the start, so that no field is added without somebody deciding who reads it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from reachable.access.policy import policy
from reachable.access.rules import PolicyError

FILE = "fields.toml"
BESIDE = {
    "as_named": "in the compartment that the row itself names",
    "as_sent": "all that a row said, for the agency that sent it and nobody else",
    "words": "a child’s own words, or what may hold them, for those whom the child was told about",
    "oversight": "why somebody opened, closed or asked about a record: for those who may see the "
    "record, and for information governance",
    "directory": "services, areas and words for everybody: nothing of any child",
    "workers": "about people who work here, their agencies and their teams",
    "works": "identifiers, times and counts by which the product works: nothing of a child alone",
}
"""What a field may be instead of standing in one compartment."""

Fields = Mapping[str, Mapping[str, str]]
"""Record → field → compartment, or one of `BESIDE`."""


def declared(room: AppConfig) -> Fields:
    """Return what a room says of its records, or raise naming what it leaves open."""
    path = Path(room.path) / FILE
    if not path.exists():
        data: dict[str, Any] = {}
    else:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    models = {model.__name__: model for model in room.get_models()}
    for name in data.keys() - models.keys():
        raise PolicyError(f"{room.label}/{FILE} names {name}, which is no record of that room.")
    return {
        name: _fields_of(
            f"{room.label}/{FILE}, {name}",
            data.get(name, {}),
            [field.name for field in model._meta.concrete_fields],
        )
        for name, model in models.items()
    }


def _fields_of(where: str, said: Mapping[str, list[str]], fields: list[str]) -> dict[str, str]:
    known = {*policy().compartments, *BESIDE}
    found: dict[str, str] = {}
    for kind, names in said.items():
        if kind not in known:
            raise PolicyError(f"{where}: {kind} is no compartment, nor anything beside them.")
        for name in names:
            if name in found:
                raise PolicyError(f"{where}: {name} is in {found[name]} and in {kind}.")
            found[name] = kind
    if missing := [name for name in fields if name not in found]:
        raise PolicyError(f"{where} says nothing of {', '.join(missing)}.")
    if unknown := sorted(found.keys() - set(fields)):
        raise PolicyError(f"{where} names {', '.join(unknown)}, which it does not have.")
    return {name: found[name] for name in fields}

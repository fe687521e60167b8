"""Example tables of the clocks: tests run them, and the reference prints them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class ExampleTable:
    """A table of cases; `columns` maps the names in a row to their headings, in order."""

    title: str
    about: str
    columns: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]


def example_table(name: str) -> ExampleTable:
    """Return a table by its name, such as "local_times"; every row fills every column."""
    (path,) = _HERE.glob(f"*_{name}.toml")
    content = tomllib.loads(path.read_text("utf-8"))
    columns = content["columns"]
    for row in content["row"]:
        if row.keys() != columns.keys():
            raise ValueError(f"{path.name}: “{row.get('case')}” does not fill the columns")
    about = content["about"].strip()
    return ExampleTable(content["title"], about, columns, tuple(content["row"]))


def all_examples() -> tuple[ExampleTable, ...]:
    """Return every table in the order of its file's number."""
    names = (path.stem.partition("_")[2] for path in sorted(_HERE.glob("*.toml")))
    return tuple(example_table(name) for name in names)

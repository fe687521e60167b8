"""Example tables: rules written as rows that tests run and the reference prints."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ExampleTable:
    """A table of examples; `columns` maps the names in a row to their headings, in order."""

    title: str
    about: str
    columns: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]


def read_table(path: Path) -> ExampleTable:
    """Return the table of a file; every row fills every column."""
    content = tomllib.loads(path.read_text("utf-8"))
    columns = content["columns"]
    for row in content["row"]:
        if row.keys() != columns.keys():
            raise ValueError(f"{path.name}: “{row.get('case')}” does not fill the columns")
    about = content["about"].strip()
    return ExampleTable(content["title"], about, columns, tuple(content["row"]))


def table_named(folder: Path, name: str) -> ExampleTable:
    """Return a table of a folder by its name, such as "local_times"."""
    (path,) = folder.glob(f"*_{name}.toml")
    return read_table(path)


def tables_in(folder: Path) -> tuple[ExampleTable, ...]:
    """Return every table of a folder in the order of its file's number."""
    return tuple(read_table(path) for path in sorted(folder.glob("*.toml")))


def cell(column: str, value: object) -> str:
    """Say a value of a table in a word or two."""
    del column
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value).replace("working_days", "working days") or "not known"


def in_markdown(table: ExampleTable, say: Callable[[str, object], str] = cell) -> Iterator[str]:
    """Yield the lines of a table with its title and what it is about.

    `say` puts a value of a column into words.
    """
    yield from (f"## {table.title}", "", table.about, "")
    yield "| " + " | ".join(table.columns.values()) + " |"
    yield "|" + " --- |" * len(table.columns)
    for row in table.rows:
        yield "| " + " | ".join(say(name, row[name]) for name in table.columns) + " |"
    yield ""

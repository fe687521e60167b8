"""Example tables of who sees a child: tests run them, and the reference prints them."""

from __future__ import annotations

from pathlib import Path

from reachable.practice.tables import ExampleTable, table_named, tables_in

_HERE = Path(__file__).parent


def example_table(name: str) -> ExampleTable:
    """Return a table by its name, such as "seeing"."""
    return table_named(_HERE, name)


def all_examples() -> tuple[ExampleTable, ...]:
    """Return every table in the order of its file's number."""
    return tables_in(_HERE)

"""Example tables of the clocks: tests run them, and the reference prints them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from reachable.practice.clocks import Dates, TermCalendar
from reachable.practice.tables import ExampleTable, table_named, tables_in

_HERE = Path(__file__).parent


def example_table(name: str) -> ExampleTable:
    """Return a table by its name, such as "local_times"."""
    return table_named(_HERE, name)


def all_examples() -> tuple[ExampleTable, ...]:
    """Return every table in the order of its file's number."""
    return tables_in(_HERE)


@cache
def example_terms() -> TermCalendar:
    """Return the school terms that the table of school days counts by."""
    (path,) = _HERE.glob("*_school_days.toml")
    said = tomllib.loads(path.read_text("utf-8"))
    terms, closed = (
        tuple(Dates(each["first"], each["last"]) for each in said[name])
        for name in ("terms", "closed")
    )
    return TermCalendar(terms, closed)

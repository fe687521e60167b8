"""Example tables of identification: tests run them, and the reference prints them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from reachable.people.linkage.standard import Said
from reachable.practice.tables import ExampleTable, table_named, tables_in

_HERE = Path(__file__).parent


def example_table(name: str) -> ExampleTable:
    """Return a table by its name, such as "one_known"."""
    return table_named(_HERE, name)


def all_examples() -> tuple[ExampleTable, ...]:
    """Return every table in the order of its file's number."""
    return tables_in(_HERE)


def said(row: Mapping[str, Any]) -> Said:
    """Return what a table says of somebody, as the model takes it."""
    return Said(
        given=row.get("given", ""),
        family=row.get("family", ""),
        birth_date=date.fromisoformat(row["born"]) if "born" in row else None,
        sex=row.get("sex", ""),
        postcode=row.get("postcode", ""),
        nhs_number=row.get("nhs_number", ""),
        upn=row.get("upn", ""),
        other_postcodes=(row["earlier_postcode"],) if "earlier_postcode" in row else (),
    )

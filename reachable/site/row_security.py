"""Row-level security on PostgreSQL: a second line behind a selector that forgets to ask.

The owner installs it beside the rights of the application's role. The database finds out by itself
what somebody may see: from who acts (`reachable.foundation.acting`), from its own tables, and from
the policy file and the rows that rooms declare, which are written into its functions and policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from psycopg import sql

from reachable.access.policy import policy
from reachable.access.registries import rows
from reachable.access.rows import Rows
from reachable.foundation.actor import WORKS_WITH
from reachable.foundation.db import json_text
from reachable.foundation.postgresql.base import ACTOR, ON, SEEN, WORK

FILE = Path(__file__).with_suffix(".sql")
FUNCTIONS = (
    "reachable_actor()",
    "reachable_agency()",
    "reachable_holds(text[])",
    "reachable_reads()",
    "reachable_people_now()",
    "reachable_sees()",
)
REPLACED = ("reachable_compartments()", "reachable_people()")
"""Functions of earlier versions: they go once no policy asks them any more."""
WORKS = sql.SQL("(SELECT current_setting({}, true) = {})").format(
    sql.Literal(WORK), sql.Literal(ON)
)
OF_WHO_ACTS = {
    "person": "(SELECT {schema}.reachable_sees()) ? {column}::text",
    "compartment": "{column} = ANY ((SELECT {schema}.reachable_reads())::text[])",
    "user": "{column} = (SELECT {schema}.reachable_actor())",
    "agency": "{column} = (SELECT {schema}.reachable_agency())",
}
"""Each is asked once a question and not once a row: nothing in it depends on the row."""


def protected() -> dict[str, tuple[type[models.Model], Rows]]:
    """Return table → its model and what its room says, for all that is not open."""
    return {
        model._meta.db_table: (model, said)
        for listed in rows.listed()
        for name, said in listed.item.items()
        if not said.open
        for model in [apps.get_model(listed.key, name)]
    }


def functions(schema: str) -> sql.Composable:
    """Return what makes the functions, with what the policy file says now in them."""
    reading = [
        {"role": role, "compartment": compartment}
        for compartment in policy().compartments
        for role in _reads(compartment)
    ]
    return sql.SQL(FILE.read_text(encoding="utf-8")).format(
        schema=sql.Identifier(schema),
        actor=sql.Literal(ACTOR),
        seen=sql.Literal(SEEN),
        reading=sql.Literal(json_text(reading)),
        opening=_array(_may("people.read")),
        naming=_array(_reads("identity")),
    )


def policies(
    schema: str, role: str, model: type[models.Model], said: Rows
) -> Iterable[sql.Composable]:
    """Yield what makes the policies of a table.

    What is shown may not be changed by that alone: who tries is told so, in place of changing no
    row.
    """
    shown = [WORKS, *(_all_of(schema, model, conditions) for conditions in said.shown)]
    for statement in (
        "CREATE POLICY shown ON {table} FOR SELECT TO {role} USING ({shown})",
        "CREATE POLICY added ON {table} FOR INSERT TO {role} WITH CHECK ({works})",
        "CREATE POLICY changed ON {table} FOR UPDATE TO {role} USING (true) WITH CHECK ({works})",
        "CREATE POLICY removed ON {table} FOR DELETE TO {role} USING ({works})",
    ):
        yield sql.SQL(statement).format(
            table=sql.Identifier(schema, model._meta.db_table),
            role=sql.Identifier(role),
            shown=sql.SQL(" OR ").join(shown),
            works=WORKS,
        )


def _all_of(
    schema: str, model: type[models.Model], conditions: Mapping[str, str]
) -> sql.Composable:
    said = [_condition(schema, model, name, value) for name, value in conditions.items()]
    return sql.SQL("({})").format(sql.SQL(" AND ").join(said))


def _condition(schema: str, model: type[models.Model], name: str, value: str) -> sql.Composable:
    if name in ("may", "reads"):
        holding = _may(value) if name == "may" else _reads(value)
        return sql.SQL("(SELECT {}.reachable_holds({}))").format(
            sql.Identifier(schema), _array(holding)
        )
    field: Any = model._meta.get_field(value)
    column = sql.Identifier(model._meta.db_table, field.column)
    if name == "through":
        # What it hangs on is under row-level security too, and so decides.
        return sql.SQL("EXISTS (SELECT FROM {} parent WHERE parent.id = {})").format(
            sql.Identifier(schema, field.remote_field.model._meta.db_table), column
        )
    return sql.SQL(OF_WHO_ACTS[name]).format(schema=sql.Identifier(schema), column=column)


def _may(capability: str) -> list[str]:
    return [role.key for role in policy().roles.values() if capability in role.may]


def _reads(compartment: str) -> list[str]:
    roles = policy().roles.values()
    return [role.key for role in roles if role.reads[compartment] in WORKS_WITH]


def _array(values: Iterable[str]) -> sql.Composable:
    return sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(map(sql.Literal, values)))

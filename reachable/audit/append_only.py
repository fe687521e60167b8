"""Triggers that refuse to change or remove what is only ever added."""

from __future__ import annotations

from typing import Any

APPEND_ONLY = frozenset({"audit_entry", "audit_seal"})
"""Tables with these triggers: the application's role is not even allowed to try."""


def refuse_changes(*tables: str) -> tuple[Any, Any]:
    """Return (forwards, backwards) for a migration that makes `tables` append-only."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        if postgres:
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger AS $$ BEGIN "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql",
                params=None,
            )
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                name = f"{table}_no_{verb.lower()}"
                body = (
                    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
                    if postgres
                    else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
                schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}")

    def backwards(apps: Any, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        for table in tables:
            for verb in ("update", "delete"):
                on = f" ON {table}" if postgres else ""
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")

    return forwards, backwards


def refuse_replacing(**unique: tuple[str, ...]) -> tuple[Any, Any]:
    """Return (forwards, backwards) for a migration against the ways around those triggers.

    `unique` names the unique columns of each table.
    SQLite's `INSERT OR REPLACE` removes the row in its way without asking the trigger against
    deleting; PostgreSQL's `TRUNCATE` is no deletion of rows.
    """

    def forwards(apps: Any, schema_editor: Any) -> None:
        for table, columns in unique.items():
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
                )
                continue
            same = " OR ".join(f"{column} = NEW.{column}" for column in columns)
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )

    def backwards(apps: Any, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        for table in unique:
            name = f"{table}_no_truncate ON {table}" if postgres else f"{table}_no_replace"
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    return forwards, backwards

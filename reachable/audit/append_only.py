"""Triggers that refuse to change or remove what is only ever added."""

from __future__ import annotations

from typing import Any


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

"""Which rights the application's role has on PostgreSQL: the owner gives them, after each migrate.

The owner changes the shape of tables. The application reads and writes rows; of what is only ever
added to, it may neither change nor remove any. Of what is kept of a child, the database shows the
rows of whoever acts, and no others (`row_security`).
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from psycopg import sql

from reachable.audit.append_only import APPEND_ONLY
from reachable.foundation.db import is_postgres
from reachable.foundation.errors import BadInput
from reachable.site import row_security

# What only a migration writes.
READ_ONLY = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
    }
)
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def rights_on(table: str) -> str:
    """Return what the application may do with the rows of a table."""
    if table in READ_ONLY:
        return "SELECT"
    return "SELECT, INSERT" if table in APPEND_ONLY else EVERYTHING


@transaction.atomic
def grant(role: str) -> dict[str, str]:
    """Give `role` what the application needs and take everything else; return table → rights.

    It can be repeated at any time, also while the application runs: it happens all at once.
    """
    if not is_postgres():
        raise BadInput("On SQLite there are no roles: whoever can write the file owns it.")
    _refuse_the_powerful(role)
    tables = _column(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    if not tables:
        raise BadInput("There are no tables yet.", next="Run `reachable migrate` first.")
    for statement in (
        "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM {role}, PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "REVOKE CREATE ON SCHEMA {schema} FROM {role}, PUBLIC",
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    ):
        _run(statement, role)
    for table in tables:
        _run(f"GRANT {rights_on(table)} ON {{schema}}.{{table}} TO {{role}}", role, table)
    _keep_rows(role)
    return {table: rights_on(table) for table in tables}


def _keep_rows(role: str) -> None:
    """Put what holds something of a child under row-level security, all of it anew."""
    (schema,) = _column("SELECT current_schema()")
    _execute(row_security.functions(schema))
    for function in row_security.FUNCTIONS:
        _run(f"REVOKE ALL ON FUNCTION {{schema}}.{function} FROM PUBLIC", role)
        _run(f"GRANT EXECUTE ON FUNCTION {{schema}}.{function} TO {{role}}", role)
    protected = row_security.protected()
    for table in _column(
        "SELECT relname FROM pg_class WHERE relrowsecurity "
        "AND relnamespace = current_schema()::regnamespace"
    ):
        for policy in _column("SELECT polname FROM pg_policy WHERE polrelid = %s::regclass", table):
            _run("DROP POLICY {policy} ON {schema}.{table}", role, table, policy)
        if table not in protected:
            _run("ALTER TABLE {schema}.{table} DISABLE ROW LEVEL SECURITY", role, table)
    for table, (model, said) in protected.items():
        _run("ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY", role, table)
        for made in row_security.policies(schema, role, model, said):
            _execute(made)
    for function in row_security.REPLACED:
        _run(f"DROP FUNCTION IF EXISTS {{schema}}.{function}", role)


def _refuse_the_powerful(role: str) -> None:
    """A role that owns the tables, or is above all rights, can take back whatever is taken."""
    known = _column("SELECT rolname FROM pg_roles WHERE rolname = %s", role)
    if not known:
        raise BadInput(
            f"There is no role “{role}”.", next="Make it first, as the administrator of the server."
        )
    above = _column(
        "SELECT rolname FROM pg_roles "
        "WHERE (rolsuper OR rolbypassrls OR rolcreaterole) AND pg_has_role(%s, oid, 'MEMBER')",
        role,
    )
    owning = _column(
        "SELECT DISTINCT tableowner FROM pg_tables "
        "WHERE schemaname = current_schema() AND pg_has_role(%s, tableowner, 'MEMBER')",
        role,
    )
    if above or owning:
        what = "stands above all rights" if above else "owns the tables"
        raise BadInput(
            f"The role “{role}” {what}, so nothing could be kept from it.",
            kept="Nothing was changed.",
            next="Let the application use a role of its own.",
        )


def _column(statement: str, *parameters: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [value for (value,) in cursor.fetchall()]


def _run(statement: str, role: str, table: str = "-", policy: str = "-") -> None:
    """Put names into a statement as names: they can be no parameters."""
    database, schema = _column("SELECT unnest(ARRAY[current_database(), current_schema()])")
    composed = sql.SQL(statement).format(
        role=sql.Identifier(role),
        database=sql.Identifier(database),
        schema=sql.Identifier(schema),
        table=sql.Identifier(table),
        policy=sql.Identifier(policy),
    )
    _execute(composed)


def _execute(composed: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(composed.as_string(None))

"""An empty, migrated database and a folder of its own for one benchmark."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql


@contextmanager
def own_place() -> Iterator[str]:
    """Set Django up on a new database; give its kind, and remove everything after the block.

    PostgreSQL when DATABASE_URL names a server (the named database is left alone), else SQLite.
    """
    server = os.environ.get("DATABASE_URL", "")
    name = f"reachable_bench_{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory(prefix="reachable-bench-") as folder:
        on_postgres = server.startswith("postgres")
        url = f"sqlite://{Path(folder) / name}.db"
        if on_postgres:
            url = f"{server.rpartition('/')[0]}/{name}"
            _on_server(server, "CREATE DATABASE {}", name)
        os.environ.update(
            DATABASE_URL=url, REACHABLE_VAR=folder, DJANGO_SETTINGS_MODULE="reachable.site.settings"
        )
        try:
            yield from _ready("PostgreSQL" if on_postgres else "SQLite")
        finally:
            if on_postgres:
                _on_server(server, "DROP DATABASE {} WITH (FORCE)", name)


def _ready(kind: str) -> Iterator[str]:
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield kind
    finally:
        connections.close_all()


def _on_server(server: str, statement: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

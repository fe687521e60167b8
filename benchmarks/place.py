"""An empty, migrated database and a folder of its own for one benchmark."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo


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
                _on_server(server, "DROP DATABASE {}", name)


@contextmanager
def copy_of_database() -> Iterator[str]:
    """Copy the database as it is now; give the name of the copy, and remove it after the block."""
    from django.db import connection

    own = str(connection.settings_dict["NAME"])
    copy = own.removesuffix(".db") + "_copy"
    connection.close()
    if connection.vendor == "sqlite":
        copy += ".db"
        with closing(sqlite3.connect(own)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)
        yield copy
        return
    server = _maintenance(connection.settings_dict)
    _on_server(server, "CREATE DATABASE {} TEMPLATE {}", copy, own)
    try:
        yield copy
    finally:
        _on_server(server, "DROP DATABASE {}", copy)


@contextmanager
def using(name: str) -> Iterator[None]:
    """Let the ORM work on another database inside the block."""
    from django.db import connection

    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def _maintenance(settings: Mapping[str, Any]) -> str:
    return make_conninfo(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname="postgres",
    )


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


def _on_server(server: str, statement: str, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

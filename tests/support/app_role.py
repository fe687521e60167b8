"""The application's role on PostgreSQL: rows are kept from it, as in a partnership."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from reachable.foundation.postgresql.base import DatabaseWrapper
from reachable.site.granting import grant
from tests import environment
from tests.support import databases
from tests.support.databases import Database

ROLE = f"{environment.database_name('app')}_{environment.WORKER}"
WHERE_THERE_ARE_ROLES = [
    pytest.mark.db,
    pytest.mark.under_the_role,
    pytest.mark.skipif(
        not environment.on_postgres(), reason="SQLite has neither roles nor row-level security"
    ),
]


@contextmanager
def made_role() -> Iterator[str]:
    """Make a role of this process's own, which needs one with CREATEROLE; give its password.

    Databases in which it was given anything have to be gone when this ends.
    """
    password = secrets.token_urlsafe(16)
    with psycopg.connect(os.environ["REACHABLE_TEST_SERVER"], autocommit=True) as server:
        name = sql.Identifier(ROLE)
        server.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))
        )
    try:
        yield password
    finally:
        with psycopg.connect(os.environ["REACHABLE_TEST_SERVER"], autocommit=True) as server:
            server.execute(sql.SQL("DROP ROLE {}").format(name))


@contextmanager
def signed_in_as(user: str, password: str) -> Iterator[None]:
    """Let everything in this process reach the database as another role."""
    held = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=user, PASSWORD=password)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(held)


@contextmanager
def works_by_itself() -> Iterator[None]:
    """Let this process work, as a command does: only requests are asked by anybody."""
    DatabaseWrapper.works_by_itself = True
    connection.close()
    try:
        yield
    finally:
        connection.close()
        DatabaseWrapper.works_by_itself = False


@contextmanager
def under_the_role() -> Iterator[Database]:
    """A clone of its own that this process reaches under the application's role.

    Requests in a test's transaction are shown rows as they are outside of one.
    """
    with made_role() as password, databases.fresh() as database, database.connected():
        grant(ROLE)
        with signed_in_as(ROLE, password), works_by_itself(), savepoints_work():
            yield database


@contextmanager
def savepoints_work() -> Iterator[None]:
    """Within a request, let a savepoint be work as a transaction is, and show again at its end."""
    held: Any = connection
    told = held._connections[held._alias]
    save, commit, undo = told._savepoint, told._savepoint_commit, told._savepoint_rollback
    at_work: list[str] = []

    def begun(sid: str) -> None:
        save(sid)
        if told.filtered and told.asked and not told.working:
            told._work("on")
            told.working = True
            at_work.append(sid)

    def over(end: Callable[[str], None], sid: str) -> None:
        end(sid)
        if sid in at_work:
            at_work.remove(sid)
            told._say()

    hooks = {
        "_savepoint": begun,
        "_savepoint_commit": partial(over, commit),
        "_savepoint_rollback": partial(over, undo),
    }
    vars(told).update(hooks)
    try:
        yield
    finally:
        for name in hooks:
            del vars(told)[name]

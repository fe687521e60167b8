"""The application's role on PostgreSQL: rows are kept from it, as in a partnership."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from reachable.foundation.postgresql.base import DatabaseWrapper
from reachable.site.granting import grant
from tests import environment
from tests.support import databases
from tests.support.databases import Database

ROLE = f"{environment.database_name('app')}_{environment.WORKER}"


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
def under_the_role(*, works: bool = True) -> Iterator[Database]:
    """A clone of its own that this process reaches under the application's role."""
    with made_role() as password, databases.fresh() as database, database.connected():
        grant(ROLE)
        with signed_in_as(ROLE, password):
            if not works:
                yield database
                return
            with works_by_itself():
                yield database


@contextmanager
def as_outside_of_a_transaction() -> Iterator[None]:
    """Let a request in a test's transaction be as one outside: what begins in it is a savepoint,
    which then works as a transaction does, and shows again when it ends."""
    told: Any = connection
    told = told._connections[told._alias]
    if not isinstance(told, DatabaseWrapper) or not told.filtered:
        yield
        return
    save, commit = told._savepoint, told._savepoint_commit
    working: list[str] = []

    def begin(sid: str) -> None:
        save(sid)
        if not told.working and not told._always_works:
            told._work("on")
            told.working = True
            working.append(sid)

    def end(sid: str) -> None:
        commit(sid)
        show(sid)

    def show(sid: str) -> None:
        if sid in working:
            working.remove(sid)
            told.working = False
            told._work("")

    rollback = told._savepoint_rollback

    def undo(sid: str) -> None:
        rollback(sid)
        show(sid)

    vars(told).update(_savepoint=begin, _savepoint_commit=end, _savepoint_rollback=undo)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for name in ("_savepoint", "_savepoint_commit", "_savepoint_rollback"):
            del vars(told)[name]

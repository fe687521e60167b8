"""One migrated template per run; every process and every killed server gets a clone of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from reachable.site.database import database_from
from tests import environment

TEMPLATE = "template"
_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of its own with a folder of its own, for processes started by a test."""

    label: str
    folder: Path

    @property
    def url(self) -> str:
        return environment.database_url(self.label)

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a `reachable` process that works on this database."""
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "REACHABLE_VAR": str(self.folder),
            "REACHABLE_CLOCK_FILE": str(self.folder / "clock"),
        }

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Let the ORM of this process, in all its threads, use this database inside the block."""
        if connection.in_atomic_block:
            raise RuntimeError("A test takes a clone or django_db, not both")
        own = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = database_from(self.url, Path())["NAME"]
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own


def make_own() -> None:
    """Make the database of this process, cloned from the run's template."""
    with _one_at_a_time():
        _make_template()
        _clone(environment.WORKER)


@contextmanager
def fresh(of: Database | None = None) -> Iterator[Database]:
    """A clone that nobody else uses, removed after the block: of the template, or of another
    database, to which nothing may be connected then."""
    label = f"{environment.WORKER}_{next(_numbers)}"
    folder = environment.run_folder() / label
    folder.mkdir()
    with _one_at_a_time():
        _make_template()
        if of is not None and not environment.on_postgres():
            _fold_journal(_file(of.label))
        _clone(label, of.label if of else TEMPLATE)
    try:
        yield Database(label, folder)
    finally:
        _remove(label)
        shutil.rmtree(folder, ignore_errors=True)


def remove_own() -> None:
    """Remove the database of this process."""
    connection.close()
    _remove(environment.WORKER)


def remove_template() -> None:
    if (environment.run_folder() / "template.made").exists():
        _remove(TEMPLATE)


def _make_template() -> None:
    """Migrate an empty database, once in a run, through the migrations that everybody gets."""
    made = environment.run_folder() / "template.made"
    if made.exists():
        return
    if environment.on_postgres():
        _on_server("CREATE DATABASE {name}", TEMPLATE)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": environment.database_url(TEMPLATE)},
        check=True,
    )
    if not environment.on_postgres():
        _fold_journal(_file(TEMPLATE))
    made.touch()


def _fold_journal(path: Path) -> None:
    """Bring everything into the one file, so that copying it copies the database."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _clone(label: str, template: str = TEMPLATE) -> None:
    if environment.on_postgres():
        _on_server("CREATE DATABASE {name} TEMPLATE {template}", label, template)
    else:
        shutil.copyfile(_file(template), _file(label))


def _remove(label: str) -> None:
    if environment.on_postgres():
        try:
            _on_server("DROP DATABASE IF EXISTS {name} WITH (FORCE)", label)
        except psycopg.errors.InsufficientPrivilege:
            # The server itself was at work in there, and makes way only where nothing is forced.
            _on_server("DROP DATABASE IF EXISTS {name}", label)
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_file(label)}{suffix}").unlink(missing_ok=True)


def _file(label: str) -> Path:
    return environment.run_folder() / f"{environment.database_name(label)}.db"


def _on_server(statement: str, label: str, template: str = TEMPLATE) -> None:
    """Run it from the database that DATABASE_URL named, which is only ever used for this."""
    with psycopg.connect(os.environ["REACHABLE_TEST_SERVER"], autocommit=True) as server:
        server.execute(
            sql.SQL(statement).format(
                name=sql.Identifier(environment.database_name(label)),
                template=sql.Identifier(environment.database_name(template)),
            )
        )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with open(environment.run_folder() / "databases.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

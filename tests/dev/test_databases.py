"""The ground that other tests stand on."""

from __future__ import annotations

import subprocess
import sys
from threading import Thread

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.support.databases import Database

COUNT = (
    "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['NAME'])"
)


def _applied() -> int:
    return MigrationRecorder.Migration.objects.count()


def _mark(name: str) -> None:
    MigrationRecorder.Migration.objects.create(app="tests", name=name)


@pytest.mark.db
def test_the_database_of_a_test_is_migrated() -> None:
    assert _applied() > 10


@pytest.mark.db
def test_a_clone_keeps_what_is_committed_from_the_other_databases(own_database: Database) -> None:
    before = _applied()
    _mark("in a clone")
    connection.close()
    assert _applied() == before + 1


@pytest.mark.db
def test_no_test_sees_what_another_committed_in_its_clone(own_database: Database) -> None:
    assert not MigrationRecorder.Migration.objects.filter(app="tests").exists()


@pytest.mark.db
def test_threads_see_the_clone_too(own_database: Database) -> None:
    _mark("by the test")
    seen: list[bool] = []

    def look() -> None:
        seen.append(MigrationRecorder.Migration.objects.filter(name="by the test").exists())
        connection.close()

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [True]


@pytest.mark.db
def test_a_process_started_by_a_test_works_on_the_clone(own_database: Database) -> None:
    name = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {COUNT}"],
        env=own_database.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert name == connection.settings_dict["NAME"]

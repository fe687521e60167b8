"""Fixtures that every room's tests share. Databases, servers and pages are in tests/support."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from playwright.sync_api import BrowserContext, Page
from pytest_django import DjangoDbBlocker

from dev import browser as chromium
from tests import environment
from tests.support import databases, pages, servers
from tests.support.app_role import under_the_role
from tests.support.databases import Database
from tests.support.servers import Server
from tests.support.world import World, make_world

JOURNEYS = Path(__file__).parent / "journeys"
LONGEST = ("test_killed.py", "synthetic", "journeys", "access", "intake")
"""Begun in this order, before all others: none runs on while a core has nothing to do."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make `db` enough to reach the database, and refuse what would empty it."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: transaction=True empties every table after the test, audit "
                "included. Take the fixture own_database: a clone where commits are real."
            )
        clones = {"own_database", "server", "undone"}.intersection(
            getattr(item, "fixturenames", ())
        )
        if item.get_closest_marker("db") and not marker and not clones:
            item.add_marker(pytest.mark.django_db)
        if JOURNEYS in item.path.parents:
            item.add_marker(pytest.mark.browser)


class LongestFirst:
    """Orders what other plugins have ordered."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=_when)


def _when(item: pytest.Item) -> int:
    return next(
        (turn for turn, part in enumerate(LONGEST) if part in item.path.parts), len(LONGEST)
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LongestFirst())


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that started the others ends last and takes the template with it."""
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        databases.remove_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Clone this process's database from the migrated template, in place of migrating it."""
    with django_db_blocker.unblock():
        databases.make_own()
    yield
    with django_db_blocker.unblock():
        databases.remove_own()


@pytest.fixture
def cloned_database() -> Iterator[Database]:
    """A migrated database for the processes that a test starts, kills and starts again."""
    with databases.fresh() as database:
        yield database


@pytest.fixture
def own_database(
    cloned_database: Database, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """A clone that the ORM of the test uses too: commits are real, other processes see them."""
    with django_db_blocker.unblock(), cloned_database.connected():
        yield cloned_database


@pytest.fixture(scope="module")
def server(django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """A server and a worker for the tests of one module; the ORM of the tests sees its data."""
    with (
        django_db_blocker.unblock(),
        databases.fresh() as database,
        database.connected(),
        servers.running(database) as server,
    ):
        yield server


@pytest.fixture(scope="module")
def kept(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A transaction for all tests of a module: each finds what a fixture wrote first."""
    kept_from_us = environment.on_postgres() and request.node.get_closest_marker("under_the_role")
    role = under_the_role() if kept_from_us else nullcontext()
    with django_db_blocker.unblock(), role, transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def undone(kept: None) -> Iterator[None]:
    """Undo what one test writes, as `db` does, but within what the module keeps."""
    with transaction.atomic():
        yield
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """What pytest-playwright starts the browser with."""
    return chromium.launch_options()


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> pages.OpenPage:
    """Open a browser of one person's own: open_page("phone") or open_page("desktop")."""
    sizes = {"phone": pages.PHONE, "desktop": pages.DESKTOP}

    def opened(size: str) -> Page:
        return new_context(**sizes[size]).new_page()

    return opened


@pytest.fixture
def phone(open_page: pages.OpenPage) -> Page:
    return open_page("phone")


@pytest.fixture
def desktop(open_page: pages.OpenPage) -> Page:
    return open_page("desktop")


@pytest.fixture(scope="session")
def on_postgres() -> bool:
    return environment.on_postgres()


@pytest.fixture
def world(db: None) -> World:
    """A small partnership with a team on duty."""
    return make_world()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of open data and facts beside the project, where it lies there."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the open data that this test compares with is not beside the project")
    return folder

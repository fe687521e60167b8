"""A started server: pages, clock, shell, and a sudden end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.databases import Database
from tests.support.pages import OpenPage, looks_right
from tests.support.servers import Server


@pytest.mark.browser
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_first_page_in_both_sizes(
    server: Server,
    open_page: OpenPage,
    size: str,
) -> None:
    page = open_page(size)
    page.goto(f"{server.url}/sign-in/")
    assert page.get_by_role("heading", level=1).is_visible()
    looks_right(page, f"sign-in-{size}")


def test_the_shell_goes_by_the_clock_of_the_test(cloned_database: Database) -> None:
    server = Server(cloned_database)
    server.set_clock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert server.shell_json("rebuild")["changed"] is not None


def test_a_server_that_was_killed_serves_again(cloned_database: Database) -> None:
    server = Server(cloned_database)
    try:
        server.serve()
        server.kill("serve")
        server.serve()
    finally:
        server.stop_all()

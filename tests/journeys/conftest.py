"""What journeys share: phones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.phone import Phone, Take
from tests.support.servers import Server

expect.set_options(timeout=20_000)  # A shared computer is slow at times, and nothing here is timed.


@pytest.fixture
def take(playwright: Playwright, tmp_path: Path, server: Server) -> Iterator[Take]:
    """Take a new phone out of its box."""
    taken: list[Phone] = []

    def taking(**more: Any) -> Phone:
        taken.append(Phone(playwright, tmp_path / f"phone-{len(taken)}", server, **more))
        return taken[-1]

    yield taking
    for phone in taken:
        phone.close()

"""Who sends files in these tests."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.world import World


@pytest.fixture
def clerk(world: World) -> Client:
    return world.client("clerk")

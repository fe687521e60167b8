"""A model in force for a test, and two agencies of which neither knows what the other sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reachable.people.linkage.deciding import Judge
from tests.support.linkage import put_in_force
from tests.support.world import World


@pytest.fixture
def judge(settings: Any, tmp_path: Path) -> Judge:
    return put_in_force(settings, tmp_path)


@pytest.fixture
def agencies(world: World) -> tuple[Any, Any]:
    return world.actor("steward").own_agency_id, world.actor("clerk").own_agency_id

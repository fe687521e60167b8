"""After any merges, undos, events and acts, what is derived is what a rebuild would make."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments.rebuilding import rebuild_moments
from reachable.people.rebuilding import rebuild_current_people, rebuild_keys
from tests.people.test_merging import _do, hub, steps
from tests.support.people import Partnership, claim, identify_one

pytestmark = pytest.mark.db
BY = system("rebuild")
NAMES = ("Ada", "Ben", "Cai", "Dee", "Eli")
__all__ = ["hub"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_a_rebuild_after_anything_changes_nothing(
    hub: Partnership, todo: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        people = [
            identify_one(claim(hub.police, f"P{n}", given=name)) for n, name in enumerate(NAMES)
        ]
        at = now()
        for number, (what, a, b) in enumerate(todo):
            with travel(at + timedelta(seconds=number), ticking=True):
                _do(hub, people, what, a, b)
        assert rebuild_current_people(by=BY) == 0
        assert rebuild_keys(by=BY) == 0
        assert rebuild_moments(by=BY) == 0
        transaction.set_rollback(True)

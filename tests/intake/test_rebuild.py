"""Events are derived: they are made again from what was received."""

from __future__ import annotations

import pytest

from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.intake.rebuilding import rebuild_events
from tests.support.files import CUSTODY, MISSING, load
from tests.support.killing import AT
from tests.support.world import make_world

pytestmark = pytest.mark.db
BY = system("feed load")


@pytest.fixture
def loaded(db: None) -> None:
    with travel(AT):
        make_world().signal()
        for feed, content in (("police_custody", CUSTODY), ("police_missing", MISSING)):
            load(content, feed=feed)


def test_a_rebuild_of_sound_events_changes_nothing(loaded: None) -> None:
    assert Event.objects.count() > 8
    assert rebuild_events(by=system("rebuild")) == 0


def test_a_rebuild_repairs_what_was_altered_and_brings_back_what_is_gone(loaded: None) -> None:
    before = sorted(Event.objects.values_list("kind", "place", "occurred_at"))
    Event.objects.filter(kind="arrest").update(place="elsewhere")
    Event.objects.filter(kind="returned_from_missing").delete()
    assert rebuild_events(by=system("rebuild")) > 0
    assert sorted(Event.objects.values_list("kind", "place", "occurred_at")) == before

"""Events are derived: they are made again from what was received."""

from __future__ import annotations

import io

import pytest

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.intake import loading, services
from reachable.intake.rebuilding import rebuild_events
from tests.intake.test_killed import CUSTODY, MISSING
from tests.support.killing import AT
from tests.support.world import make_world

pytestmark = pytest.mark.db
BY = system("feed load")


@pytest.fixture
def loaded(db: None) -> None:
    with travel(AT):
        make_world().signal()
        for feed, content in (("police_custody", CUSTODY), ("police_missing", MISSING)):
            received = services.receive(
                by=BY,
                agency_id=agency_id("police"),
                feed=feed,
                file_name="a.csv",
                content=io.BytesIO(content.encode()),
            )
            services.begin_loading(by=BY, delivery_id=received.delivery_id)
            loading.load(by=BY, delivery_id=received.delivery_id)


def test_a_rebuild_of_sound_events_changes_nothing(loaded: None) -> None:
    assert Event.objects.count() > 8
    assert rebuild_events(by=system("rebuild")) == 0


def test_a_rebuild_repairs_what_was_altered_and_brings_back_what_is_gone(loaded: None) -> None:
    before = sorted(Event.objects.values_list("kind", "place", "occurred_at"))
    Event.objects.filter(kind="arrest").update(place="elsewhere")
    Event.objects.filter(kind="returned_from_missing").delete()
    assert rebuild_events(by=system("rebuild")) > 0
    assert sorted(Event.objects.values_list("kind", "place", "occurred_at")) == before

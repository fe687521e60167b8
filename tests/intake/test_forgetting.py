"""What led nowhere is removed when its time is over, and only how many there were is kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.db import exclusive
from reachable.foundation.time import now, travel
from reachable.intake import services
from reachable.intake.models import Forgotten, Signal
from reachable.people.models import Record
from tests.support.databases import Database
from tests.support.files import CUSTODY, load
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

BY = system("forget")
AT = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
LATER = timedelta(days=200)
WAITS = 0.4


def arrive() -> None:
    """Load a file on its own evening, so that some of its rows open moments."""
    with travel(AT):
        load(CUSTODY)


def forget_later() -> int:
    try:
        with travel(now() + LATER):
            return services.forget(by=BY)
    finally:
        connection.close()


def test_promise_06_what_led_nowhere_is_removed_and_counted(world: World) -> None:
    arrive()
    nowhere = Signal.objects.filter(record=None).count()
    kept = Signal.objects.exclude(record=None).count()
    assert nowhere
    assert kept
    with travel(now() + LATER):
        assert [services.forget(by=BY), services.forget(by=BY)] == [nowhere, 0]
    assert Signal.objects.count() == kept
    assert sum(Forgotten.objects.values_list("count", flat=True)) == nowhere
    assert Entry.objects.get(action="intake.forgotten").details == {"count": nowhere}


def test_promise_31_a_signal_whose_child_is_found_meanwhile_is_not_removed(
    own_database: Database,
) -> None:
    """While somebody identifies, nothing is forgotten: of whom it is may be about to be known."""
    make_world()
    arrive()
    child = Record.objects.all()[0]
    first = Signal.objects.filter(record=None).order_by("id")[0]
    others = Signal.objects.filter(record=None).count() - 1
    began = threading.Event()

    def forget() -> int:
        began.set()
        return forget_later()

    with ThreadPoolExecutor(max_workers=1) as other:
        with transaction.atomic():
            exclusive("people.identify")
            Signal.objects.filter(id=first.id).update(record=child, forget_on=None)
            removed = other.submit(forget)
            began.wait()
            threading.Event().wait(WAITS)
        assert removed.result() == others
    assert Signal.objects.filter(id=first.id).exists()
    assert sum(Forgotten.objects.values_list("count", flat=True)) == others

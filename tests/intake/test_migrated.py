"""What stood before a migration stands after it, and goes on as it would have."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from reachable.access.selectors import agency_id
from reachable.foundation.time import travel
from reachable.intake import loading, services, together_jobs
from reachable.intake.models import Delivery, HeldKey, QuarantinedRow, Signal
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from tests.intake.test_held import CHANGE_HEADINGS, SOMEBODY_ELSE
from tests.support.databases import Database
from tests.support.files import BY, CORRECTED, CUSTODY, MISSING, load, receive
from tests.support.killing import AT
from tests.support.tables import packed, sample
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

BEFORE = "0007_news_at"
LATER = (
    *("0008_held_keys_and_sets", "0009_bulk_correction", "0010_expectation", "0011_doors"),
    "0012_mappings",
)
TABLES = ("intake_delivery", "intake_signal", "intake_signalversion", "intake_quarantinedrow")
UNORDERED = CUSTODY.splitlines()[0] + (
    "\nCU/30,Arrest,10/23/2026,10:00,Fenmarch,Sample,Ada,03/03/2011,FX1 1AJ,P30\n"
)
"""Its month comes before its day."""


def migrate(to: str) -> None:
    call_command("migrate", "intake", to, verbosity=0)


def columns() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        return {
            table: [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            ]
            for table in TABLES
        }


def rows(of: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for table, names in of.items():
            cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


def before_the_migrations() -> tuple[World, Delivery]:
    """Leave what an earlier release left: a file loaded and one begun, rows that wait and rest."""
    with travel(AT):
        world = make_world()
        load(CUSTODY)
        load(CHANGE_HEADINGS + SOMEBODY_ELSE, feed="school_change", agency=agency_id("school"))
        unordered = load(UNORDERED)
    with travel(AT + timedelta(minutes=5)):
        receive(CORRECTED, by=world.actor("clerk"))
    migrate(BEFORE)
    return world, unordered


def test_promise_35_rows_from_before_each_migration_survive_it_and_go_on(
    own_database: Database,
) -> None:
    world, unordered = before_the_migrations()
    stood = columns()
    assert "part_of_id" not in stood["intake_delivery"]
    expected = rows(stood)
    assert all(expected.values())
    for migration in LATER:
        migrate(migration)
        assert rows(stood) == expected, migration
    with travel(AT + timedelta(hours=1)):
        a_load_that_was_begun_goes_on_and_counts_once(world)
        one_answer_settles_what_waited(world, unordered)
        a_held_row_is_found_when_its_child_becomes_known()
        a_set_of_tables_comes_in()


def a_load_that_was_begun_goes_on_and_counts_once(world: World) -> None:
    begun = Delivery.objects.get(state="loading")
    assert (begun.door, begun.whole) == ("page", False)
    assert (begun.read_as_id, begun.part_of_id) == (None, None)
    waited = QuarantinedRow.objects.get(source_key="CU/4")
    done = loading.load(by=BY, delivery_id=begun.id)
    # CU/2 comes in both its forms again, as in the file before.
    assert (done.state, done.accepted, done.duplicates) == ("loaded", 4, 5)
    assert QuarantinedRow.objects.get(id=waited.id).state == "superseded"
    assert Delivery.objects.get(digest=done.digest).id == begun.id
    assert set(Delivery.objects.exclude(id=begun.id).values_list("door", flat=True)) == {"shell"}


def one_answer_settles_what_waited(world: World, unordered: Delivery) -> None:
    fault = Fault(Reason.DATE_ORDER, "arrived_date")
    answer = Answer(Kind.ORDER, fault, "month-day-year")
    together_jobs.begin(by=world.actor("clerk"), delivery_id=unordered.id, answer=answer)
    assert QuarantinedRow.objects.get(source_key="CU/30").state == "corrected"
    assert Signal.objects.get(source_key="CU/30").record


def a_held_row_is_found_when_its_child_becomes_known() -> None:
    held = Signal.objects.filter(source_key="CH/3")
    assert held.get().record is None
    assert HeldKey.objects.filter(signal=held.get()).exists()
    load(MISSING, feed="police_missing")
    whose = Signal.objects.filter(source_key__in=("CH/3", "MI/3"))
    assert whose.exclude(record=None).count() == 2
    assert whose.values("record__person_id").distinct().count() == 1


def a_set_of_tables_comes_in() -> None:
    received = services.receive(
        by=BY,
        agency_id=agency_id("council"),
        feed="ssd",
        file_name="ssd.zip",
        content=io.BytesIO(packed(sample())),
        whole=True,
    )
    services.begin_loading(by=BY, delivery_id=received.delivery_id)
    done = loading.load(by=BY, delivery_id=received.delivery_id)
    assert (done.state, done.quarantined, done.error) == ("loaded", 0, "")

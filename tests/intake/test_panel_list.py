"""Whoever keeps a panel's list sees the children in it, and nobody else does because of it."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.chronology.models import Event
from reachable.foundation.actor import Actor, system
from reachable.foundation.files.export import csv_lines
from reachable.intake import correcting, involving, loading, services
from reachable.intake.models import Delivery, ListedSignal, QuarantinedRow, Signal
from reachable.intake.rebuilding import rebuild_events
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from reachable.people.models import CurrentPerson, Person
from tests.support.queries import queries_of
from tests.support.world import World, html

pytestmark = pytest.mark.db

TRACKER = feed("panel_tracker")
COLUMNS = [column.name for column in TRACKER.columns]
HEADINGS, SAMPLES = sample_table(TRACKER)


def row(number: str, **cells: str) -> list[str]:
    """One child, added and discussed in March, without anything that is not said."""
    said = {
        "list_number": number,
        "family_name": f"Sample{number}",
        "given_names": "Jo",
        "birth_date": "02/01/2010",
        "added_date": "02/03/2026",
        "discussed_date": "09/03/2026",
        "level_of_concern": "Significant",
    } | cells
    return [said.get(name, "") for name in COLUMNS]


def bring(by: Actor, *rows: list[str], history: bool = False) -> Delivery:
    """Send a list and load it, as the worker does."""
    content = "".join(csv_lines(HEADINGS, rows)).encode()
    received = services.receive(
        by=by,
        agency_id=by.own_agency_id,
        feed="panel_tracker",
        file_name="list.csv",
        content=io.BytesIO(content),
        history=history,
    )
    services.begin_loading(by=by, delivery_id=received.delivery_id)
    return loading.load(by=system("intake"), delivery_id=received.delivery_id)


def seen(by: Actor, delivery: Delivery) -> list[str]:
    listed = involving.children_of(by=by, delivery_id=delivery.id)
    return [child.name for child in listed.children]


def person_of(number: str) -> UUID:
    person_id = Signal.objects.values_list("record__person_id", flat=True).get(source_key=number)
    assert person_id is not None
    return person_id


def child_page(client: Client, number: str) -> Any:
    return client.get(f"/children/{person_of(number)}/")


def test_a_child_whom_nobody_knew_is_recorded_and_seen_by_whoever_keeps_the_list(
    world: World,
) -> None:
    by = world.actor("coordinator")
    delivery = bring(by, row("1"), row("2"))
    assert (delivery.accepted, delivery.events, delivery.moments) == (2, 4, 0)
    assert seen(by, delivery) == ["Jo Sample1", "Jo Sample2"]
    page = html(child_page(world.client("coordinator"), "1"))
    assert "Added to the panel’s list" in page
    assert "Discussed at the panel" in page
    assert "Significant" in page
    assert "This child is on the list that you keep for your panel" in page


def test_the_page_of_the_list_says_what_the_panel_said(world: World) -> None:
    by = world.actor("coordinator")
    said = {"level_date": "08/03/2026", "level_by": "Sam Sample", "next_review": "06/04/2030"}
    delivery = bring(by, row("1", **said), row("2", closed_date="09/03/2026"))
    page = html(world.client("coordinator").get(f"/intake/files/{delivery.id}/children/"))
    assert "<strong>Significant</strong>, Sam Sample, 8 March 2026" in page
    assert "Next review on 6 April 2030" in page
    assert "1 row says" in page
    assert "Sample2" not in page
    page = html(world.client("coordinator").get(f"/intake/files/{delivery.id}/"))
    assert "See the children of this list" in page


def test_promise_09_nobody_else_sees_a_child_by_naming_them(world: World) -> None:
    """An intake worker may send such a list, and is involved with nobody by it."""
    clerk = world.actor("clerk")
    delivery = bring(clerk, row("1"))
    assert delivery.accepted == 1
    assert not Involvement.objects.filter(basis="panel").exists()
    page = html(world.client("clerk").get(f"/intake/files/{delivery.id}/"))
    assert "See the children" not in page
    assert world.client("clerk").get(f"/intake/files/{delivery.id}/children/").status_code == 403
    assert child_page(world.client("coordinator"), "1").status_code == 404
    theirs = f"/intake/files/{delivery.id}/children/"
    assert world.client("coordinator").get(theirs).status_code == 404


def test_when_the_list_closes_a_child_the_record_closes(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"), row("2"))
    delivery = bring(by, row("1", closed_date="16/03/2026"), row("2"))
    assert seen(by, delivery) == ["Jo Sample2"]
    assert child_page(world.client("coordinator"), "1").status_code == 404
    again = bring(by, row("1", closed_date="16/03/2026", outcome="Safe"), row("2"))
    assert seen(by, again) == ["Jo Sample2"]
    opened = bring(by, row("1", outcome="Opened again"), row("2"))
    assert seen(by, opened) == ["Jo Sample1", "Jo Sample2"]


def test_a_row_that_was_entered_in_error_opens_nothing(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"))
    delivery = bring(by, row("1", record_status="Withdrawn"))
    told = Event.objects.filter(signal_id=Signal.objects.get(source_key="1").id)
    assert [each.details.get("record_status") for each in told] == ["withdrawn"] * 2
    assert seen(by, delivery) == []
    assert not Involvement.objects.filter(basis="panel", ended_at=None).exists()


def test_an_earlier_list_that_comes_late_opens_nothing_again(world: World) -> None:
    by = world.actor("coordinator")
    content = "".join(csv_lines(HEADINGS, [row("1")])).encode()
    early = services.receive(
        by=by,
        agency_id=by.own_agency_id,
        feed="panel_tracker",
        file_name="early.csv",
        content=io.BytesIO(content),
    )
    bring(by, row("1", closed_date="16/03/2026"))
    services.begin_loading(by=by, delivery_id=early.delivery_id)
    late = loading.load(by=system("intake"), delivery_id=early.delivery_id)
    assert seen(by, late) == []


def test_the_same_rows_in_another_file_are_listed_and_counted_once(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"))
    delivery = bring(by, row("1"), row("2"))
    assert (delivery.accepted, delivery.duplicates) == (1, 1)
    assert seen(by, delivery) == ["Jo Sample1", "Jo Sample2"]
    assert Involvement.objects.filter(basis="panel").count() == 2
    assert ListedSignal.objects.filter(delivery=delivery).count() == 2


def test_past_lists_build_up_the_record_and_involve_too(world: World) -> None:
    by = world.actor("coordinator")
    delivery = bring(by, row("1"), history=True)
    assert seen(by, delivery) == ["Jo Sample1"]


def test_what_a_list_says_can_be_made_again_from_what_was_received(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"), row("2", closed_date="16/03/2026", outcome="Safe"))
    assert rebuild_events(by=system("rebuild")) == 0


def test_a_corrected_row_is_on_the_list_too(world: World) -> None:
    by = world.actor("coordinator")
    delivery = bring(by, row("1", added_date="soon"))
    refused = QuarantinedRow.objects.get()
    correcting.correct(by=by, row_id=refused.id, cells={"Date Added": "02/03/2026"})
    assert seen(by, delivery) == ["Jo Sample1"]


def test_another_child_under_the_same_number_closes_the_first(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"))
    before = person_of("1")
    bring(by, row("1", family_name="Otherwise", given_names="Sam", birth_date="05/06/2012"))
    assert person_of("1") != before
    open_now = Involvement.objects.filter(basis="panel", ended_at=None)
    assert [each.subject_id for each in open_now] == [person_of("1")]


def test_a_role_that_ended_shows_no_child_and_involves_with_none(world: World) -> None:
    by = world.actor("coordinator")
    delivery = bring(by, row("1"))
    access.end_role(by=system("tests"), user_id=by.own_id, role="panel_coordinator")
    client = world.client("coordinator")
    assert client.get(f"/intake/files/{delivery.id}/children/").status_code == 403
    assert child_page(client, "1").status_code == 403
    assert involving.keeper_of(TRACKER, by.own_id) is None


def test_the_list_asks_as_often_for_many_children(world: World) -> None:
    by, client = world.actor("coordinator"), world.client("coordinator")
    few = bring(by, row("1"))
    one = queries_of(client, f"/intake/files/{few.id}/children/")
    many = bring(by, *[row(str(at), birth_date=f"02/01/20{10 + at % 3}") for at in range(1, 40)])
    assert queries_of(client, f"/intake/files/{many.id}/children/") == one
    assert Person.objects.count() == CurrentPerson.objects.count() == 39

"""What was joined and taken apart, in pages: found, taken apart, listed, brought back."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import transaction

from reachable.access.selectors import agency_id
from reachable.people.models import Record, Split
from tests.support.people import claim, identify_one
from tests.support.world import World, html, moment

pytestmark = pytest.mark.db


def linked(world: World) -> UUID:
    """The sergeant’s record, which the computer took for the child of the council’s."""
    with transaction.atomic():
        known = identify_one(claim(agency_id("council"), "C-1", given="Tamsin", upn="K123"))
    assert moment(world.signal()).person_id == known.current_id
    return Record.objects.get(agency__key="police").id


def answers(record_id: UUID, into: str = "new") -> dict[str, str]:
    return {"records": str(record_id), "into": into, "reason": "Cousins"}


@pytest.mark.parametrize("number", ["C-1", " C-1 ", "K123"])
def test_a_record_is_found_by_its_number(world: World, number: str) -> None:
    linked(world)
    page = html(world.client("steward").get("/joins/", {"number": number}))
    assert "Tamsin Orrell" in page
    assert "Fenmarch Council" in page


@pytest.mark.parametrize("number", ["C", "%", "Tamsin", "ü" * 80])
def test_nothing_else_finds_it(world: World, number: str) -> None:
    linked(world)
    page = html(world.client("steward").get("/joins/", {"number": number}))
    assert "No record has exactly this number." in page


def test_a_number_that_is_too_long_is_told(world: World) -> None:
    answer = world.client("steward").get("/joins/", {"number": "9" * 81})
    assert "80" in html(answer, 422)


def test_why_each_record_is_there(world: World) -> None:
    page = html(world.client("steward").get(f"/joins/records/{linked(world)}/"))
    assert "by the computer: the same name, birth date and postcode" in page


def test_taken_apart_and_brought_back(world: World) -> None:
    record_id, steward = linked(world), world.client("steward")
    page = html(steward.post(f"/joins/records/{record_id}/", answers(record_id), follow=True))
    assert "Taken apart" in page
    assert "1 moment" in page
    assert "Nobody had opened a record" in page
    split_id = Split.objects.get().id
    assert "Cousins" in html(steward.get("/joins/"))
    undo = f"/joins/splits/{split_id}/undo/"
    assert "Why" in html(steward.post(undo, {"reason": ""}), 422)
    page = html(steward.post(undo, {"reason": "One girl"}, follow=True))
    assert "back where they were" in page
    page = html(steward.post(undo, {"reason": "One girl"}, follow=True))
    assert "undone already" in page


def test_what_is_wrong_is_told_and_nothing_is_changed(world: World) -> None:
    record_id, steward = linked(world), world.client("steward")
    address = f"/joins/records/{record_id}/"
    page = html(steward.post(address, {"reason": ""}), 422)
    assert "Choose the records that are another child’s" in page
    both = [str(each) for each in Record.objects.values_list("id", flat=True)]
    page = html(steward.post(address, {**answers(record_id), "records": both}), 422)
    assert "These are all records of the child." in page
    html(steward.post(address, answers(record_id, into=str(uuid4()))), 422)
    html(steward.post(address, answers(uuid4())), 422)
    assert not Split.objects.exists()


@pytest.mark.parametrize("name", ["first", "lead", "governance", "administrator"])
def test_nobody_else_opens_them(world: World, name: str) -> None:
    client = world.client(name)
    record_id = linked(world)
    assert client.get("/joins/").status_code == 403
    assert client.get(f"/joins/records/{record_id}/").status_code == 403


def test_what_is_not_there(world: World) -> None:
    steward = world.client("steward")
    for address in ("records", "merges", "splits"):
        assert steward.get(f"/joins/{address}/{uuid4()}/").status_code == 404

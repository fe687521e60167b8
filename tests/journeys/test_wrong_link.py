"""A steward takes a wrong link apart, and governance assesses who read it; in both sizes."""

from __future__ import annotations

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.people import selectors as people
from reachable.people.identification import Identified
from reachable.people.models import Record
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.people import claim, identify_one
from tests.support.servers import Server
from tests.support.world import World, make_world, moment

LONG = "Wilhelmina-Theodora Anastasia Featherstonehaugh-Cholmondeley"


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World, Identified]:
    """The council’s record, and the sergeant’s that the computer took for the same child’s."""
    world = make_world()
    with transaction.atomic():
        known = identify_one(claim(agency_id("council"), "C-77-1", given="Tamsin"))
        many = [
            identify_one(claim(agency_id("school"), f"S-{n}", given="Tamsin", upn=""))
            for n in range(3)
        ]
        identify_one(claim(agency_id("council"), "C-LONG", given=LONG, born="2011-01-02"))
    held = world.signal()
    assert moment(held).person_id == known.current_id == many[0].current_id
    with transaction.atomic():
        rows: list[access.Involved] = [
            (world.users["second"], None, known.current_id, "allocated", None)
        ]
        access.involve(by=system("tests"), rows=rows, kind="person")
    for username in ("second", "lead", "lead"):
        people.child(by=world.actor(username), person_id=known.current_id)
    return server, world, known


def both(page: Page, other: Page, name: str) -> None:
    looks_right(page, f"wrong-link-{name}-desktop")
    other.goto(page.url)
    looks_right(other, f"wrong-link-{name}-phone")


def test_a_wrong_link_is_taken_apart_and_assessed(
    placed: tuple[Server, World, Identified], open_page: OpenPage
) -> None:
    server, _, known = placed
    steward, phone = open_page("desktop"), open_page("phone")
    for page in (steward, phone):
        sign_in(page, server, "steward")
    complaints = complaints_of(steward)
    steward.goto(f"{server.url}/joins/")
    expect(steward.get_by_text("Nothing was joined or taken apart")).to_be_visible()
    both(steward, phone, "none")
    steward.get_by_label("Number of a record").fill("no such")
    steward.get_by_role("button", name="Find").click()
    expect(steward.get_by_text("No record has exactly this number")).to_be_visible()
    both(steward, phone, "not-found")
    steward.get_by_label("Number of a record").fill("C-77-1")
    steward.get_by_role("button", name="Find").click()
    both(steward, phone, "found")
    steward.get_by_role("link", name="Tamsin Orrell").click()
    expect(steward.get_by_role("heading", name="Are these all one child")).to_be_visible()
    both(steward, phone, "apart")
    steward.get_by_role("button", name="Take them apart").click()
    expect(steward.get_by_role("alert").first).to_be_visible()
    looks_right(steward, "wrong-link-apart-wrong-desktop")
    ours = Record.objects.get(person=known.person_id, agency__key="police")
    steward.locator(f"input[value='{ours.id}']").check()
    steward.get_by_label("Nobody’s who is known").check()
    steward.get_by_label("Why, in a few words").fill("Cousins of one name")
    steward.get_by_role("button", name="Take them apart").click()
    expect(steward.get_by_text("An assessment opened")).to_be_visible()
    both(steward, phone, "changed")
    steward.get_by_role("link", name="Undo this").click()
    both(steward, phone, "undo")
    steward.goto(f"{server.url}/joins/")
    both(steward, phone, "list")
    refused = steward.goto(f"{server.url}/breaches/")
    assert refused
    assert refused.status == 403
    looks_right(steward, "wrong-link-refused-desktop")
    assert not [said for said in complaints if "the server responded with" not in said]


def test_governance_is_told_and_decides(
    placed: tuple[Server, World, Identified], open_page: OpenPage
) -> None:
    server, _, _ = placed
    page, phone = open_page("desktop"), open_page("phone")
    for each in (page, phone):
        sign_in(each, server, "governance")
    page.goto(f"{server.url}/notices/")
    page.get_by_role("link", name="Somebody could read a record").first.click()
    expect(page.get_by_role("heading", name="Who read it")).to_be_visible()
    expect(page.get_by_role("cell", name="Lu Lead")).to_be_visible()
    both(page, phone, "assessment")
    page.get_by_role("button", name="Record it").click()
    looks_right(page, "wrong-link-assessment-wrong-desktop")
    page.get_by_label("A risk to the child is unlikely").check()
    for name in ("regulator_told", "family_told"):
        page.locator(f"input[name={name}][value=no]").check()
    for name in ("severity_why", "regulator_why", "family_why", "done"):
        page.locator(f"textarea[name={name}]").fill("They work in one team. " * 12)
    page.locator("input[name=closes][value=close]").check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("It is recorded.")).to_be_visible()
    both(page, phone, "assessment-closed")
    page.goto(f"{server.url}/breaches/")
    both(page, phone, "assessments")

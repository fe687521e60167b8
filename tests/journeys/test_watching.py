"""Governance watches, asks a worker, and answers a family; each page in both sizes."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.audit import services as audit
from reachable.foundation.actor import system
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today, travel
from reachable.people import selectors as people
from tests.support.conversations import followed
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import PASSWORD, World, make_world, moment

LONG = "Wilhelmina-Theodora Featherstonehaugh-Cholmondeley"


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World, UUID]:
    world = make_world()
    for username, name in (("other", "Ori Other"), ("long", LONG)):
        world.users[username] = access.create_account(
            by=system("tests"),
            username=username,
            name=name,
            agency_id=agency_id("council"),
            roles=["information_governance"],
            password_hash=make_password(PASSWORD),
        )
    held = world.signal()
    followed(world, held)
    child = moment(held).person_id
    people.child(by=world.actor("first"), person_id=child)
    for number in range(60):
        with travel(now() - timedelta(minutes=number * 11)):
            who = ("long", "lead", "second")[number % 3]
            audit.looked(
                by=world.actor(who),
                subject=("person", child if number % 7 == 0 else new_id()),
                page=("child", "document", "moment")[number % 3],
            )
    return server, world, child


def both(page: Page, other: Page, name: str) -> None:
    looks_right(page, f"watch-{name}-desktop")
    other.goto(page.url)
    looks_right(other, f"watch-{name}-phone")


def test_a_look_is_watched_asked_about_and_found(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, world, child = placed
    desktop, phone, worker = open_page("desktop"), open_page("phone"), open_page("phone")
    complaints = complaints_of(desktop)
    for page in (desktop, phone):
        sign_in(page, server, "governance")
    sign_in(worker, server, "first")
    desktop.goto(f"{server.url}/watch/")
    expect(desktop.get_by_role("heading", name="Who looked at whom")).to_be_visible()
    expect(desktop.get_by_text(LONG).first).to_be_visible()
    both(desktop, phone, "01-long")
    desktop.locator("summary", has_text="Choose a period").click()
    looks_right(desktop, "watch-02-narrow")
    desktop.get_by_label("Worker").fill("Fern")
    desktop.get_by_role("button", name="Show").click()
    both(desktop, phone, "03-one-worker")
    desktop.get_by_role("link", name=re.compile(f"Child {child.hex[:2]}|^Child")).first.click()
    both(desktop, phone, "04-line")
    desktop.get_by_label("What do you ask?").fill("You opened this late. Were you on call?")
    desktop.get_by_role("button", name="Ask").click()
    both(desktop, phone, "05-asked")
    worker.goto(f"{server.url}/notices/")
    worker.get_by_text("Information governance asks you").click()
    expect(worker.get_by_text("Were you on call?")).to_be_visible()
    looks_right(worker, "watch-06-worker")
    worker.get_by_label("Your answer").fill("Yes, until ten.")
    worker.get_by_role("button", name="Send the answer").click()
    desktop.reload()
    expect(desktop.get_by_text("Yes, until ten.")).to_be_visible()
    desktop.get_by_role("radio", name="It is followed elsewhere").check()
    desktop.get_by_role("button", name="Record it").click()
    expect(desktop.get_by_role("alert").first).to_contain_text("Enter the reference")
    looks_right(desktop, "watch-07-error")
    desktop.get_by_label("Nothing further").check()
    desktop.get_by_role("button", name="Record it").click()
    both(desktop, phone, "08-found")
    for address, name in (
        ("/watch/questions/", "09-questions"),
        ("/watch/rules/", "10-rules"),
        ("/watch/?who=nobody", "11-none"),
        ("/sign-off/", "12-sign-off"),
    ):
        desktop.goto(server.url + address)
        both(desktop, phone, name)
    worker.goto(f"{server.url}/watch/")
    expect(worker.get_by_role("heading", name="Your role does not include this")).to_be_visible()
    looks_right(worker, "watch-13-refused")
    worker.goto(f"{server.url}/children/{child}/")
    expect(worker.get_by_text("Why you see this:")).to_be_visible()
    worker.get_by_role("link", name="Who else looked").click()
    looks_right(worker, "watch-14-who-else")
    assert not [said for said in complaints if "422" not in said]


def test_a_family_is_answered_by_two_people(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, _, child = placed
    desktop, phone, other = open_page("desktop"), open_page("phone"), open_page("desktop")
    for page in (desktop, phone):
        sign_in(page, server, "governance")
    sign_in(other, server, "other")
    desktop.goto(f"{server.url}/families/")
    both(desktop, phone, "20-families-none")
    desktop.get_by_role("link", name="Put an answer together").first.click()
    both(desktop, phone, "21-family-new")
    desktop.get_by_label("Reference of the child’s record").fill(str(child))
    desktop.get_by_label("a parent").check()
    desktop.get_by_label("How did you check").fill("Passport, seen by the worker.")
    for day, boxes in ((today() - timedelta(days=7), "first"), (today(), "last")):
        for part in ("day", "month", "year"):
            desktop.locator(f"input[name={boxes}-{part}]").fill(str(getattr(day, part)))
    desktop.get_by_label("It is about somebody else").check()
    desktop.get_by_label("What did you weigh?").fill("Another child is named in it.")
    desktop.get_by_role("button", name="Put it together").click()
    expect(desktop.get_by_text("You put this together")).to_be_visible()
    both(desktop, phone, "22-family-waits")
    other.goto(desktop.url)
    looks_right(other, "watch-23-family-decide")
    other.get_by_label("Release it").check()
    other.get_by_label("Why?").fill("Read, and right.")
    other.get_by_role("button", name="Record the decision").click()
    both(other, phone, "24-family-released")
    with other.expect_download() as taken:
        other.get_by_role("link", name="a PDF").click()
    assert taken.value.suggested_filename == "answer-to-a-family.pdf"

"""A child is seen in an emergency, which is reviewed; a restricted child's moment by night."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from reachable.access import services as access
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.moments.models import Moment
from reachable.moments.services import pass_on_unanswered
from reachable.practice.time import LONDON
from tests.support.closing import SENTENCE, restrict
from tests.support.pages import OpenPage, axe, screenshot, sign_in
from tests.support.servers import Server
from tests.support.world import PASSWORD, World, make_world

NIGHT = datetime(2026, 11, 24, 23, 10, tzinfo=LONDON)


@pytest.fixture(scope="module")
def at_night(server: Server) -> tuple[Server, World]:
    server.set_clock(NIGHT)
    with travel(NIGHT):
        return server, make_world()


def kept(page: Page, name: str) -> None:
    axe(page)
    screenshot(page, f"journey-access-{name}")


def status_of(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def test_promise_15_an_emergency_from_the_answer_to_its_review(
    at_night: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = at_night
    with travel(NIGHT):
        world.signal(given_names="Ines", family_name="Marlow")
        access.create_account(
            by=system("tests"),
            username="night",
            name="Nia Night",
            agency_id=world.actor("lead").own_agency_id,
            roles=["supervisor"],
            password_hash=make_password(PASSWORD),
        )
    phone = open_page("phone")
    sign_in(phone, server, "night")
    phone.goto(f"{server.url}/somebody/")
    for label, text in (("Given names", "Ines"), ("Family name", "Marlow")):
        phone.get_by_label(label).fill(text)
    for label, text in (("Day", "3"), ("Month", "3"), ("Year", "2012")):
        phone.get_by_label(label).fill(text)
    phone.get_by_label("Why do you need to know about this very child?").fill("Worried")
    phone.get_by_role("button", name="Ask").click()
    expect(phone.get_by_role("alert")).to_contain_text("in a sentence")
    kept(phone, "ask-again")
    phone.get_by_label("Why do you need to know about this very child?").fill(SENTENCE)
    phone.get_by_role("button", name="Ask").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("A record exists: ask Hub")
    kept(phone, "told")
    phone.get_by_role("link", name="see the record at once").click()
    phone.get_by_label("Why must you see this child’s record at once?").fill(SENTENCE)
    kept(phone, "why")
    phone.get_by_role("button", name="See the record").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Ines Marlow")
    banner = phone.get_by_text("You see a child’s record in an emergency")
    expect(banner.first).to_be_visible()
    expect(phone.get_by_text("It closes by itself").first).to_be_visible()
    kept(phone, "child")
    child = phone.url
    phone.goto(f"{server.url}/help/")
    expect(banner.first).to_be_visible()
    phone.get_by_role("button", name="Close it now").click()
    expect(phone.get_by_text("The record is closed to you.")).to_be_visible()
    assert status_of(phone, child) == 404

    desktop = open_page("desktop")
    sign_in(desktop, server, "governance")
    desktop.goto(f"{server.url}/oversight/")
    kept(desktop, "oversight")
    desktop.get_by_role("link", name="Nia Night").first.click()
    expect(desktop.get_by_role("cell", name="child").first).to_be_visible()
    desktop.get_by_label("Yes, it was justified").check()
    desktop.get_by_label("Why, and what follows from it?").fill("Nobody of the Hub answered.")
    kept(desktop, "review")
    desktop.get_by_role("button", name="Keep the review").click()
    expect(desktop.get_by_text("The review is kept.")).to_be_visible()
    desktop.get_by_text("1 review so far").click()
    expect(desktop.get_by_text("Nobody of the Hub answered.")).to_be_visible()


def test_a_restricted_childs_moment_at_night_reaches_a_reader(
    at_night: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = at_night
    with travel(NIGHT):
        first = world.signal(given_names="Carys", family_name="Thorne")
        moment = Moment.objects.get(id=first)
        readers = (world.users["lead"], world.users["outsider"])
        restrict(world.actor("lead"), moment.person_id, *readers)
        asked = Moment.objects.get(id=first).asked
    assert asked is not None
    assert asked.id in readers
    duty = open_page("phone")
    sign_in(duty, server, "first")
    duty.goto(f"{server.url}/worklist/")
    line = duty.get_by_text("A restricted record has an open moment")
    expect(line.first).to_be_visible()
    expect(duty.get_by_text("Lu Lead").first).to_be_visible()
    expect(duty.get_by_role("link", name="07700 900200").first).to_be_visible()
    assert "Thorne" not in duty.content()
    kept(duty, "restricted-at-night")
    assert status_of(duty, f"{server.url}/moments/{first}/") == 404
    with travel(NIGHT + timedelta(hours=1)):
        pass_on_unanswered(by=system("worker"))
        other = Moment.objects.get(id=first).asked
    assert other is not None
    assert {asked.id, other.id} == set(readers)
    reader = open_page("phone")
    sign_in(reader, server, other.username)
    reader.goto(f"{server.url}/moments/{first}/")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Carys Thorne")

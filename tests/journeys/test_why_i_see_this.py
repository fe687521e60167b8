"""Why somebody sees a child, who else looked, and how it closes: for six people, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from playwright.sync_api import Page, expect

from reachable.access import services as access
from reachable.access.models import TeamMembership
from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.time import today
from reachable.people import asking, emergency, inviting
from reachable.people.asking import Described
from reachable.sharing import services as sharing
from tests.support.closing import SENTENCE
from tests.support.offers import child_of
from tests.support.pages import OpenPage, fits, looks_right, screenshot, sign_in
from tests.support.servers import Server
from tests.support.sharing import shared
from tests.support.world import PASSWORD, World, make_world

BY = system("tests")
SMALL = {"width": 360, "height": 780}


@dataclass(frozen=True)
class Place:
    server: Server
    world: World
    child: UUID
    moment: UUID


@pytest.fixture(scope="module")
def place(server: Server) -> Place:
    world = make_world()
    moment = world.signal(needs="Short sentences, one question at a time")
    world.users["night"] = access.create_account(
        by=BY,
        username="night",
        name="Nia Night",
        agency_id=agency_id("council"),
        roles=["supervisor"],
        password_hash=make_password(PASSWORD),
    )
    return Place(server, world, child_of(moment), moment)


@dataclass(frozen=True)
class Seeing:
    """How somebody comes to see a child, where they see it, what is true of them, how it ends."""

    who: str
    begins: Callable[[Place], str]
    why: str
    ends: Callable[[Place], object]


def _involved(place: Place, basis: str, user: str, because_of: UUID) -> str:
    row = (place.world.users[user], None, place.child, basis, because_of)
    with transaction.atomic():
        access.involve(by=BY, rows=[row], kind="person")
    return f"/children/{place.child}/"


def _leaves(place: Place, user: str) -> None:
    for team_id in TeamMembership.objects.filter(user_id=place.world.users[user]).values_list(
        "team_id", flat=True
    ):
        access.end_membership(by=BY, user_id=place.world.users[user], team_id=team_id)


def _shared(place: Place) -> str:
    held = shared(place.world, place.child, "name", "moment")
    ENDED["sharing"] = held
    return f"/shared-with-me/{held}/"


def _in_an_emergency(place: Place) -> str:
    by = place.world.actor("night")
    described = Described("Tamsin", "Orrell", date(2012, 3, 3))
    enquiry_id = asking.ask(by=by, described=described, reason=SENTENCE)
    emergency.open_record(by=by, enquiry_id=enquiry_id, reason=SENTENCE)
    (running,) = emergency.running(by=by)
    ENDED["emergency"] = running.id
    return f"/children/{place.child}/"


def _invited(place: Place) -> str:
    ENDED["invited"] = inviting.invite(
        by=place.world.actor("first"),
        person_id=place.child,
        whom=place.world.users["outsider"],
        reason="Knows her from the youth club, and is to come along on Thursday.",
        last_day=today() + timedelta(days=7),
    )
    return f"/children/{place.child}/"


ALLOCATION, PANEL = uuid4(), uuid4()
ENDED: dict[str, UUID] = {}

SEEING = {
    "allocated": Seeing(
        "night",
        lambda place: _involved(place, "allocated", "night", ALLOCATION),
        "You are the worker who is allocated to this child",
        lambda _: access.end_involvement(by=BY, because_of=ALLOCATION),
    ),
    "in an emergency": Seeing(
        "night",
        _in_an_emergency,
        "You said that you must see this child at once, until",
        lambda place: emergency.end(by=place.world.actor("night"), emergency_id=ENDED["emergency"]),
    ),
    "keeps the panel": Seeing(
        "coordinator",
        lambda place: _involved(place, "panel", "coordinator", PANEL),
        "This child is on the list that you keep for your panel",
        lambda _: access.end_involvement(by=BY, because_of=PANEL),
    ),
    "invited": Seeing(
        "outsider",
        _invited,
        "You were invited to see this child by somebody who works with them, until",
        lambda place: inviting.end(by=place.world.actor("first"), invited_id=ENDED["invited"]),
    ),
    "shared with": Seeing(
        "teacher",
        _shared,
        "It was shared with you, until the day that is named here",
        lambda place: sharing.end(
            by=place.world.actor("first"), sharing_id=ENDED["sharing"], reason="The meeting is over"
        ),
    ),
    "on duty": Seeing(
        "second",
        lambda place: f"/moments/{place.moment}/",
        "Hub has an open moment for this child",
        lambda place: _leaves(place, "second"),
    ),
}


def _looks_right(page: Page, name: str) -> None:
    looks_right(page, f"why-{name}-desktop")
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    fits(page)
    screenshot(page, f"why-{name}-360")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("how", SEEING)
def test_promise_17_somebody_sees_why_they_may_and_who_else_looked_until_it_ends(
    place: Place, open_page: OpenPage, how: str
) -> None:
    seeing = SEEING[how]
    name = how.replace(" ", "-")
    address = seeing.begins(place)
    page = open_page("desktop")
    sign_in(page, place.server, seeing.who)
    page.goto(f"{place.server.url}{address}")
    said = page.locator(".seen")
    expect(said).to_contain_text(f"Why you see this: {seeing.why}")
    for other in SEEING.values():
        if other.why != seeing.why:
            expect(said).not_to_contain_text(other.why)
    _looks_right(page, name)
    said.get_by_role("link", name="Who else looked").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who looked")
    who = place.world.actor(seeing.who).name
    expect(page.get_by_role("row").filter(has_text=who).first).to_be_visible()
    _looks_right(page, f"{name}-who-looked")
    looked = page.url
    seeing.ends(place)
    for gone in (looked, f"{place.server.url}{address}"):
        answer = page.goto(gone)
        assert answer is not None
        assert answer.status == 404, gone
        assert "Orrell" not in page.content()


def test_promise_17_a_school_sees_why_it_sees_what_it_sent_and_no_more(
    place: Place, open_page: OpenPage
) -> None:
    place.world.signal("other_worry", by="teacher", said="She had a new phone again.")
    page = open_page("phone")
    sign_in(page, place.server, "teacher")
    page.goto(f"{place.server.url}/signals/")
    page.get_by_role("link", name="Tamsin Orrell").first.click()
    expect(page.locator(".seen")).to_contain_text("Why you see this: You sent it.")
    expect(page.get_by_text("She had a new phone again.")).to_be_visible()
    expect(page.get_by_text("Looks exhausted")).to_have_count(0)
    _looks_right(page, "sent")
    answer = page.goto(f"{place.server.url}/children/{place.child}/")
    assert answer is not None
    assert answer.status in (403, 404)

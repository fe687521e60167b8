"""The states in which a page is seldom seen: closed, empty, very full, too late, refused, loading.

Each in both sizes: accessible, nothing beside the screen. What people work with all day is then
walked through with the keyboard alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from playwright.sync_api import Page, Route, expect

from reachable.access.services import name_partnership
from reachable.foundation import error_pages, progress
from reachable.foundation.actor import ANONYMOUS, system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now
from reachable.foundation.views import Request
from reachable.intake import services as intake
from reachable.intake.services import PhoneSignal
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.practice.time import LONDON
from tests.support.files import load
from tests.support.moments import close_as_declined
from tests.support.pages import OpenPage, looks_right, sign_in, tab_to
from tests.support.servers import Server
from tests.support.signing_in import with_app
from tests.support.world import PASSWORD, World, make_world, moment

SIZES = pytest.mark.parametrize("size", ["phone", "desktop"])
EVENTS = 60


@dataclass
class Placed:
    """A served partnership, and what to open of it."""

    server: Server
    world: World
    closed: UUID
    late: UUID
    reached: UUID
    corrected: UUID
    full: UUID
    quiet: UUID


@pytest.fixture(scope="module")
def placed(server: Server) -> Placed:
    world = make_world()
    by = world.actor("first")
    closed = world.signal(given_names="Wren", family_name="Sallow")
    moments.take(by=by, moment_id=closed)
    close_as_declined(by=by, moment_id=closed, reason="Said no, at home, to me")
    world.signal(given_names="Wren", family_name="Sallow", needs="Short sentences")
    late = world.signal(given_names="Kester", family_name="Ravel")
    told = moment(late).received_at
    Moment.objects.filter(id=late).update(
        child_due_at=told - timedelta(hours=5), next_due_at=told - timedelta(hours=5)
    )
    reached = world.signal("other_worry", given_names="Ottoline", family_name="Marsh-Penhaligon")
    moments.take(by=by, moment_id=reached)
    moments.reach(by=by, moment_id=reached, how="seen", note="“Is it you again.”")
    full = _with_many_events(world)
    quiet = world.signal("other_worry", given_names="Io", family_name="Ash")
    return Placed(
        server,
        world,
        closed,
        late,
        reached,
        _corrected(world),
        full=moment(full).person_id,
        quiet=moment(quiet).person_id,
    )


def _with_many_events(world: World) -> UUID:
    """A child about whom something was said on each of many days."""
    opened = world.signal(given_names="Leocadia", family_name="Fothergill-Wisbech")
    for days in range(EVENTS):
        intake.send_signal(
            by=world.actor("sergeant"),
            signal=PhoneSignal(
                token=uuid4(),
                kind="other_worry",
                family_name="Fothergill-Wisbech",
                given_names="Leocadia",
                birth_date=date(2012, 3, 3),
                where="Netherquay bus station",
                said="With the same two adults again. " * (1 + days % 4),
                reach="Custody desk, 07700 900123",
                postcode="FX1 1AA",
                happened_at=now() - timedelta(days=1, hours=days),
            ),
        )
    return opened


def _corrected(world: World) -> UUID:
    """A moment whose arrest was withdrawn after somebody had taken it."""
    arrived = now().astimezone(LONDON) - timedelta(hours=2)
    content = (
        "Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB,"
        "Record Status\n"
        f"CU/1,Arrest,{arrived:%d/%m/%Y},{arrived:%H:%M},Fenmarch,Quill,Junia,04/05/2011,Live\n"
    )
    load(content)
    opened = Moment.objects.latest("opened_at").id
    moments.take(by=world.actor("first"), moment_id=opened)
    load(content.replace("Live", "Created in error"))
    return opened


@SIZES
def test_seldom_seen_states_of_work_are_accessible_and_fit(
    placed: Placed,
    open_page: OpenPage,
    size: str,
) -> None:
    people: dict[str, Page] = {}
    for username, name, address, says in (
        ("first", "worklist-full", "/worklist/", "Had run out before we were told"),
        ("outsider", "worklist-empty", "/worklist/", "Nothing is open for your teams."),
        ("second", "worklist-mine-empty", "/worklist/?show=mine", "Nothing is with you."),
        ("first", "moment-closed", f"/moments/{placed.closed}/", "The child said no for now"),
        ("first", "moment-late", f"/moments/{placed.late}/", "nobody here could meet it"),
        ("first", "moment-reached", f"/moments/{placed.reached}/", "Reached again"),
        ("first", "moment-corrected", f"/moments/{placed.corrected}/", "Nothing else opened"),
        ("first", "endings-reached", f"/moments/{placed.reached}/close/", "and it lasted"),
        ("first", "child-full", f"/children/{placed.full}/", "Page 1 of 2"),
        ("first", "child-full-later", f"/children/{placed.full}/?page=2", "Page 2 of 2"),
        ("first", "child-quiet", f"/children/{placed.quiet}/", "no other name"),
        ("administrator", "home-administrator", "/", "People: invite, move and end accounts"),
    ):
        if username not in people:
            people[username] = open_page(size)
            sign_in(people[username], placed.server, username)
        page = people[username]
        page.goto(placed.server.url + address)
        expect(page.get_by_text(says).first).to_be_attached()
        looks_right(page, f"{name}-{size}")


def error_states(rf: RequestFactory) -> dict[str, HttpResponse]:
    request: HttpRequest = rf.post("/somewhere/")
    cast(Request, request).by = ANONYMOUS
    empty = BadInput("The file is empty.", kept="Nothing was loaded.", next="Export it again.")
    return {
        "400": error_pages.bad_input(request, empty),
        "400-bare": error_pages.handler400(request, Exception()),
        "403": error_pages.refused(request, Forbidden("moments.hold")),
        "404": error_pages.handler404(request, NotFound()),
        "409": error_pages.bad_input(request, Conflict("Fern First has this moment already.")),
        "413": error_pages.too_large(request),
        "500": error_pages.handler500(request),
        "csrf": error_pages.csrf_failure(request),
    }


def showing(answer: HttpResponse) -> Callable[[Route], None]:
    """Give this answer where the browser asks for a page; styles still come from the server."""

    def show(route: Route) -> None:
        route.fulfill(status=answer.status_code, body=answer.content, content_type="text/html")

    return show


@SIZES
def test_every_error_page_is_accessible_and_says_what_to_do(
    placed: Placed,
    open_page: OpenPage,
    rf: RequestFactory,
    size: str,
) -> None:
    page = open_page(size)
    for name, answer in error_states(rf).items():
        address = f"{placed.server.url}/shown/{name}/"
        page.route(address, showing(answer))
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert len(page.locator("main p").all()) >= 2
        looks_right(page, f"error-{name}-{size}")


@SIZES
def test_a_visitor_chooses_who_they_are_while_loading_goes_on(
    placed: Placed,
    open_page: OpenPage,
    size: str,
) -> None:
    name_partnership(by=system("tests"), name="Fenmarch", fictional=True)
    progress.report("demonstration", "An invented year is being loaded", 100, 730, "410 records")
    page = open_page(size)
    try:
        page.goto(f"{placed.server.url}/sign-in/")
        expect(page.get_by_role("heading", name="Try it as")).to_be_visible()
        expect(page.get_by_role("button", name="Information governance")).to_be_visible()
        bar = page.get_by_role("progressbar", name="An invented year is being loaded")
        expect(bar).to_have_attribute("value", "100")
        looks_right(page, f"sign-in-loading-{size}")
        progress.report("demonstration", "An invented year is being loaded", 365, 730, "Half")
        expect(bar).to_have_attribute("value", "365", timeout=6_000)
        progress.finish("demonstration")
        expect(page.get_by_text("Everything is loaded")).to_be_visible(timeout=6_000)
        looks_right(page, f"sign-in-loaded-{size}")
    finally:
        progress.finish("demonstration")
        name_partnership(by=system("tests"), name="Fenmarch", fictional=False)


def test_a_moment_is_taken_and_worked_with_the_keyboard_alone(
    placed: Placed, open_page: OpenPage
) -> None:
    moment_id = placed.world.signal(given_names="Perran", family_name="Oakshott")
    app, page = with_app("first"), open_page("desktop")
    page.goto(f"{placed.server.url}/sign-in/")
    keys = page.keyboard
    page.get_by_label("User name").focus()
    keys.type("first")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    tab_to(page, "code")
    keys.type(app.code())
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    tab_to(page, "Perran Oakshott")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="You are asked")).to_be_visible()
    tab_to(page, "Acknowledge: I have it")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="You have it")).to_be_visible()
    tab_to(page, "I tried to reach them")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="I tried to reach the child")).to_be_visible()
    tab_to(page, "how")
    keys.press("Space")
    tab_to(page, "Record the attempt")
    keys.press("Enter")
    expect(page.get_by_text("Trying is not reaching").first).to_be_visible()
    assert moment(moment_id).attempted_at is not None

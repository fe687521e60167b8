"""A duty room: the worklist narrowed, the load ahead, the wall, paper, and a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import BrowserContext, Page, Route, expect

from reachable.foundation.time import now
from reachable.geography.models import Area, Postcode
from reachable.moments.models import Moment
from tests.support.pages import PHONE, OpenPage, axe, complaints_of, looks_right, sign_in, tab_to
from tests.support.pages import SCREENS as PICTURES
from tests.support.servers import Server
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    """Two that somebody has, one that is asked about, one whose time is over."""
    world = make_world()
    Area.objects.create(code="A1", name="Millrake")
    Postcode.objects.create(postcode="FX1 1AA", area_id="A1")
    held = world.signal(given_names="Cerys", family_name="Whitlock")
    world.client("first").post(f"/moments/{held}/take/")
    late = world.signal("other_worry", given_names="Idris", by="teacher")
    world.client("second").post(f"/moments/{late}/take/")
    over = now() - timedelta(hours=2)
    Moment.objects.filter(id=late).update(child_due_at=over, next_due_at=over)
    world.signal(given_names="Marisol", family_name="Fenn")
    return server, world


def both(page: Page, phone: Page, name: str) -> None:
    looks_right(page, f"duty-{name}-desktop")
    phone.goto(page.url)
    looks_right(phone, f"duty-{name}-phone")


def test_a_worklist_is_narrowed_with_the_keyboard_and_seen_ahead(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = placed
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    sign_in(page, server, "first")
    sign_in(phone, server, "first")
    expect(page.locator("details#narrow")).to_be_visible()
    both(page, phone, "01-worklist")
    tab_to(page, "Narrow it by team, person, agency or area")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Osier School 1 moment")).to_be_visible()
    looks_right(page, "duty-02-choices-desktop")
    page.get_by_role("link", name="Osier School 1 moment").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Narrowed to Osier School.")).to_be_visible()
    expect(page.get_by_role("link", name="Idris Orrell")).to_be_visible()
    expect(page.get_by_role("link", name="Cerys Whitlock")).to_have_count(0)
    both(page, phone, "03-narrowed")
    page.goto(f"{page.url}&area=unknown")
    expect(page.get_by_text("Nothing open is left.")).to_be_visible()
    both(page, phone, "04-nothing-left")
    page.get_by_role("link", name="See all of it").first.click()
    page.get_by_role("link", name="The load ahead").click()
    expect(page.get_by_role("heading", name="The load ahead")).to_be_visible()
    both(page, phone, "05-ahead")
    assert complaints == []


def test_a_worklist_is_narrowed_on_a_phone_without_javascript(
    placed: tuple[Server, World], new_context: Callable[..., BrowserContext]
) -> None:
    server, _ = placed
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    sign_in(page, server, "first")
    page.get_by_role("link", name="Narrow it by team, person, agency or area").click()
    expect(page.get_by_role("heading", name="Narrow the worklist")).to_be_visible()
    page.get_by_role("link", name="Nobody yet").or_(
        page.get_by_role("link", name="Sol Second")
    ).first.click()
    expect(page.get_by_role("link", name="Idris Orrell")).to_be_visible()
    expect(page.get_by_role("link", name="Cerys Whitlock")).to_have_count(0)


def test_the_wall_keeps_itself_fresh_and_says_when_it_is_not(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = placed
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    page.clock.install()
    sign_in(page, server, "lead")
    sign_in(phone, server, "lead")
    page.goto(f"{server.url}/worklist/wall/")
    expect(page.get_by_text("Fern First").first).to_be_visible()
    both(page, phone, "11-wall")
    size = page.locator(".wall__left").first.evaluate("at => getComputedStyle(at).fontSize")
    assert float(size.removesuffix("px")) >= 36, "letters for four metres"
    seen = page.content()
    assert "Cerys" not in seen
    assert "Whitlock" not in seen
    world.signal("other_worry", given_names="Tarn", family_name="Holloway")
    expect(page.get_by_text("4 to be reached")).to_have_count(0)
    page.clock.run_for(31_000)
    expect(page.get_by_text("4 to be reached")).to_be_visible()
    expect(page.locator("#wall-stale")).to_be_hidden()
    assert complaints == []

    def nothing(route: Route) -> None:
        route.abort()

    page.route("**/worklist/wall/", nothing)
    page.clock.run_for(95_000)
    expect(page.locator("#wall-stale")).to_be_visible()
    expect(page.get_by_text("4 to be reached")).to_be_visible()
    looks_right(page, "duty-12-wall-stale-desktop")
    page.unroute("**/worklist/wall/")
    page.context.clear_cookies()
    page.clock.run_for(31_000)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Fern First" not in page.content(), "a wall whose sign-in has ended shows nobody"


def test_a_worklist_and_a_moment_go_to_paper_with_who_took_them(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = placed
    page, phone = open_page("desktop"), open_page("phone")
    sign_in(page, server, "first")
    sign_in(phone, server, "first")
    page.get_by_role("link", name="Print it").click()
    both(page, phone, "21-paper")
    held = Moment.objects.get(holder=world.users["first"])
    for name, address in (
        ("worklist", "/worklist/print/"),
        ("moment", f"/moments/{held.id}/print/"),
    ):
        page.goto(server.url + address)
        expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
        axe(page)
        page.emulate_media(media="print")
        expect(page.get_by_text("Printed by Fern First, Fenmarch Council")).to_be_visible()
        for hidden in (page.get_by_role("navigation"), page.get_by_role("button")):
            expect(hidden.filter(visible=True), name).to_have_count(0)
        page.set_viewport_size({"width": 680, "height": 960})
        page.screenshot(path=PICTURES / f"duty-22-{name}-on-paper.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(media="screen")


def test_a_calendar_address_is_made_shown_once_and_revoked(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = placed
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    sign_in(page, server, "first")
    sign_in(phone, server, "first")
    page.get_by_role("link", name="In your own calendar").click()
    both(page, phone, "31-no-address")
    tab_to(page, "Make an address")
    page.keyboard.press("Enter")
    address = page.get_by_label("Calendar address").input_value()
    looks_right(page, "duty-32-shown-desktop")
    fetched = Calendar.from_ical(open_page("desktop").request.get(address).text())
    assert {str(each["summary"]) for each in fetched.walk("VEVENT")} == {
        "A moment you have is due",
        "A moment waits for your answer",
    }
    page.goto(f"{server.url}/calendar/")
    expect(page.get_by_label("Calendar address")).to_have_count(0)
    both(page, phone, "33-has-one")
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("It opens nothing now.")).to_be_visible()
    assert open_page("desktop").request.get(address).status == 404
    assert complaints == []

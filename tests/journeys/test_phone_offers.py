"""Without signal, a service is offered to a child; once the phone is heard of, the offer stands."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from reachable.offers.models import Gap, Offer
from reachable.provision import services as directory
from reachable.provision.services import Told
from tests.support.directory import load_directory, offer
from tests.support.pages import OpenPage, axe, fits, looks_right, screenshot, sign_in
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world, moment

PHONES = [{"id": str(UUID(int=55)), "number": "07700 900321"}]


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    world = make_world()
    load_directory(
        *(offer(number, phones=PHONES) for number in range(1, 4)), offer(4, minimum_age=17)
    )
    directory.check_service(
        by=world.actor("lead"), service_id=UUID(int=1), told=Told(referral="Ring and ask for Ade")
    )
    return world


def arrived(phone: Phone) -> None:
    expect(phone.page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)


def choose(page: Page, number: int, service: str, said: str) -> None:
    page.get_by_label("Which service?").nth(number).select_option(service)
    row = page.get_by_role("group", name=f"Which?, {number + 1} of")
    row.get_by_label(said, exact=True).check()


def test_a_service_is_offered_without_signal_and_the_offer_stands_once(
    take: Take, world_there: World, server: Server, open_page: OpenPage
) -> None:
    moment_id = world_there.signal(family_name="Hallam")
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    _read_what_fits(page)
    _write(phone)
    phone.without_signal(False)
    arrived(phone)
    states = dict(Offer.objects.values_list("service__name", "state"))
    assert states == {
        "Invented Service 1": "wanted",
        "Invented Service 2": "put_off",
        "Invented Service 3": "declined",
    }
    assert Gap.objects.get().help == "legal"
    _add_to_it(phone)
    assert Offer.objects.count() == 3
    assert Gap.objects.count() == 1
    desk = open_page("desktop")
    sign_in(desk, server, "first")
    desk.goto(f"{server.url}/conversations/{moment(moment_id).conversation_set.get().id}/")
    expect(desk.get_by_role("heading", name="What was offered in it")).to_be_visible()
    for name in states:
        expect(desk.get_by_role("link", name=name)).to_be_visible()
    looks_right(desk, "conversation-with-offers")


def _read_what_fits(page: Page) -> None:
    page.get_by_role("button", name="Hallam").click()
    page.get_by_text("What fits Tamsin Hallam: 3 services").click()
    expect(page.get_by_text("Ring and ask for Ade")).to_be_visible()
    expect(page.get_by_text("07700 900321").first).to_be_visible()
    assert "Invented Row" not in page.content()
    assert "Invented Service 4" not in page.content()
    axe(page)
    fits(page)
    screenshot(page, "phone-what-fits")
    page.go_back()


def _write(phone: Phone) -> None:
    page = phone.page
    phone.begin("Hallam", "Return interview")
    page.get_by_label("Yes, and we talked").check()
    phone.go_to("What you offered")
    choose(page, 0, "Invented Service 1", "Yes")
    expect(page.locator(".row .inset").get_by_text("Ring and ask for Ade")).to_be_visible()
    phone.press("Add another")
    choose(page, 1, "Invented Service 2", "They want to think about it")
    phone.press("Add another")
    choose(page, 2, "Invented Service 3", "No")
    page.get_by_label("Nothing fits: record it as a gap").check()
    page.get_by_label("Which help is needed?").select_option("Legal advice")
    axe(page)
    fits(page)
    screenshot(page, "phone-offered")
    phone.press("All parts")
    expect(page.get_by_text("Invented Service 2")).to_be_visible()
    phone.press("Finish")
    assert not Offer.objects.exists()


def _add_to_it(phone: Phone) -> None:
    """What is going on, or was not wanted, is not offered once more, and nothing is made twice."""
    page = phone.page
    phone.home()
    phone.press("Fetch the list again")
    page.get_by_role("button", name="Hallam").click()
    page.get_by_text("What fits Tamsin Hallam: 1 service", exact=True).click()
    expect(page.get_by_text("Offered before: the child said not now.")).to_be_visible()
    page.get_by_role("button", name="Read it, or add to it").click()
    page.get_by_role("button", name="Write What you noticed").click()
    page.get_by_label("What was it?").fill("Laughed for the first time")
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_text("The server has it.")).to_be_visible(timeout=PATIENCE)


def test_what_cannot_be_offered_any_more_is_said_on_the_phone_and_stays(
    take: Take, world_there: World
) -> None:
    moment_id = world_there.signal(family_name="Ferrow")
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.begin("Ferrow", "Out and about")
    phone.go_to("What you offered")
    choose(page, 0, "Invented Service 3", "Yes")
    phone.press("All parts")
    phone.press("Finish")
    # A file that named half as many as before would wait for a person.
    load_directory(*(offer(number, phones=PHONES) for number in (1, 2)), offer(4, minimum_age=17))
    phone.without_signal(False)
    arrived(phone)
    expect(
        page.get_by_text("“Invented Service 3” is kept here, and not recorded as an offer")
    ).to_be_visible(timeout=PATIENCE)
    axe(page)
    assert not Offer.objects.filter(person=moment(moment_id).person).exists()

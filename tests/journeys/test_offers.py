"""On a phone: offered, refused by the service, the next one accepted; nothing fits, one tap."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from reachable.moments import services as moments
from reachable.offers.models import Gap, Offer
from tests.support.directory import fill_directory
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World, UUID]:
    world = make_world()
    fill_directory(4)
    held = world.signal(needs="Short sentences, one question at a time")
    moments.take(by=world.actor("first"), moment_id=held)
    return server, world, held


def both(phone: Page, desktop: Page, name: str) -> None:
    looks_right(phone, f"offers-{name}-phone")
    desktop.goto(phone.url)
    looks_right(desktop, f"offers-{name}-desktop")


def test_a_refusal_leads_to_the_next_service_and_the_child_goes_there(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, _, held = placed
    phone, desktop = open_page("phone"), open_page("desktop")
    complaints = complaints_of(phone)
    for page in (phone, desktop):
        sign_in(page, server, "first")
    phone.goto(f"{server.url}/moments/{held}/")
    both(phone, desktop, "01-moment")
    phone.get_by_role("link", name="What fits this child").click()
    expect(phone.get_by_role("heading", name="3 services fit")).to_be_visible()
    both(phone, desktop, "02-fits")
    phone.get_by_role("link", name=re.compile("I offered it.*Service 1")).click()
    phone.get_by_label("The child wants it").check()
    phone.get_by_label("In the child’s own words, if you can").fill("“If you come along.”")
    both(phone, desktop, "03-offer")
    phone.get_by_role("button", name="Record the offer").click()
    phone.get_by_role("link", name="The referral is sent").click()
    phone.get_by_label("By phone or video").check()
    phone.get_by_role("button", name="Record it").click()
    phone.get_by_role("link", name="The service has refused").click()
    phone.get_by_label("It is full, or its waiting list is closed").check()
    both(phone, desktop, "04-refusal")
    phone.get_by_role("button", name="Record the refusal").click()
    expect(phone.get_by_role("heading", name="What fits next")).to_be_visible()
    both(phone, desktop, "05-refused")
    phone.get_by_role("link", name=re.compile("I offered it.*Service 2")).click()
    phone.get_by_label("The child wants it").check()
    phone.get_by_role("button", name="Record the offer").click()
    for link in ("The service has accepted", "The child went there"):
        if link == "The service has accepted":
            phone.get_by_role("link", name="The referral is sent").click()
            phone.get_by_label("Together with the child").check()
            phone.get_by_role("button", name="Record it").click()
        phone.get_by_role("link", name=link).click()
        phone.get_by_role("button", name="Record it").click()
    expect(phone.get_by_text("It is recorded that the child went.")).to_be_visible()
    both(phone, desktop, "06-attending")
    assert sorted(Offer.objects.values_list("state", flat=True)) == ["attending", "refused"]
    phone.get_by_role("link", name="Tamsin Orrell").first.click()
    expect(phone.get_by_role("heading", name="What was offered")).to_be_visible()
    both(phone, desktop, "07-child")
    assert not complaints, complaints


def test_nothing_fits_and_one_tap_records_it(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, _, held = placed
    phone, desktop = open_page("phone"), open_page("desktop")
    sign_in(phone, server, "first")
    sign_in(desktop, server, "first")
    phone.goto(f"{server.url}/moments/{held}/")
    phone.get_by_role("link", name="What fits this child").click()
    phone.get_by_label("Which help does the child want?").select_option("Legal advice")
    phone.get_by_role("button", name="Show what fits").click()
    expect(phone.get_by_text("No service that is listed fits.")).to_be_visible()
    both(phone, desktop, "08-nothing")
    phone.get_by_role("button", name="Record that nothing fits").click()
    expect(phone.get_by_text("The gap is recorded.")).to_be_visible()
    gap = Gap.objects.get()
    assert (gap.help, gap.needs) == ("legal", "easy_read")
    both(phone, desktop, "09-gap")
    keeper = open_page("phone")
    sign_in(keeper, server, "coordinator")
    keeper.locator("summary", has_text="More").click()
    keeper.get_by_role("link", name="Gaps", exact=True).click()
    expect(keeper.get_by_role("heading", name="Gaps")).to_be_visible()
    expect(keeper.get_by_text("Tamsin")).to_have_count(0)
    looks_right(keeper, "offers-10-gaps-phone")
    keeper.get_by_role("link", name="Legal advice").click()
    keeper.get_by_role("link", name="A service was found").click()
    keeper.get_by_label("Which service, and since when?").fill("Lanterns, from Monday")
    keeper.get_by_role("button", name="Record it").click()
    expect(keeper.get_by_text("The gap is answered. It can be opened again.")).to_be_visible()

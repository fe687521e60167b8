"""A partnership words a pathway itself: drafted, compared, put in force, and gone back from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reachable.practice import guidance
from reachable.practice.items import OWN_FROM
from tests.support.pages import PHONE, OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world, moment


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    return server, make_world()


def both(page: Page, phone: Page, name: str) -> None:
    looks_right(page, f"own-{name}-desktop")
    phone.goto(page.url)
    looks_right(phone, f"own-{name}-phone")


def write(page: Page) -> None:
    """Say a step of one's own, all but who does it."""
    page.get_by_label("What is done").fill("Give the child the night number")
    page.get_by_label("How, and why it matters").fill("A card with the number.")
    page.get_by_label("Within how many?").fill("2")
    page.get_by_label("Of what?").select_option("hours")
    page.get_by_label("What good looks like").fill("The child has it before they leave.")
    page.get_by_label("What not to do").fill("A number that nobody answers.")


def test_from_the_list_to_a_version_in_force_and_back(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = placed
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    for each in (page, phone):
        sign_in(each, server, "lead")
    before = world.signal(given_names="Cerys", family_name="Whitlock")
    page.get_by_role("link", name="Pathways").click()
    both(page, phone, "01-pathways")
    page.get_by_role("link", name="A child in custody").click()
    both(page, phone, "02-published")
    page.get_by_role("button", name="Write our own version").click()
    both(page, phone, "03-draft")

    page.get_by_role("link", name="Add a step").click()
    write(page)
    page.get_by_label("Who does it").fill("The lighthouse keeper")
    page.get_by_role("button", name="Keep it in the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("nobody of that name is known here")
    expect(page.get_by_label("What not to do")).to_have_value("A number that nobody answers.")
    page.get_by_label("Who does it").fill("The worker of the Hub")
    page.get_by_role("button", name="Keep it in the draft").click()
    expect(page.get_by_text("The draft is changed.")).to_be_visible()

    page.get_by_role("link", name="Reword “An appropriate adult is with the child").click()
    both(page, phone, "05-reword")
    page.get_by_label("Who does it").fill("The custody officer, with the Hub")
    page.get_by_role("button", name="Keep it in the draft").click()
    page.get_by_role("button", name="Move up “Be with the child").click()
    page.get_by_role("button", name="Leave out “Think of brothers and sisters").click()
    expect(page.get_by_text("Look at this before it is in force")).to_be_visible()
    both(page, phone, "06-changed")
    page.get_by_role("link", name="Compare with the published one").click()
    expect(page.get_by_text("As published it rests on statute")).to_be_visible()
    both(page, phone, "07-compared")
    page.go_back()
    page.get_by_role("button", name="Put back “Think of brothers and sisters").click()
    page.get_by_role("link", name="Put it in force").click()
    both(page, phone, "08-decide")
    page.get_by_label("Why").fill("Agreed with the police on Monday")
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_text("Our own version 1 is in force from now on.")).to_be_visible()
    both(page, phone, "09-in-force")

    after = world.signal(given_names="Marisol", family_name="Fenn")
    assert moment(before).pathway_version == guidance.pathway("custody").version
    assert moment(after).pathway_version == OWN_FROM
    page.goto(f"{server.url}/moments/{after}/")
    expect(page.get_by_role("heading", name="Give the child the night number")).to_be_visible()
    both(page, phone, "10-moment")
    page.goto(f"{server.url}/pathways/custody/")
    page.get_by_role("link", name="Go back to the published one").click()
    both(page, phone, "11-back")
    page.get_by_label("Why").fill("Too long in practice")
    page.get_by_role("button", name="Go back to the published version").click()
    expect(page.get_by_text("Lu Lead put the published one in force")).to_be_visible()
    both(page, phone, "12-went-back")
    assert not [said for said in complaints if "422" not in said]


def test_two_who_write_at_once_without_javascript(
    placed: tuple[Server, World], new_context: Callable[..., BrowserContext]
) -> None:
    server, _ = placed
    first, second = (new_context(**PHONE, java_script_enabled=False).new_page() for _ in range(2))
    sign_in(first, server, "first")
    sign_in(second, server, "second")
    first.goto(f"{server.url}/pathways/court/")
    first.get_by_role("button", name="Write our own version").click()
    for page in (first, second):
        page.goto(f"{server.url}/pathways/court/draft/add/")
        write(page)
        page.get_by_label("Who does it").fill("Practitioner")
    first.get_by_role("button", name="Keep it in the draft").click()
    second.get_by_role("button", name="Keep it in the draft").click()
    expect(second.get_by_text("Fern First changed this draft").first).to_be_visible()
    expect(second.get_by_label("What is done")).to_have_value("Give the child the night number")
    second.get_by_role("button", name="Keep it in the draft").click()
    expect(second.get_by_role("heading", name="Give the child the night number")).to_have_count(2)
    expect(second.get_by_text("A supervisor puts it in force.")).to_be_visible()

"""Somebody is invited, comes, works, moves to another team with a handover, and leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from reachable.access import invitations, managing
from reachable.access import services as access
from reachable.access.models import Invitation, SecondPersonRequest, User
from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from tests.support.pages import OpenPage, axe, fits, looks_right, sign_in, tab_to
from tests.support.servers import Server
from tests.support.signing_in import App
from tests.support.world import World, make_world, moment

BY = system("tests")
PASSWORD = "lantern gravel tuesday"


@pytest.fixture(scope="module")
def place(server: Server) -> tuple[Server, World]:
    world = make_world()
    access.create_team(by=BY, key="north", name="North", agency_id=agency_id("council"))
    return server, world


def link(server: Server, username: str) -> str:
    """Make the link that the e-mail would hold."""
    invitation_id = Invitation.objects.values_list("id", flat=True).get(username=username)
    letter = invitations.make_link(by=BY, invitation_id=invitation_id)
    assert letter is not None
    return server.url + letter.link[letter.link.index("/join/") :]


def invite(page: Page, name: str, username: str) -> None:
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Work e-mail").fill(f"{username}@fenmarch.invalid")
    page.get_by_label("Practitioner").check()
    page.get_by_label("Hub", exact=True).check()
    looks_right(page, "staff-invite-filled-desktop")
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_text(f"{name} is invited.")).to_be_visible()


def accept(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    page.get_by_label("Choose a password").fill("short")
    page.get_by_label("The same password again").fill("short")
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    axe(page)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def sign_in_first(page: Page, username: str) -> None:
    """Show the new password, and set up an app: nobody comes in without a second factor."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Set up an app").click()
    app = App(page.locator(".qr__secret").inner_text())
    page.get_by_label("Code that the app shows now").fill(app.code())
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_role("heading", level=1, name="Recovery codes")).to_be_visible()


def test_invited_come_worked_moved_and_left(
    place: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = place
    office = open_page("desktop")
    sign_in(office, server, "agency")
    expect(office.get_by_role("heading", name="People of our agency")).to_be_visible()
    invite(office, "Nerys Abendroth", "nerys")
    expect(office.get_by_text("Not sent: there is no mail server here")).to_be_visible()
    looks_right(office, "staff-invited-desktop")

    nerys = open_page("phone")
    address = link(server, "nerys")
    accept(nerys, address)
    nerys.goto(address)
    expect(nerys.get_by_role("heading", name="This link is good no more")).to_be_visible()
    nerys.get_by_role("link", name="Sign in").click()
    sign_in_first(nerys, "nerys")

    held = world.signal()
    nerys.goto(f"{server.url}/moments/{held}/")
    nerys.get_by_role("button", name="take it").or_(
        nerys.get_by_role("button", name="I have it")
    ).first.click()
    assert moment(held).holder_id == User.objects.get(username="nerys").id

    office.goto(f"{server.url}/staff/")
    office.get_by_role("link", name="Nerys Abendroth").click()
    expect(office.get_by_text("Open moments of Hub: 1")).to_be_visible()
    looks_right(office, "staff-account-with-work-desktop")
    office.get_by_role("link", name="Change roles and teams").click()
    office.get_by_label("Hub", exact=True).uncheck()
    office.get_by_label("North", exact=True).check()
    office.get_by_label("Open moments of Hub").select_option(label="Sol Second")
    looks_right(office, "staff-move-desktop")
    office.get_by_role("button", name="Change it").click()
    expect(office.get_by_text("The change is in force from their next step on.")).to_be_visible()
    assert moment(held).asked_id == world.users["second"]
    nerys.goto(f"{server.url}/moments/{held}/")
    expect(nerys.get_by_text("There is no such page")).to_be_visible()

    office.get_by_role("link", name="End the account").click()
    office.get_by_label("Now", exact=True).check()
    looks_right(office, "staff-leave-desktop")
    office.get_by_role("button", name="End the account").click()
    expect(office.get_by_text("The account ended.")).to_be_visible()
    nerys.goto(f"{server.url}/worklist/")
    expect(nerys.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not User.objects.get(username="nerys").is_active


TABLE = """\
Name\tUser name\tWork e-mail\tRole\tTeam\tLast day
Ada Fenwick\tada\tada@fenmarch.invalid\tPractitioner\tHub\t
Bo Tarn\tfirst\tbo@fenmarch.invalid\tPractitioner\t\t
Cy <b>Rook</b>\tcy\tcy@fenmarch.invalid\tSupervisor\tCID\t31/02/2027
"""


def test_many_are_invited_by_a_table_row_by_row(
    place: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = place
    office = open_page("desktop")
    sign_in(office, server, "agency")
    office.get_by_role("link", name="Invite many").click()
    office.get_by_label("The table, with its headings").fill(TABLE)
    office.get_by_role("button", name="Check the table").click()
    expect(office.get_by_text("1 person can be invited, 2 rows cannot")).to_be_visible()
    shown = office.get_by_role("table").inner_text()
    for said in (
        "There is an account or an invitation first already",
        "There is no role “Supervisor” that you can give",
        "There is no team “CID” that you can choose",
        "The last day cannot be read",
        "Cy <b>Rook</b>",
    ):
        assert said in shown
    assert not Invitation.objects.filter(username="ada").exists()
    looks_right(office, "staff-invite-many-checked-desktop")
    office.set_viewport_size({"width": 390, "height": 844})
    fits(office)
    office.set_viewport_size({"width": 1280, "height": 900})
    office.get_by_role("button", name="Invite 1 person").click()
    expect(office.get_by_text("1 person is invited.")).to_be_visible()
    assert Invitation.objects.get(username="ada").roles == ["practitioner"]


def test_a_role_over_everything_takes_a_second_person(
    place: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = place
    access.create_account(
        by=BY,
        username="root",
        name="Roo Tenby",
        agency_id=agency_id("police"),
        roles=["system_administrator"],
        password_hash=User.objects.get(username="administrator").password,
    )
    one, other = open_page("desktop"), open_page("phone")
    sign_in(one, server, "administrator")
    one.goto(f"{server.url}/staff/{world.users['first']}/move/")
    one.get_by_label("Information governance").check()
    one.get_by_label("Why (if a role takes two people)").fill("Gil retires in May")
    one.get_by_role("button", name="Change it").click()
    expect(one.get_by_text("waits for a second person").first).to_be_visible()
    one.goto(f"{server.url}/staff/two-people/")
    expect(one.get_by_text("You asked for this. Another administrator decides it.")).to_be_visible()
    looks_right(one, "staff-two-people-own-desktop")

    sign_in(other, server, "root")
    other.goto(f"{server.url}/staff/")
    other.get_by_role("link", name="See what is asked for").click()
    other.get_by_role("link", name="Give Fern First of Fenmarch Council").click()
    looks_right(other, "staff-decide-phone")
    other.get_by_label("Approve").check()
    other.get_by_role("button", name="Send the decision").click()
    expect(other.get_by_text("Approved and done")).to_be_visible()
    assert SecondPersonRequest.objects.get().decision == "approved"
    assert "Information governance" in managing.beyond_reach(
        world.actor("agency"), world.users["first"]
    )


def test_somebody_is_invited_with_the_keyboard_alone(
    place: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = place
    office = open_page("desktop")
    sign_in(office, server, "agency")
    tab_to(office, "Invite somebody")
    office.keyboard.press("Enter")
    office.get_by_role("heading", name="Invite somebody").wait_for()
    for name, text in (("name", "Kit Key"), ("username", "kit"), ("email", "kit@a.invalid")):
        tab_to(office, name)
        office.keyboard.type(text)
    tab_to(office, "roles")
    office.keyboard.press("Space")
    tab_to(office, "Invite them")
    office.keyboard.press("Enter")
    expect(office.get_by_text("Kit Key is invited.")).to_be_visible()

"""From an empty database to a working area: no demo, nothing made but by commands and pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.pages import OpenPage, axe, looks_right
from tests.support.servers import Server
from tests.support.signing_in import App

PASSWORD = "lantern gravel tuesday"


def come(page: Page, address: str, username: str) -> None:
    """Open the link, choose a password, and set up an app: nobody comes in without one."""
    page.goto(address)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Accept the invitation").click()
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Set up an app").click()
    app = App(page.locator(".qr__secret").inner_text())
    page.get_by_label("Code that the app shows now").fill(app.code())
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_role("heading", level=1, name="Recovery codes")).to_be_visible()


def invite(page: Page, server: Server, name: str, *roles: str, team: str = "") -> str:
    """Invite somebody of the council; return the link that is handed over, for want of mail."""
    username = name.split()[0].lower()
    page.goto(f"{server.url}/staff/invite/")
    if page.get_by_label("Agency", exact=True).count():
        page.get_by_label("Agency", exact=True).select_option(label="Fenmarch Council")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Work e-mail").fill(f"{username}@fenmarch.invalid")
    for role in roles:
        page.get_by_label(role, exact=True).check()
    if team:
        page.get_by_label(team, exact=True).check()
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_text("there is no mail server here").first).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text=name)
    row.get_by_role("link", name="Hand the link over yourself").click()
    page.get_by_role("button", name="Show the link").click()
    looks_right(page, "invitation-link-shown-desktop")
    return at(server, page.locator(".people-link").inner_text())


def at(server: Server, link: str) -> str:
    return server.url + link[link.index("/join/") :]


def test_an_empty_database_becomes_a_working_area(server: Server, open_page: OpenPage) -> None:
    begun = server.shell(
        *("partnership", "begin", "--name", "Fenmarch", "--agency", "Fenmarch Council"),
        *("--kind", "childrens_social_care"),
        *("--administrator", "ada", "Ada Fenwick", "ada@fenmarch.invalid"),
        *("--administrator", "bow", "Bo Tarn", "bo@fenmarch.invalid"),
    )
    one, other = re.findall(r"\S+/join/\S+", begun.stdout)
    ada, bo = open_page("desktop"), open_page("phone")
    come(ada, at(server, one), "ada")
    ada.goto(server.url)
    expect(ada.get_by_text("A second system administrator")).to_be_visible()
    looks_right(ada, "home-just-begun-desktop")
    come(bo, at(server, other), "bow")
    bo.goto(server.url)
    expect(bo.get_by_text("A team that takes reachable moments")).to_be_visible()
    expect(bo.get_by_text("A second system administrator")).to_have_count(0)
    looks_right(bo, "home-just-begun-phone")

    ada.goto(f"{server.url}/staff/agencies/")
    ada.get_by_role("link", name="Add an agency").click()
    ada.get_by_role("button", name="Add it").click()
    expect(ada.get_by_role("alert")).to_contain_text("Choose of what kind it is")
    axe(ada)
    ada.get_by_label("Name", exact=True).fill("Fenmarch Police")
    ada.get_by_label("Police", exact=True).check()
    ada.get_by_role("button", name="Add it").click()
    expect(ada.get_by_text("Fenmarch Police is an agency here now.")).to_be_visible()
    looks_right(ada, "agencies-two-desktop")

    ada.goto(f"{server.url}/staff/teams/")
    looks_right(ada, "teams-none-desktop")
    ada.get_by_role("link", name="Add a team").first.click()
    ada.get_by_label("Agency").select_option(label="Fenmarch Council")
    ada.get_by_label("Name", exact=True).fill("Hub")
    ada.get_by_label("Telephone").fill("01632 960001")
    looks_right(ada, "team-new-filled-desktop")
    ada.get_by_role("button", name="Add it").click()
    expect(ada.get_by_text("Nobody there may take a reachable moment")).to_be_visible()
    looks_right(ada, "team-empty-desktop")

    lead_link = invite(ada, server, "Len Leader", "Supervisor", team="Hub")
    wren_link = invite(ada, server, "Wren Worker", "Practitioner", team="Hub")
    lead, wren = open_page("desktop"), open_page("phone")
    come(lead, lead_link, "len")
    come(wren, wren_link, "wren")
    lead.goto(f"{server.url}/rota/")
    if lead.get_by_role("link", name="Hub").count():
        lead.get_by_role("link", name="Hub").first.click()
    expect(lead.get_by_role("heading", name="Hub").first).to_be_visible()
    ada.goto(f"{server.url}/staff/teams/")
    ada.get_by_role("link", name="Hub").click()
    expect(ada.get_by_role("link", name="Wren Worker")).to_be_visible()
    looks_right(ada, "team-filled-desktop")
    ada.goto(server.url)
    expect(ada.get_by_text("A team that takes reachable moments")).to_have_count(0)
    expect(ada.get_by_text("A rota: the supervisor of a team plans it")).to_be_visible()
    expect(ada.get_by_text("Somebody for information governance")).to_be_visible()

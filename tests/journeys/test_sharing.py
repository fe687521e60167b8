"""Asked, decided, read by the recipient, ended; refused; handed over on paper: in a browser."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from reachable.access.services import end_account
from reachable.moments import services as moments
from reachable.people.models import Record
from reachable.sharing.models import SharingDecision, SharingStep
from tests.support.offers import child_of
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.people import SYSTEM
from tests.support.servers import Server
from tests.support.sharing import shared
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World, UUID]:
    world = make_world()
    held = world.signal(needs="Short sentences, one question at a time")
    moments.take(by=world.actor("first"), moment_id=held)
    return server, world, child_of(held)


def both(one: Page, other: Page, name: str) -> None:
    looks_right(one, f"sharing-{name}-phone")
    other.goto(one.url)
    looks_right(other, f"sharing-{name}-desktop")


def answer(page: Page) -> None:
    """Answer what every decision asks."""
    page.get_by_label("The child", exact=True).check()
    page.get_by_label("What were they told, or why not?").fill("Which two things, and with whom.")
    page.get_by_label("What do the child and the family say to it?").fill("Fine.")
    page.get_by_label("What harm could come to the child if it is shared?").fill("None.")
    page.get_by_label("And if it is not shared?").fill("She would be met by strangers.")


def choose_and_decide(phone: Page, desktop: Page) -> None:
    """Share two things, from the page of a request; twice something is missing."""
    phone.get_by_role("link", name="Choose what to share").click()
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_text("Choose at least one piece").first).to_be_visible()
    both(phone, desktop, "05-nothing-chosen")
    phone.get_by_text("Seven golden rules").click()
    phone.get_by_label("Name", exact=True).check()
    phone.get_by_label("How the child communicates").check()
    both(phone, desktop, "06-choose")
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("button", name="Record the decision and share it").click()
    both(phone, desktop, "07-unanswered")
    phone.get_by_label("Why do they need this: Name?").fill("To greet her.")
    phone.get_by_label("Why do they need this: How the child communicates?").fill("To be heard.")
    phone.get_by_label("Why this much, and not less?").fill("It is little.")
    answer(phone)
    phone.get_by_label("Public task").check()
    both(phone, desktop, "08-decide")
    phone.get_by_role("button", name="Record the decision and share it").click()
    expect(phone.get_by_role("heading", name="Shared now")).to_be_visible()
    both(phone, desktop, "09-decision")


def test_a_school_asks_is_told_two_things_and_then_no_more(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, world, child = placed
    phone, desktop, school = open_page("phone"), open_page("desktop"), open_page("phone")
    complaints = complaints_of(phone)
    for page in (phone, desktop):
        sign_in(page, server, "first")
    sign_in(school, server, "teacher")
    school.goto(f"{server.url}/shared-with-me/")
    looks_right(school, "sharing-01-nothing-shared-phone")
    phone.goto(f"{server.url}/children/{child}/")
    both(phone, desktop, "02-child")
    phone.get_by_role("link", name="Somebody asks for something").click()
    phone.get_by_label("Who asks, if they have an account").select_option(
        label="Tay Teacher, Osier School"
    )
    phone.get_by_label("What do they ask for?").fill("How to talk with her at the gate")
    phone.get_by_label("What do they want it for?").fill("To meet her at the gate")
    both(phone, desktop, "03-asked")
    phone.get_by_role("button", name="Record the request").click()
    both(phone, desktop, "04-request")
    choose_and_decide(phone, desktop)
    school.goto(f"{server.url}/shared-with-me/")
    looks_right(school, "sharing-10-shared-phone")
    school.get_by_role("link", name="From Fern First").click()
    expect(school.get_by_text("Short sentences, one question at a time")).to_be_visible()
    expect(school.get_by_text("Tamsin Orrell")).to_be_visible()
    expect(school.get_by_text("2012")).to_have_count(0)
    looks_right(school, "sharing-11-what-is-shared-phone")
    phone.reload()
    expect(phone.get_by_role("heading", name="Who opened it")).to_be_visible()
    expect(phone.get_by_text("has not opened it yet")).to_have_count(0)
    phone.get_by_role("link", name="End it now").click()
    phone.get_by_label("Why does it end?").fill("The meeting was held.")
    both(phone, desktop, "12-end")
    phone.get_by_role("button", name="End it now").click()
    expect(phone.get_by_role("heading", name="Ended early")).to_be_visible()
    gone = school.reload()
    assert gone is not None
    assert gone.status == 404
    looks_right(school, "sharing-13-gone-phone")
    # Two forms were sent with nothing in them, on purpose.
    assert not [said for said in complaints if "422" not in said], complaints
    assert world.users["teacher"] == SharingDecision.objects.get().to_user_id


def test_a_refusal_is_recorded_and_stands_on_the_childs_page(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, _, child = placed
    phone, desktop = open_page("phone"), open_page("desktop")
    for page in (phone, desktop):
        sign_in(page, server, "first")
    phone.goto(f"{server.url}/children/{child}/")
    phone.get_by_role("link", name="Decide not to share").click()
    phone.get_by_label("Name and role").fill("Pat Asker, officer")
    phone.get_by_label("Organisation").fill("Housing Osier")
    phone.get_by_label("What was it wanted for?").fill("To end a tenancy")
    phone.get_by_label("Why is it not shared?").fill("It would cost the family their home.")
    answer(phone)
    both(phone, desktop, "14-refuse")
    phone.get_by_role("button", name="Record that it is not shared").click()
    both(phone, desktop, "15-refused")
    phone.get_by_role("link", name="Tamsin Orrell").first.click()
    expect(
        phone.get_by_role("link", name="Refused: Pat Asker, officer, Housing Osier")
    ).to_be_visible()
    both(phone, desktop, "16-child-with-decisions")


def test_outside_goes_a_document_once_a_second_person_has_agreed(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, _, child = placed
    desktop, lead, governance = open_page("desktop"), open_page("phone"), open_page("desktop")
    for page, username in ((desktop, "first"), (lead, "lead"), (governance, "governance")):
        sign_in(page, server, username)
    desktop.goto(f"{server.url}/children/{child}/share/")
    desktop.get_by_label("Somebody outside").check()
    desktop.get_by_label("Name", exact=True).check()
    desktop.get_by_role("button", name="Go on").click()
    desktop.get_by_label("Name and role").fill("Vic Visitor, coach")
    desktop.get_by_label("Organisation").fill("Osier Boxing Club")
    desktop.get_by_label("Address, or secure e-mail").fill("coach@club.example")
    desktop.get_by_label("What is it for?").fill("To meet her at training")
    desktop.get_by_label("Why do they need this: Name?").fill("To greet her.")
    desktop.get_by_label("Why this much, and not less?").fill("It is little.")
    answer(desktop)
    desktop.get_by_label("Public task").check()
    desktop.get_by_label("On which conditions?").fill("Tell nobody else.")
    looks_right(desktop, "sharing-17-outside-desktop")
    desktop.get_by_role("button", name="Record the decision and share it").click()
    expect(desktop.get_by_role("heading", name="Waits for a second person")).to_be_visible()
    lead.goto(f"{server.url}/notices/")
    lead.get_by_role("link", name="A decision to share waits for a second person").click()
    lead.get_by_role("link", name="Answer as the second person").click()
    looks_right(lead, "sharing-18-agree-phone")
    lead.get_by_label("Yes, it may be shared as it stands above").check()
    lead.get_by_role("button", name="Answer").click()
    desktop.reload()
    looks_right(desktop, "sharing-19-agreed-desktop")
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="Make it as a PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    desktop.get_by_role("link", name="It is handed over").click()
    desktop.get_by_label("In person, on paper").check()
    looks_right(desktop, "sharing-20-handed-desktop")
    desktop.get_by_role("button", name="Record it").click()
    expect(desktop.get_by_text("Handed it over: In person, on paper")).to_be_visible()
    assert SharingStep.objects.filter(kind="document", how="pdf").exists()
    governance.goto(f"{server.url}/sharing/")
    expect(governance.get_by_text("Osier Boxing Club")).to_be_visible()
    expect(governance.get_by_text("Tamsin")).to_have_count(0)
    looks_right(governance, "sharing-21-governance-desktop")
    governance.get_by_role("link", name="The duty of the Act of 2026").click()
    looks_right(governance, "sharing-22-duty-desktop")


def test_whoever_decided_leaves_and_the_school_reads_on_while_others_are_asked(
    placed: tuple[Server, World, UUID], open_page: OpenPage
) -> None:
    server, world, child = placed
    made = shared(world, child, "name", "birth_date", "postcode", "moment", by="second")
    end_account(by=SYSTEM, user_id=world.users["second"])
    Record.objects.filter(person_id=child).update(postcode="FX9 9ZZ", birth_date="2012-03-13")
    pages = {
        "shared": ("teacher", f"/shared-with-me/{made}/", "nobody answers for this since"),
        "decision": ("lead", f"/sharing/{made}/", "Nobody answers for it since"),
        "panel": ("lead", f"/children/{child}/", "Nobody answers for it"),
        "list": ("governance", "/sharing/", "nobody answers for it"),
    }
    for kind in ("phone", "desktop"):
        for name, (who, address, said) in pages.items():
            page = open_page(kind)
            if kind == "phone":
                page.set_viewport_size({"width": 360, "height": 800})
            sign_in(page, server, who)
            page.goto(f"{server.url}{address}")
            expect(page.get_by_text(said).first).to_be_visible()
            looks_right(page, f"sharing-unanswered-{name}-{kind}")
            page.close()

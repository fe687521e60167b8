"""Somebody links their organisation's sign-in, comes by it, and meets what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from reachable.access import services as access
from reachable.access.models import OrganisationSignIn, User
from reachable.foundation.actor import system
from reachable.foundation.time import now
from tests.support import databases, provider
from tests.support.pages import OpenPage, be_signed_in, complaints_of, looks_right
from tests.support.provider import KEY, NAME, Organisation
from tests.support.servers import Server
from tests.support.signing_in import with_app
from tests.support.world import World, make_world

SIZES = pytest.mark.parametrize("size", ["phone", "desktop"])


@dataclass(frozen=True)
class Place:
    """A server with a provider that its people come by."""

    url: str
    world: World
    there: Organisation


@pytest.fixture(scope="module")
def place(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    own = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("organisation")
    with django_db_blocker.unblock(), databases.fresh() as database, database.connected():
        server = Server(database)
        with provider.running(folder, server.url) as there:
            own.setenv("REACHABLE_OUTBOUND_LOOPBACK", "yes")
            own.setenv("REACHABLE_SIGN_IN_PROVIDERS", str(there.write()))
            own.setattr("django.conf.settings.SIGN_IN_PROVIDERS", there.file)
            own.setattr("django.conf.settings.OUTBOUND_LOOPBACK", True)
            try:
                server.serve()
                yield Place(server.url, make_world(), there)
            finally:
                server.stop_all()
                own.undo()


@pytest.fixture(autouse=True)
def nobody_is_linked(place: Place) -> Iterator[None]:
    yield
    OrganisationSignIn.objects.all().delete()
    place.there.spoil()


def sign_in_there(page: Page, subject: str) -> None:
    """At the provider's own page."""
    page.wait_for_url("**/oauth2/authorize**")
    page.locator("input[name=sub]").first.fill(subject)
    page.locator("form button").first.click()


def begin(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/sign-in/")
    page.get_by_role("button", name=NAME).click()


def linked(place: Place, username: str, subject: str) -> None:
    OrganisationSignIn.objects.create(
        user_id=place.world.users[username],
        provider=KEY,
        issuer=place.there.url,
        subject=subject,
        linked_at=now(),
    )


@SIZES
def test_promise_19_linked_then_signed_in_with_the_second_factor_of_there(
    place: Place, open_page: OpenPage, size: str
) -> None:
    subject = f"journey-{size}"
    place.there.knows(subject, amr=["mfa"])
    office, page = open_page(size), open_page(size)
    said = complaints_of(page)
    be_signed_in(office.context, place.url, "agency")
    office.goto(f"{place.url}/staff/{place.world.users['first']}/")
    looks_right(office, f"organisation-person-{size}")
    office.get_by_role("link", name="Change how they come").click()
    looks_right(office, f"organisation-account-{size}")
    office.get_by_role("button", name="Let them link it").click()
    expect(office.get_by_text("They can link it for two weeks.")).to_be_visible()
    looks_right(office, f"organisation-account-offered-{size}")

    be_signed_in(page.context, place.url, "first")
    page.goto(f"{place.url}/my-sign-in/")
    looks_right(page, f"organisation-my-sign-in-{size}")
    page.get_by_role("link", name="Link it or end the link").click()
    looks_right(page, f"organisation-own-{size}")
    page.get_by_role("button", name=f"Link {NAME}").click()
    sign_in_there(page, subject)
    expect(page.get_by_text("Linked. From now on you can sign in")).to_be_visible()
    page.locator(".account__summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()

    page.goto(f"{place.url}/sign-in/?next=/notices/")
    looks_right(page, f"organisation-sign-in-{size}")
    page.get_by_role("button", name=NAME).click()
    sign_in_there(page, subject)
    expect(page.get_by_role("heading", level=1, name="Notices")).to_be_visible()
    page.locator(".account__summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text(f"You came through {NAME}")).to_be_visible()
    looks_right(page, f"organisation-signed-out-{size}")
    # The provider's own page asks for a style sheet of elsewhere, which no test reaches.
    ours = [each for each in said if "ERR_NAME_NOT_RESOLVED" not in each]
    assert not ours, ours


@SIZES
def test_promise_19_without_one_ours_is_asked(place: Place, open_page: OpenPage, size: str) -> None:
    place.there.knows(f"plain-{size}")
    linked(place, "second", f"plain-{size}")
    app, page = with_app("second"), open_page(size)
    begin(page, place)
    sign_in_there(page, f"plain-{size}")
    expect(page.get_by_role("heading", level=1, name="Show that it is you")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(app.code())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1, name="Worklist")).to_be_visible()


@SIZES
def test_unknown_ended_and_down_are_sentences(place: Place, open_page: OpenPage, size: str) -> None:
    page = open_page(size)
    page.goto(f"{place.url}/sign-in/organisation/{KEY}/")
    looks_right(page, f"organisation-{size}")
    page.get_by_role("button", name=f"Go to {NAME}").click()
    sign_in_there(page, "nobody-here")
    expect(page.get_by_text("Ask who looks after accounts at your agency.")).to_be_visible()
    looks_right(page, f"organisation-unknown-{size}")

    user_id = access.create_account(
        by=system("tests"),
        username=f"leaver-{size}",
        name="Lee Aver",
        agency_id=User.objects.get(username="first").agency_id,
        roles=["practitioner"],
    )
    linked_to = f"leaver-{size}"
    place.world.users[linked_to] = user_id
    linked(place, linked_to, linked_to)
    access.end_account(by=system("tests"), user_id=user_id)
    begin(page, place)
    sign_in_there(page, linked_to)
    expect(page.get_by_text("Ask who looks after accounts at your agency.")).to_be_visible()

    place.there.spoil(paths={"/oauth2/token": {"status": "503 Down"}})
    begin(page, place)
    sign_in_there(page, "nobody-here")
    expect(page.get_by_text(f"{NAME} does not answer now.")).to_be_visible()
    looks_right(page, f"organisation-down-{size}")
    page.get_by_role("link", name="Sign in another way").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()

"""Somebody sets up a passkey, signs in with it, loses it, and gets their sign-in back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from reachable.access import throttle
from reachable.access.models import SignInAttempts, SignInCode
from reachable.access.rules.waiting import FREE
from reachable.access.throttle import Source
from tests.support.pages import OpenPage, be_signed_in, complaints_of, looks_right
from tests.support.servers import Server
from tests.support.signing_in import App, with_app
from tests.support.world import PASSWORD, World, make_world

SIZES = pytest.mark.parametrize("size", ["phone", "desktop"])


@pytest.fixture(scope="module")
def made(server: Server) -> World:
    return make_world()


@pytest.fixture
def world(made: World) -> Iterator[World]:
    """Nobody has a second factor, or has failed before."""
    yield made
    Authenticator.objects.all().delete()
    SignInAttempts.objects.all().delete()
    SignInCode.objects.all().delete()


@pytest.fixture
def url(server: Server) -> str:
    """Passkeys belong to a name; an address has none."""
    return server.url.replace("127.0.0.1", "localhost")


class Device:
    """The computer or phone that holds passkeys, with somebody who unlocks it."""

    def __init__(self, page: Page) -> None:
        self.line: CDPSession = page.context.new_cdp_session(page)
        self.line.send("WebAuthn.enable")
        options: dict[str, Any] = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self.line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = made["authenticatorId"]

    def passkeys(self) -> int:
        held = self.line.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return len(held["credentials"])

    def lose(self) -> None:
        self.line.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})

    def locked(self) -> None:
        """Whoever holds it now is not its owner."""
        self.line.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False}
        )


def show_password(page: Page, url: str, username: str = "first") -> None:
    page.goto(f"{url}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator(".account__summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def is_here(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def set_up_passkey(page: Page, name: str) -> None:
    page.get_by_role("link", name="Make a passkey").click()
    looks_right(page, f"set-up-passkey-{name}")
    page.get_by_role("button", name="Make the passkey").click()


@SIZES
def test_promise_19_a_passkey_is_set_up_used_lost_and_replaced(
    world: World, url: str, open_page: OpenPage, size: str
) -> None:
    page = open_page(size)
    device, said = Device(page), complaints_of(page)
    show_password(page, url)
    is_here(page, "Choose your second factor")
    looks_right(page, f"set-up-{size}")
    set_up_passkey(page, size)
    is_here(page, "Recovery codes")
    looks_right(page, f"recovery-codes-none-{size}")
    page.get_by_role("button", name="Make ten codes").click()
    expect(
        page.get_by_role("listitem").filter(has_text=re.compile(r"^\d{5} \d{5}$"))
    ).to_have_count(10)
    looks_right(page, f"recovery-codes-{size}")
    page.get_by_role("link", name="I have them on paper").click()
    is_here(page, "Worklist")
    page.goto(f"{url}/my-sign-in/")
    looks_right(page, f"my-sign-in-{size}")
    sign_out(page)

    page.goto(f"{url}/sign-in/?next=/notices/")
    page.get_by_role("link", name="Sign in with a passkey").click()
    looks_right(page, f"passkey-{size}")
    page.get_by_role("button", name="Use a passkey").click()
    is_here(page, "Notices")
    sign_out(page)

    device.locked()
    page.goto(f"{url}/sign-in/passkey/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used, and nothing was changed.")).to_be_visible()
    looks_right(page, f"passkey-refused-{size}")

    device.lose()
    show_password(page, url)
    is_here(page, "Show that it is you")
    looks_right(page, f"second-passkey-{size}")
    page.get_by_role("link", name="I have lost my passkey and my recovery codes").click()
    page.get_by_label("Code from your administrator").fill("nothing")
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_text("not right for this account").first).to_be_visible()
    looks_right(page, f"lost-wrong-{size}")
    code = given_back(open_page(size), url, size)
    page.get_by_label("Code from your administrator").fill(code)
    page.get_by_role("button", name="Use the code").click()
    is_here(page, "Choose your second factor")
    page.get_by_role("link", name="Set up an app").click()
    looks_right(page, f"set-up-app-{size}")
    app = App(page.locator(".qr__secret").inner_text())
    page.get_by_label("Code that the app shows now").fill(app.code())
    page.get_by_role("button", name="Use this app").click()
    is_here(page, "Recovery codes")
    page.get_by_role("link", name="Later").click()
    is_here(page, "Worklist")
    page.get_by_role("link", name="Notices").click()
    expect(page.get_by_text("Your sign-in was given back to you").first).to_be_visible()
    refused = [each for each in said if "422" not in each]
    assert not refused, refused


def given_back(page: Page, url: str, size: str) -> str:
    """An administrator who sees the person makes a code."""
    be_signed_in(page.context, url, "administrator")
    page.goto(f"{url}/give-sign-in-back/")
    page.get_by_role("button", name="Make the code").click()
    looks_right(page, f"give-back-wrong-{size}")
    page.get_by_label("User name of the person").fill("first")
    page.get_by_role("radio", name="Their passkey or app").check()
    page.get_by_role("checkbox", name="I have them before me").check()
    page.get_by_role("button", name="Make the code").click()
    is_here(page, "Code for Fern First Say it to them now")
    looks_right(page, f"give-back-{size}")
    return page.locator(".given-code").inner_text()


@SIZES
def test_pages_of_signing_in_are_looked_at(
    world: World, url: str, open_page: OpenPage, size: str
) -> None:
    page, app = open_page(size), with_app("first")
    page.goto(f"{url}/sign-in/forgotten/")
    looks_right(page, f"forgotten-{size}")
    show_password(page, url)
    looks_right(page, f"second-app-{size}")
    page.get_by_label("Code", exact=True).fill("123")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("That code is not right").first).to_be_visible()
    looks_right(page, f"second-wrong-{size}")
    page.get_by_label("Code", exact=True).fill(app.code())
    page.get_by_role("button", name="Go on").click()
    is_here(page, "Worklist")
    page.goto(f"{url}/my-sign-in/password/")
    looks_right(page, f"own-password-{size}")
    for _ in range(FREE["account"]):
        throttle.count(Source("account", "second", "192.0.2.9"))
    other = open_page(size)
    show_password(other, url, "second")
    expect(other.get_by_text("That was tried too often").first).to_be_visible()
    looks_right(other, f"sign-in-slowed-{size}")


@SIZES
def test_what_is_old_is_confirmed_first(
    world: World, url: str, server: Server, open_page: OpenPage, size: str
) -> None:
    page, app = open_page(size), with_app("first")
    be_signed_in(page.context, url, "first", fresh=False)
    page.goto(f"{url}/my-sign-in/recovery-codes/")
    is_here(page, "Confirm that it is you")
    looks_right(page, f"confirm-{size}")
    page.get_by_label("Code", exact=True).fill(app.code())
    page.get_by_role("button", name="Confirm").click()
    is_here(page, "Recovery codes")

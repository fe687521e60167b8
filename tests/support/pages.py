"""Pages in a real browser: sizes, accessibility, pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from dev.paths import ROOT
from reachable.access.models import User
from tests.support.servers import Server

SCREENS = ROOT / "test-results" / "screens"
AXE: str = Axe().axe_script
BRITISH = {"locale": "en-GB", "timezone_id": "Europe/London"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    **BRITISH,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **BRITISH}
OpenPage = Callable[[str], Page]


def axe(page: Page) -> None:
    """Fail, readably, when the page as it is now breaks a rule of axe.

    A click returns when the next page has begun to come, not when it is there.
    """
    page.wait_for_load_state("load")
    page.evaluate(AXE)
    # What a page keeps to, thousands of places long, stays in the browser.
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
    )
    assert not found, f"{page.url} is not accessible:\n" + "\n".join(map(_said, found))


def _said(violation: dict[str, Any]) -> str:
    places = [f"      {node['html'][:200]}" for node in violation["nodes"][:5]]
    more = len(violation["nodes"]) - len(places)
    return "\n".join(
        [f"  {violation['id']} ({violation['impact']}): {violation['help']}", *places]
        + ([f"      and {more} more"] if more else [])
    )


NARROWEST = 320  # CSS pixels: a small phone, or a desktop at 400 % (WCAG 2.2, 1.4.10)


def fits(page: Page) -> None:
    """Fail when anything stands beside the screen, as it is and at its narrowest.

    The width of the window is no measure: a phone zooms out until everything is inside it.
    """
    size = page.viewport_size
    assert size is not None
    for width in (size["width"], NARROWEST):
        page.set_viewport_size({"width": width, "height": size["height"]})
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{page.url}: {wider} pixels beside a screen of {width}"
    page.set_viewport_size(size)


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page, for people to look at, where somebody asked for pictures.

    It takes longer than axe takes.
    """
    if not os.environ.get("REACHABLE_PICTURES"):
        return
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


def looks_right(page: Page, name: str) -> None:
    """Fail when the page is not accessible or does not fit; keep a picture of it."""
    axe(page)
    fits(page)
    screenshot(page, name)


def sign_in(page: Page, server: Server, username: str) -> None:
    """Begin as somebody who has signed in on this browser; how they did is tested elsewhere."""
    be_signed_in(page.context, server.url, username)
    page.goto(server.url)


def be_signed_in(context: BrowserContext, url: str, username: str, *, fresh: bool = True) -> None:
    """Put a session into a browser; without `fresh`, one that began half an hour ago."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    if not fresh:
        held = client.session
        held["fresh"] -= 30 * 60
        held.save()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what has the focus is called `wanted`; it must be seen that it has it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "[document.activeElement.innerText?.trim(), document.activeElement.name]"
        )
        if wanted in here:
            seen = page.evaluate(
                "const at = document.activeElement, style = getComputedStyle("
                "at.type === 'radio' ? at.nextElementSibling : at, at.type === 'radio' ? "
                "'::before' : null); style.outlineStyle !== 'none' || style.boxShadow !== 'none'"
            )
            assert seen, f"it cannot be seen that “{wanted}” has the focus"
            return
    raise AssertionError(f"Tab does not lead to “{wanted}”")


def complaints_of(page: Page) -> list[str]:
    """Collect what the browser refuses or fails to load from now on."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said

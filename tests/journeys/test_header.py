"""The header on a phone, a tablet and a desk: one row, and what does not fit opens from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import OpenPage, looks_right, sign_in, tab_to
from tests.support.servers import Server
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    return server, make_world()


def rows_of_links(page: Page) -> int:
    """Count the rows on which links of the header stand that can be seen."""
    return int(
        page.evaluate(
            "new Set([...document.querySelectorAll('.top__nav > ul > li')]"
            ".filter(each => each.offsetParent !== null)"
            ".map(each => Math.round(each.getBoundingClientRect().top))).size"
        )
    )


@pytest.mark.parametrize("width", [390, 768, 1024, 1280])
@pytest.mark.parametrize("who", ["first", "lead"])
def test_the_header_is_one_row_and_everything_in_it_is_reached_by_keyboard(
    placed: tuple[Server, World], open_page: OpenPage, width: int, who: str
) -> None:
    server, _ = placed
    page = open_page("phone" if width < 768 else "desktop")
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, server, who)
    page.goto(f"{server.url}/worklist/")
    expect(page.locator("#narrow summary")).to_be_visible()
    expect(page).to_have_title("Worklist – Reachable")
    assert rows_of_links(page) == 1
    looks_right(page, f"header-{who}-{width}")
    more = page.locator(".top__menu summary")
    measures = page.locator(".top__nav a:visible", has_text="Measures")
    if width >= 1024:
        expect(more).not_to_be_visible()
        expect(measures).to_be_visible()
        return
    expect(measures).not_to_be_visible()
    tab_to(page, "More")
    page.keyboard.press("Enter")
    expect(measures).to_be_visible()
    looks_right(page, f"header-{who}-{width}-open")
    page.keyboard.press("Escape")
    expect(measures).not_to_be_visible()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Measures")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/measures/")
    expect(page.locator(".top__menu [aria-current=page]")).to_have_text("Measures")

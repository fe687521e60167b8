"""A supervisor runs a rule dry over the partnership's own past, looks at it, and switches it on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from reachable.moments.models import DryRun, RuleSwitch
from reachable.practice import guidance
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

RULE = next(rule for rule in guidance.rules() if not rule.usual)


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World]:
    world = make_world()
    world.signal(given_names="Cerys", family_name="Whitlock")
    return server, world


def both(page: Page, phone: Page, name: str) -> None:
    looks_right(page, f"rules-{name}-desktop")
    phone.goto(page.url)
    looks_right(phone, f"rules-{name}-phone")


def test_from_a_dry_run_to_switching_on(placed: tuple[Server, World], open_page: OpenPage) -> None:
    server, world = placed
    page, phone = open_page("desktop"), open_page("phone")
    complaints = complaints_of(page)
    sign_in(page, server, "lead")
    sign_in(phone, server, "lead")
    page.get_by_role("link", name="Rules", exact=True).click()
    both(page, phone, "01-all")
    page.get_by_role("link", name=RULE.title, exact=True).click()
    expect(page.get_by_text("It can be switched on once it was run dry")).to_be_visible()
    expect(page.get_by_role("button", name="Switch it on")).to_have_count(0)
    both(page, phone, "02-not-run")
    page.get_by_role("button", name="Run it dry over the last twelve months").click()
    expect(page.get_by_text("It would not have called once")).to_be_visible(timeout=30_000)
    assert "Cerys" not in page.content()
    both(page, phone, "03-run")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words why")
    page.get_by_label("Why").fill("The schools ask for it, and it calls seldom")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text(f"“{RULE.title}” is in force from now on.")).to_be_visible()
    expect(page.get_by_text("The schools ask for it, and it calls seldom")).to_be_visible()
    both(page, phone, "04-on")
    expect(page.get_by_text("Switched on by Lu Lead, ")).to_be_visible()
    decided = RuleSwitch.objects.get()
    assert (decided.rule, decided.is_on, decided.by_id) == (RULE.key, True, world.users["lead"])
    assert decided.dry_run_id == DryRun.objects.get().id
    assert [said for said in complaints if "the server responded with" not in said] == []


def test_whoever_may_not_decide_reads_what_was_decided(
    placed: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = placed
    page = open_page("desktop")
    sign_in(page, server, "first")
    page.goto(f"{server.url}/rules/{RULE.key}/")
    expect(page.get_by_role("heading", name=RULE.title)).to_be_visible()
    for name in ("Switch it on", "Switch it off", "Run it dry over the last twelve months"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)

"""The review queue in a real browser: by keyboard alone, in every state, in both sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reachable.foundation.time import now
from reachable.people.models import (
    CannotLink,
    LinkCheck,
    Merge,
    Opinion,
    Record,
    RecordCheck,
    Review,
    ReviewCandidate,
)
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def filled(server: Server) -> tuple[Server, World]:
    """A server whose worker rests, with a household and six reviews."""
    server.stop("worker")
    world = make_world()
    for name in ("Bartholomew", "Clementine"):
        world.signal(given_names=name, family_name="Orrell")
    for family, known, again in (
        ("Orrell", "Tamsin", "Tam"),
        ("Whitlock", "Idris", "Idr"),
        ("Ashdown", "Marisol", "Maris"),
        ("Hale", "Kofana", "Kof"),
        ("Brannigan", "Noorin", "Noo"),
        ("Featherstonehaugh", "Ottilie-Rosamund", "Ottilie-Rosamunde"),
    ):
        world.signal(given_names=known, family_name=family)
        world.signal("other_worry", given_names=again, family_name=family)
    return server, world


def open_now() -> list[UUID]:
    waiting = Review.objects.filter(outcome="", asked_at=None).order_by("opened_at", "id")
    return list(waiting.values_list("id", flat=True))


def says(world: World, username: str, review_id: UUID, same_as: str, reason: str) -> None:
    given = {"same_as": same_as, "reason": reason}
    world.client(username).post(f"/review/{review_id}/", given)


def beside(review_id: UUID) -> str:
    return str(ReviewCandidate.objects.get(review_id=review_id).record_id)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_two_stewards_decide_by_keyboard_alone(
    filled: tuple[Server, World], open_page: OpenPage, size: str
) -> None:
    """S, a reason, Enter: the next one is there, and the focus is where it is asked."""
    server, _ = filled
    first, second = open_now()[:2]
    merges = Merge.objects.count()
    for username in ("steward", "fellow"):
        page = open_page(size)
        sign_in(page, server, username)
        complaints = complaints_of(page)
        page.goto(f"{server.url}/review/{first}/")
        keys = page.keyboard
        keys.press("s")
        expect(page.get_by_label("The same child", exact=True)).to_be_checked()
        keys.press("d")
        expect(page.get_by_label("A different child", exact=True)).to_be_checked()
        keys.press("n")
        expect(page.get_by_label("Not sure", exact=True)).to_be_checked()
        keys.press("s")
        expect(page.get_by_label("The same child", exact=True)).to_be_focused()
        keys.press("2")
        expect(page.get_by_label("A mistyped letter, digit or date")).to_be_focused()
        looks_right(page, f"queue-chosen-{size}")
        keys.press("Enter")
        page.wait_for_url(f"**/review/{second}/#question")
        expect(page.locator("#question")).to_be_focused()
        looks_right(page, f"queue-next-{size}")
        assert not complaints
    assert Merge.objects.count() == merges + 1


def test_keys_do_nothing_while_somebody_writes_and_can_be_switched_off(
    filled: tuple[Server, World], open_page: OpenPage
) -> None:
    server, _ = filled
    one, two = open_now()[:2]
    page = open_page("desktop")
    sign_in(page, server, "steward")
    page.goto(f"{server.url}/review/{one}/")
    keys = page.keyboard
    keys.press("?")
    expect(page.get_by_text("Open or close this list")).to_be_visible()
    looks_right(page, "queue-keys")
    keys.press("r")
    expect(page.get_by_label("Why, in a few words")).to_be_focused()
    keys.type("sdnjk12?")
    expect(page.get_by_label("Why, in a few words")).to_have_value("sdnjk12?")
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    page.locator("#question").focus()
    keys.press("Control+s")
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    switch = page.get_by_role("button", name="Single keys: on")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.press("Enter")
    expect(page.get_by_role("button", name="Single keys: off")).to_be_focused()
    keys.press("s")
    keys.press("j")
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    page.reload()
    page.locator("#question").focus()
    keys.press("d")
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    page.get_by_role("button", name="Single keys: off").press("Enter")
    page.locator("#question").focus()
    keys.press("j")
    page.wait_for_url(f"**/review/{two}/#question")
    keys.press("k")
    page.wait_for_url(f"**/review/{one}/#question")


def test_all_of_it_works_without_a_script(
    filled: tuple[Server, World], new_context: Callable[..., BrowserContext]
) -> None:
    server, _ = filled
    review_id = open_now()[0]
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, server, "steward")
    page.goto(f"{server.url}/review/{review_id}/")
    expect(page.get_by_text("Keys on this page")).to_be_hidden()
    page.get_by_label("A different child", exact=True).check()
    page.get_by_label("Brothers, sisters or twins, or a parent").check()
    page.get_by_role("button", name="Decide, and go to the next").click()
    expect(page.get_by_text("Decided: a different child.")).to_be_visible()
    assert CannotLink.objects.filter(review_id=review_id).count() == 1


def every_state(world: World) -> dict[str, UUID]:
    """One review in each state that a steward meets, and what agencies and others see of it."""
    said, third, asked = open_now()[:3]
    says(world, "steward", said, "unsure", "Both records say too little")
    for review_id in (third, asked):
        says(world, "steward", review_id, beside(review_id), "The aunt says so")
        says(world, "fellow", review_id, "nobody", "The school knows both")
    world.client("steward").post(f"/review/{asked}/third/", {"way": "ask"})
    check = Review.objects.create(
        record=Record.objects.order_by("id")[0], rule="check", opened_at=now() - timedelta(days=1)
    )
    ReviewCandidate.objects.create(review=check, record=Record.objects.order_by("id")[2])
    LinkCheck.objects.create(review=check, sample="apart", month=now().date(), out_of=900)
    return {
        "said": said,
        "third": third,
        "asked": asked,
        "check": check.id,
        "apart": CannotLink.objects.latest("id").id,
        "record": RecordCheck.objects.latest("id").id,
    }


WALK = [
    ("steward", "queue", "/review/"),
    ("steward", "queue-said", "/review/{said}/"),
    ("steward", "queue-third", "/review/{third}/"),
    ("steward", "queue-asked", "/review/{asked}/"),
    ("steward", "queue-check", "/review/{check}/"),
    ("steward", "kept-apart", "/review/apart/"),
    ("steward", "apart-lift", "/review/apart/{apart}/"),
    ("steward", "linkage", "/linkage/"),
    ("governance", "linkage-governance", "/linkage/"),
    ("clerk", "to-check", "/records/to-check/"),
    ("clerk", "record-check", "/records/to-check/{record}/"),
]


def test_every_state_is_accessible_and_fits(
    filled: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = filled
    places = every_state(world)
    assert Opinion.objects.exists()
    for size in ("phone", "desktop"):
        people: dict[str, Page] = {}
        for username, name, address in WALK:
            if username not in people:
                people[username] = open_page(size)
                sign_in(people[username], server, username)
            page = people[username]
            complaints = complaints_of(page)
            page.goto(server.url + address.format(**places))
            assert not complaints, f"{name}: {complaints}"
            looks_right(page, f"{name}-{size}")

"""A school is thinking of an exclusion: what it sees of its own signal, and of nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from reachable.foundation.time import travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.practice.time import LONDON
from tests.support.pages import OpenPage, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

MORNING = datetime(2026, 11, 10, 9, 30, tzinfo=LONDON)
PATIENCE = 20_000  # milliseconds, on a busy machine
ELSEWHERE = ("custody", "arrest", "police", "Police", "Sam Sergeant", "Sol Second", "missing")


@pytest.fixture(scope="module")
def in_the_morning(server: Server) -> tuple[Server, World]:
    server.set_clock(MORNING)
    with travel(MORNING):
        return server, make_world()


def test_promise_46_a_school_sees_its_own_signal_the_holder_and_its_tasks(
    in_the_morning: tuple[Server, World], open_page: OpenPage
) -> None:
    server, world = in_the_morning
    school = open_page("desktop")
    sign_in(school, server, "teacher")
    send_what_is_considered(school)
    expect(school.get_by_text("Hub has been told")).to_be_visible()
    expect(school.get_by_role("heading", name="What is asked of you")).to_be_visible()
    both(school, open_page("phone"), server, "1-told")

    worker = open_page("desktop")
    sign_in(worker, server, "first")
    worker.get_by_role("link", name="Tamsin Orrell").click()
    worker.get_by_role("button", name="Acknowledge: I have it").first.click()
    expect(school.get_by_text("Fern First has it")).to_be_visible(timeout=PATIENCE)

    task = school.locator("#task-their_view")
    task.get_by_role("button", name="Done").click()
    expect(school.get_by_text("It is noted as done. Whoever has it sees that.")).to_be_visible()
    expect(school.locator("#task-their_view").get_by_text("You said")).to_be_visible()
    both(school, open_page("phone"), server, "2-held")
    said = main_of(school)

    an_arrest_joins(world)
    server.set_clock(MORNING + timedelta(minutes=50))
    school.goto(school.url)
    assert main_of(school) == said
    assert not [word for word in ELSEWHERE if word in main_of(school)]

    worker.reload()
    worker.get_by_role("button", name="Acknowledge: I have it").first.click()
    for title in ("Exclusion is being considered", "In police custody"):
        expect(worker.locator("h3.steps__kind").filter(has_text=title)).to_be_visible()
    expect(worker.locator("#step-their_view").get_by_text("Done:")).to_be_attached()
    looks_right(worker, "school-view-3-worker")
    on_phone = open_page("phone")
    sign_in(on_phone, server, "first")
    on_phone.goto(worker.url)
    looks_right(on_phone, "school-view-3-worker-phone")
    school.goto(school.url)
    assert main_of(school) == said

    finished(world)
    school.goto(school.url)
    expect(school.get_by_text("The child was reached").first).to_be_visible()
    both(school, open_page("phone"), server, "4-finished")
    assert not [word for word in ELSEWHERE if word in main_of(school)]
    school.goto(f"{server.url}/signals/")
    expect(school.get_by_text("The child was reached; finished")).to_be_visible()
    both(school, open_page("phone"), server, "5-what-i-sent")
    answer = school.goto(worker.url)
    assert answer is not None
    assert answer.status == 403


def send_what_is_considered(school: Page) -> None:
    school.get_by_role("radio", name="Exclusion is being considered").check()
    school.get_by_label("First name").fill("Tamsin")
    school.get_by_label("Last name").fill("Orrell")
    for part, value in (("Day", "3"), ("Month", "3"), ("Year", "2012")):
        school.get_by_label(part, exact=True).fill(value)
    school.get_by_label("Where is the child now?").fill("With the head of year")
    school.get_by_text("If you know more: postcode, how to talk with the child").click()
    school.get_by_label("Home postcode").fill("FX1 1AA")
    school.get_by_role("button", name="Send it").click()


def both(page: Page, phone: Page, server: Server, name: str) -> None:
    looks_right(page, f"school-view-{name}-desktop")
    sign_in(phone, server, "teacher")
    phone.goto(page.url)
    looks_right(phone, f"school-view-{name}-phone")


def main_of(page: Page) -> str:
    """Return what the page says, without what was told once after a press."""
    page.goto(page.url)
    return page.inner_text("main")


def an_arrest_joins(world: World) -> None:
    with travel(MORNING + timedelta(minutes=40)):
        world.signal(by="sergeant")
    assert Moment.objects.count() == 1


def finished(world: World) -> None:
    with travel(MORNING + timedelta(minutes=55)):
        moment_id = world.signal(by="sergeant")
        by = world.actor("first")
        moments.take(by=by, moment_id=moment_id)
        moments.reach(by=by, moment_id=moment_id, how="seen", note="Wants to stay at school")
        moments.close(by=by, moment_id=moment_id, outcome="reached", reason="Meets her weekly")

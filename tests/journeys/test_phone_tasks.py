"""What is still to be done stands on the phone too, to be read without signal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from reachable.foundation.time import today
from reachable.moments import tasks
from tests.support.pages import axe, screenshot
from tests.support.phone import Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    del server
    return make_world()


def test_a_phone_shows_what_is_to_be_done_and_asks_nothing_of_it(
    world_there: World, take: Take
) -> None:
    moment_id = world_there.signal(given_names="Wren", family_name="Marchbank")
    due = today() + timedelta(days=2)
    tasks.add_task(by=world_there.actor("lead"), moment_id=moment_id, text="A bus pass", due_on=due)
    phone: Phone = take()
    phone.open()
    phone.page.get_by_role("link", name="Sign in").wait_for()
    phone.set_up("first")
    phone.page.get_by_role("button", name="Marchbank").click()
    shown = phone.page.get_by_role("listitem").filter(has_text="A bus pass")
    expect(shown).to_contain_text(f"Lu Lead, by {due:%A} {due.day} {due:%B}")
    expect(shown.get_by_role("button")).to_have_count(0)
    axe(phone.page)
    screenshot(phone.page, "phone-tasks")

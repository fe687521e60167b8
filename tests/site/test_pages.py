"""Where people begin, help, and what the product follows."""

from __future__ import annotations

import pytest

from reachable.access.models import Role, User
from reachable.practice import guidance
from reachable.site.wording import group_key
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    ("username", "first_page"), [("first", "/worklist/"), ("governance", "/who-looked/")]
)
def test_everybody_begins_with_their_own_work(world: World, username: str, first_page: str) -> None:
    assert world.client(username).get("/")["Location"] == first_page


def test_a_role_without_a_page_of_its_own_is_told_what_to_do(world: World) -> None:
    administrator = world.client("administrator").get("/").content
    assert b"There is no page for accounts yet." in administrator
    assert b"on the server" in administrator
    Role.objects.filter(user_id=world.users["first"]).delete()
    nobody = world.client("first").get("/").content
    assert b"Your role opens no page of its own." in nobody
    assert b"Ask your manager" in nobody


def test_the_administrator_sees_the_teams_in_which_nobody_may_take_a_moment(world: World) -> None:
    client = world.client("administrator")
    assert b"Nobody there may take" not in client.get("/").content
    for name in ("first", "second", "lead"):
        User.objects.filter(id=world.users[name]).update(is_active=False)
    page = client.get("/").content.decode()
    assert "Nobody there may take a reachable moment: Hub" in page
    assert "Put a practitioner or a supervisor into it." in page


def test_help_explains_every_shape_of_a_clock(world: World) -> None:
    page = world.client("teacher").get("/help/").content.decode()
    for words in ("time is left", "four hours or less", "stays missed", "done in time"):
        assert words in page


def test_what_is_not_known_is_shown_first(world: World) -> None:
    page = world.client("teacher").get("/what-this-follows/").content.decode()
    for item in guidance.not_known():
        assert f'id="{item.key}"' in page
    assert page.index("What is not known") < page.index("Sources")


@pytest.mark.parametrize("group", guidance.all_items(), ids=lambda group: group_key(group.title))
def test_every_item_is_shown_with_its_standing(world: World, group: guidance.Group) -> None:
    answer = world.client("teacher").get("/what-this-follows/", {"group": group_key(group.title)})
    page = answer.content.decode()
    for item in group.items:
        assert f'id="{item.key}"' in page
        assert item.basis.words in page
        assert item.certainty.words in page


def test_an_unknown_group_shows_all(world: World) -> None:
    answer = world.client("teacher").get("/what-this-follows/", {"group": "no-such"})
    assert b"What is not known" in answer.content

"""Where people begin, help, and what the product follows."""

from __future__ import annotations

import pytest
from django.test import Client

from reachable.access import services as access
from reachable.access.models import Agency, Role, Team, User
from reachable.foundation.actor import system
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.notices.rules import WORDINGS
from reachable.practice import guidance
from reachable.site.wording import group_key
from tests.support.world import World, html

pytestmark = pytest.mark.db

BY = system("tests")


@pytest.mark.parametrize(
    ("username", "first_page"), [("first", "/worklist/"), ("governance", "/who-looked/")]
)
def test_everybody_begins_with_their_own_work(world: World, username: str, first_page: str) -> None:
    assert world.client(username).get("/")["Location"] == first_page


def test_a_role_without_a_page_of_its_own_is_told_what_to_do(world: World) -> None:
    administrator = world.client("administrator").get("/").content
    assert b"People: invite, move and end accounts" in administrator
    assert b'href="/staff/teams/"' in administrator
    assert b'href="/staff/agencies/"' in administrator
    Role.objects.filter(user_id=world.users["first"]).delete()
    nobody = world.client("first").get("/").content
    assert b"Your role opens no page of its own." in nobody
    assert b"Ask your manager" in nobody


def test_the_administrator_sees_the_teams_in_which_nobody_may_take_a_moment(world: World) -> None:
    client = world.client("administrator")
    assert b"Nobody there may take" not in client.get("/").content
    for name in ("first", "second", "lead"):
        User.objects.filter(id=world.users[name]).update(is_active=False)
    page = words(client)
    assert "Nobody there may take a reachable moment: Hub" in page
    assert "No team has anybody. What would open a moment is refused" in page
    assert "into a team." in page
    assert "wait" not in page.partition("Nobody there")[2].partition("into a team.")[0]


def test_the_administrator_sees_how_many_moments_wait_where_nobody_may_take_them(
    world: World,
) -> None:
    client = world.client("administrator")
    for child in ("Tamsin", "Idris"):
        world.signal(given_names=child)
    for name in ("first", "second", "lead"):
        access.end_account(by=BY, user_id=world.users[name])
    page = words(client)
    assert "2 moments wait in Hub now." in page
    assert "what waits goes there by itself, within seconds" in page
    notice = Notice.objects.get(user_id=world.users["administrator"])
    assert "what waits anywhere goes there by itself" in WORDINGS[notice.kind].text
    assert "Your first page names the teams" in WORDINGS[notice.kind].text
    council = Agency.objects.get(key="council").id
    access.create_team(by=BY, key="north", name="North", agency_id=council)
    access.create_account(
        by=BY,
        username="wren",
        name="Wren",
        agency_id=council,
        roles=["practitioner"],
        teams=[Team.objects.get(key="north").id],
    )
    moments.pass_on_unanswered(by=BY)
    page = words(client)
    assert "wait in Hub now" not in page
    assert "goes by itself to another that has somebody" in page
    assert Moment.objects.filter(team__key="north", state="with_team").count() == 2


def words(client: Client) -> str:
    return html(client.get("/"))


def test_help_explains_every_shape_of_a_clock(world: World) -> None:
    page = world.client("teacher").get("/help/").content.decode()
    for words in ("time is left", "four hours or less", "stays missed", "done in time"):
        assert words in page


def test_what_is_not_known_is_shown_first(world: World) -> None:
    page = world.client("teacher").get("/what-this-follows/").content.decode()
    for item in guidance.not_known():
        assert f'id="{item.key}"' in page
    assert page.index("What is not known") < page.index("Sources")


@pytest.mark.parametrize("group", guidance.item_pages(), ids=lambda group: group_key(group.title))
def test_every_item_is_shown_with_its_standing(world: World, group: guidance.Group) -> None:
    answer = world.client("teacher").get("/what-this-follows/", {"group": group_key(group.title)})
    page = answer.content.decode()
    for item in group.items:
        assert f'id="{item.key}"' in page
        assert item.basis.words in page
        assert item.certainty.words in page


def test_every_item_stands_on_one_of_the_pages_and_once() -> None:
    shown = [item for page in guidance.item_pages() for item in page.items]
    assert shown == [item for group in guidance.all_items() for item in group.items]
    for page in guidance.item_pages():
        assert len({item.key for item in page.items}) == len(page.items)


def test_an_unknown_group_shows_all(world: World) -> None:
    answer = world.client("teacher").get("/what-this-follows/", {"group": "no-such"})
    assert b"What is not known" in answer.content

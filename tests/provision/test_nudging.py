"""Who keeps the directory is told, once a month, that entries were not checked for half a year."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.notices.models import Notice
from reachable.notices.rules import WORDINGS
from reachable.provision import services
from reachable.provision.nudging import CHECK_AFTER, nudge
from tests.support.directory import fill_directory
from tests.support.world import World, html

pytestmark = pytest.mark.db

BY = system("tests")


def told() -> dict[UUID, int]:
    users = list(Notice.objects.filter(kind="directory.due").values_list("user_id", flat=True))
    return {user: users.count(user) for user in users}


def test_the_owners_keepers_are_told_once_a_month_until_every_entry_is_checked(
    world: World,
) -> None:
    fill_directory(3)
    keepers = {world.users["lead"], world.users["coordinator"]}
    assert nudge(by=BY) == 0
    begin = now()
    with travel(begin + CHECK_AFTER + timedelta(hours=1)):
        assert nudge(by=BY) == 2
        assert nudge(by=BY) == 0
        assert told() == dict.fromkeys(keepers, 1)
        page = html(world.client("lead").get("/directory/"))
        assert "3 entries were not checked for half a year" in page
        assert "not checked for half a year" not in html(world.client("first").get("/directory/"))
        services.check_service(by=world.actor("lead"), service_id=UUID(int=1))
        due = html(world.client("lead").get("/directory/?show=due"))
        assert "2 services" in due
        assert "Invented Service 1<" not in due
        notice = Notice.objects.filter(user_id=world.users["lead"], kind="directory.due").get()
        answer = world.client("lead").get(f"/notices/{notice.id}/")
        assert answer["Location"] == "/directory/"
    with travel(begin + CHECK_AFTER + timedelta(days=40)):
        assert nudge(by=BY) == 2
        for number in (2, 3):
            services.check_service(by=world.actor("lead"), service_id=UUID(int=number))
    with travel(begin + CHECK_AFTER + timedelta(days=80)):
        assert nudge(by=BY) == 0
    assert told() == dict.fromkeys(keepers, 2)


def test_where_the_owner_has_no_keeper_all_are_told(world: World) -> None:
    fill_directory(3, agency="school")
    with travel(now() + CHECK_AFTER + timedelta(hours=1)):
        assert nudge(by=BY) == 2
    assert set(told()) == {world.users["lead"], world.users["coordinator"]}


def test_the_notice_names_no_service() -> None:
    said = WORDINGS["directory.due"]
    assert "{" not in said.title + said.text

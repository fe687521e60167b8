"""What somebody has been told."""

from __future__ import annotations

import pytest

from reachable.notices.models import Notice
from tests.support.world import World

pytestmark = pytest.mark.db


def test_nothing_to_tell_is_said(world: World) -> None:
    assert b"There is nothing to tell you." in world.client("first").get("/notices/").content


def test_a_notice_names_no_child_and_leads_to_the_moment(world: World) -> None:
    moment_id = world.signal()
    client = world.client("first")
    page = client.get("/notices/").content.decode()
    assert "A reachable moment is waiting for you" in page
    assert "Orrell" not in page
    notice = Notice.objects.get(user_id=world.users["first"])
    answer = client.get(f"/notices/{notice.id}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/moments/{moment_id}/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_opening_the_moment_counts_as_told(world: World) -> None:
    moment_id = world.signal()
    client = world.client("first")
    assert b"not yet read" in client.get("/notices/").content
    client.get(f"/moments/{moment_id}/")
    assert b"not yet read" not in client.get("/notices/").content


def test_all_are_marked_as_read(world: World) -> None:
    world.signal()
    client = world.client("first")
    assert client.post("/notices/read/", follow=True).status_code == 200
    assert not Notice.objects.filter(user_id=world.users["first"], read_at=None).exists()


def test_promise_09_a_notice_of_somebody_else_is_not_found(world: World) -> None:
    world.signal()
    notice = Notice.objects.get(user_id=world.users["first"])
    assert world.client("second").get(f"/notices/{notice.id}/").status_code == 404

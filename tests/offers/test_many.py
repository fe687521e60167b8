"""What fits many children at once: the same as for each alone, in as many questions as for one."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.access import services as access
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.geography import services as geography
from reachable.offers import matching
from reachable.offers.many import what_fits_each
from tests.offers.test_matching import MONDAY, SYSTEM, load, there
from tests.support.directory import fill_directory, offer
from tests.support.offers import child_of, offered
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def children(world: World) -> list[UUID]:
    geography.load_areas(
        by=SYSTEM,
        areas=[("N", "North"), ("S", "South")],
        postcodes=[("FX1 1AA", "N"), ("FX3 3CC", "S")],
    )
    with travel(MONDAY):
        return [
            child_of(world.signal(needs="Short sentences", family_name=name))
            for name in ("Hallam", "Quill", "Ferrow")
        ]


def names(world: World, children: list[UUID], by: str = "first", at_most: int = 12) -> list[str]:
    kinds = dict.fromkeys(children, "custody")
    with travel(MONDAY):
        found = what_fits_each(by=world.actor(by), kinds=kinds, at_most=at_most)
    assert {tuple(each.name for each in suits) for suits in found.values()} or not found
    return [each.name for each in next(iter(found.values()), [])]


def test_what_fits_each_is_what_fits_each_alone(world: World, children: list[UUID]) -> None:
    load(
        offer(1, name="South", **there(1, "FX3 3CC")),
        offer(2, name="North", **there(2, "FX1 1AA")),
        offer(3, name="Too old", minimum_age=16),
        offer(4, name="Says little", minimum_age=None, maximum_age=None, schedules=[]),
    )
    by, kinds = world.actor("first"), dict.fromkeys(children, "custody")
    with travel(MONDAY):
        found = what_fits_each(by=by, kinds=kinds, at_most=12)
        for child in children:
            alone = matching.what_fits(by=by, person_id=child).fits
            assert [(each.service_id, each.travel, each.unsaid) for each in found[child]] == [
                (fit.service_id, fit.travel, fit.unsaid) for fit in alone
            ]
    assert len(alone) == 3


def test_what_goes_on_or_was_not_wanted_is_left_out_and_what_was_put_off_is_marked(
    world: World, children: list[UUID]
) -> None:
    load(*(offer(number) for number in range(1, 6)))
    child = children[0]
    offered(world, child, "wants", service=UUID(int=1))
    offered(world, child, "no", service=UUID(int=2))
    offered(world, child, "not_now", service=UUID(int=3))
    offered(world, child, "wants", "sent", "refused", service=UUID(int=4))
    with travel(MONDAY):
        found = what_fits_each(by=world.actor("first"), kinds={child: "custody"}, at_most=12)
    assert {each.name: each.state for each in found[child]} == {
        "Invented Service 3": "put_off",
        "Invented Service 4": "refused",
        "Invented Service 5": "",
    }


def test_no_more_than_asked_and_nothing_of_children_whom_one_does_not_see(
    world: World, children: list[UUID]
) -> None:
    fill_directory(30)
    assert len(names(world, children)) == 12
    assert names(world, children, by="outsider") == []
    row = (world.users["outsider"], None, children[0], "panel", children[0])
    access.involve(by=system("tests"), rows=[row], kind="person")
    with travel(MONDAY):
        found = what_fits_each(
            by=world.actor("outsider"), kinds=dict.fromkeys(children, ""), at_most=3
        )
    assert set(found) == {children[0]}
    for username in ("teacher", "administrator"):
        assert names(world, children, by=username) == []


def test_the_directory_is_read_once_for_many(world: World, children: list[UUID]) -> None:
    fill_directory(20)
    asked = []
    for count in (1, 3):
        by, kinds = world.actor("first"), dict.fromkeys(children[:count], "custody")
        with CaptureQueriesContext(connection) as questions:
            assert len(what_fits_each(by=by, kinds=kinds, at_most=12)) == count
        asked.append(len(questions))
    assert asked[0] == asked[1]

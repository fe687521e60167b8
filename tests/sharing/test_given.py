"""What was shared with somebody whom something keeps from the child since."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.access import services as access
from reachable.access.models import RestrictionReader
from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now
from reachable.moments import services as moments
from reachable.notices.models import Notice
from reachable.people import conflicts, restricting
from reachable.sharing import acting, given
from tests.support.closing import restrict
from tests.support.offers import child_of
from tests.support.sharing import shared
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def child(world: World) -> UUID:
    moment_id = world.signal(needs="Short sentences")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def declare(world: World, child: UUID, whose: str) -> None:
    conflicts.declare(
        by=world.actor("lead"), person_id=child, reason="Her nephew", whose=world.users[whose]
    )


def is_open(world: World, made: UUID, to: str) -> bool:
    by = world.actor(to)
    listed = made in [each.id for each in given.shared_with_me(by=by)]
    try:
        given.shared(by=by, shared_id=made)
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


def test_a_conflict_closes_what_was_shared_before_and_nothing_is_shared_after(
    world: World, child: UUID
) -> None:
    made, other = shared(world, child, "name", to="outsider"), shared(world, child, "name")
    assert is_open(world, made, "outsider")
    declare(world, child, "outsider")
    assert not is_open(world, made, "outsider")
    assert is_open(world, other, "teacher")
    with pytest.raises(BadInput, match="can be shared with them"):
        shared(world, child, "name", to="outsider", by="second")


def test_who_came_into_conflict_is_not_told_of_what_is_agreed_to_later(
    world: World, child: UUID
) -> None:
    Event.objects.update(compartment="intelligence")
    event = Event.objects.get()
    made = shared(world, child, f"event:{event.id}", to="outsider", by="lead")
    access.create_account(
        by=system("tests"),
        username="other_lead",
        name="Olu Lead",
        agency_id=agency_id("council"),
        roles=["supervisor"],
        teams=[world.team],
    )
    declare(world, child, "outsider")
    acting.agree(by=world.actor("other_lead"), sharing_id=made, agreed=True)
    told = Notice.objects.filter(user_id=world.users["outsider"], kind__startswith="sharing.")
    assert not told.exists()
    assert not is_open(world, made, "outsider")


def test_a_restriction_closes_what_was_shared_before_it_with_who_is_no_reader(
    world: World, child: UUID
) -> None:
    before = shared(world, child, "name", to="outsider")
    restriction = restrict(world.actor("lead"), child, world.users["lead"], world.users["first"])
    assert not is_open(world, before, "outsider")
    after = shared(world, child, "name", to="outsider")
    assert is_open(world, after, "outsider"), "a reader weighed it, and knew of the restriction"
    restricting.add_reader(
        by=world.actor("lead"), restriction_id=restriction, user_id=world.users["outsider"]
    )
    assert is_open(world, before, "outsider")
    as_a_reader = shared(world, child, "birth_date", to="outsider")
    RestrictionReader.objects.filter(user_id=world.users["outsider"]).update(ended_at=now())
    assert not is_open(world, before, "outsider")
    assert not is_open(world, as_a_reader, "outsider")


def test_who_looked_at_what_was_shared_is_told_to_whom_it_was_shared_with_alone(
    world: World, child: UUID
) -> None:
    made, other = shared(world, child, "name", to="outsider"), shared(world, child, "name")
    for to, shown in (("outsider", made), ("teacher", other)):
        given.shared(by=world.actor(to), shared_id=shown)
        # To ask who looked is a look too.
        looks = given.who_looked(by=world.actor(to), shared_id=shown).looks
        assert {each.name for each in looks} == {world.actor(to).name}
        assert {each.page for each in looks} == {"what was shared with them"}
        assert not given.who_looked(by=world.actor(to), shared_id=shown, page=2).looks
    with pytest.raises(NotFound):
        given.who_looked(by=world.actor("teacher"), shared_id=made)

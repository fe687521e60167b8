"""What was shared with somebody whom something keeps from the child since."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.access import services as access
from reachable.access.models import Restriction, RestrictionReader, User
from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import ANONYMOUS, Actor, system
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now, today
from reachable.moments import services as moments
from reachable.notices.models import Notice
from reachable.people import conflicts, restricting
from reachable.people.registries import Seen
from reachable.sharing import acting, given, seeing
from reachable.sharing.given import SharedRow
from reachable.sharing.models import SharingDecision
from tests.support.closing import restrict
from tests.support.merging import merge_moments
from tests.support.offers import child_of
from tests.support.sharing import REASONS, shared
from tests.support.world import World, html

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


def test_what_was_shared_is_read_with_whom_to_ring_and_what_was_said_of_it(
    world: World, child: UUID
) -> None:
    User.objects.filter(id=world.users["second"]).update(phone="07700 900777")
    made = shared(world, child, "name", by="second", conditions="Tell nobody else.")
    teacher, decision = world.actor("teacher"), SharingDecision.objects.get()
    row = SharedRow(
        id=made,
        by="Sol Second",
        agency="Fenmarch Council",
        purpose=REASONS.purpose,
        until=today() + timedelta(days=14),
        since=decision.decided_at,
    )
    facts = given.shared(by=teacher, shared_id=made)
    assert given.shared_with_me(by=teacher) == [row] == [facts.row]
    assert (facts.phone, facts.conditions, facts.told_words) == (
        "07700 900777",
        "Tell nobody else.",
        "The child",
    )
    assert [(each.title, each.text) for each in facts.pieces] == [("Name", "Tamsin Orrell")]
    User.objects.filter(id=world.users["second"]).update(is_active=False)
    assert given.shared(by=teacher, shared_id=made).phone == "", "nobody rings who has left"


def test_a_list_of_two_asks_for_names_and_children_no_oftener_than_a_list_of_one(
    world: World, child: UUID
) -> None:
    other = child_of(world.signal("other_worry", given_names="Idris", family_name="Whitlock"))
    asked: list[list[int]] = []
    for each, by in ((child, "first"), (other, "lead")):
        shared(world, each, "name", by=by)
        teacher = world.actor("teacher")
        with CaptureQueriesContext(connection) as queries:
            rows = given.shared_with_me(by=teacher)
        said = [query["sql"] for query in queries]
        asked.append([sum(table in sql for sql in said) for table in ("access_user", "people_")])
    assert [each.by for each in rows] == ["Lu Lead", "Fern First"], "the newest first"
    assert asked[0] == asked[1]


def test_whoever_may_see_no_child_any_more_is_given_no_list(world: World, child: UUID) -> None:
    made = shared(world, child, "name")
    assert [each.id for each in given.shared_with_me(by=world.actor("teacher"))] == [made]
    access.end_role(by=system("tests"), user_id=world.users["teacher"], role="school_lead")
    for by in (world.actor("teacher"), ANONYMOUS, system("tests")):
        assert given.shared_with_me(by=by) == []


def test_why_somebody_sees_it_is_said_and_leads_to_who_looked(world: World, child: UUID) -> None:
    made, own = shared(world, child, "name"), shared(world, child, "name", to="second")
    said = ("It was shared with you, until the day that is named here",)
    teacher = world.actor("teacher")
    assert given.why(by=teacher, subject_id=made) == Seen(said, "shared_looked", made)
    page = html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    assert f"Why you see this: {said[0]}." in page
    assert f'href="/shared-with-me/{made}/who-looked/"' in page
    seen = given.why(by=world.actor("second"), subject_id=own)
    assert (seen.who_looked, seen.argument) == ("child_looked", child)


def test_of_two_restrictions_the_later_counts_and_one_of_the_same_instant_was_weighed(
    world: World,
) -> None:
    moment_ids = [world.signal(), world.signal("other_worry", given_names="Tam")]
    children = [child_of(each) for each in moment_ids]
    for each in children:
        restrict(world.actor("lead"), each, world.users["lead"], world.users["first"])
    merge_moments(world.actor("steward"), *moment_ids)
    made = shared(world, children[0], "name", to="outsider")
    at = SharingDecision.objects.get().decided_at
    hour = timedelta(hours=1)
    for one, other, opens in (
        (-hour, -hour, True),
        (timedelta(0), -hour, True),
        (hour, -hour, False),
        (-hour, hour, False),
    ):
        for each, since in zip(children, (one, other), strict=True):
            Restriction.objects.filter(subject_id=each).update(set_at=at + since)
        assert is_open(world, made, "outsider") is opens


def test_of_two_children_the_one_that_was_asked_for_is_found_and_of_two_records_who_stands(
    world: World,
) -> None:
    moment_ids = [
        world.signal(),
        world.signal("other_worry", given_names="Tam"),
        world.signal("other_worry", given_names="Idris", family_name="Whitlock"),
    ]
    kept, joined, other = (child_of(each) for each in moment_ids)
    merge_moments(world.actor("steward"), *moment_ids[:2])
    by = world.actor("first")
    found = [seeing.current_child(by=by, person_id=each) for each in (kept, joined, other)]
    assert found == [kept, kept, other]


def test_whoever_decided_may_nothing_of_it_once_their_account_has_ended(
    world: World, child: UUID
) -> None:
    shared(world, child, "name")
    decision, first = SharingDecision.objects.get(), world.users["first"]
    assert seeing.as_decider(decision) == world.actor("first")
    User.objects.filter(id=first).update(is_active=False)
    assert seeing.as_decider(decision) == Actor(kind="person", id=first, name="Fern First")

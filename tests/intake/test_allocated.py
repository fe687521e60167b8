"""The worker whom a council's own records allocate to a child, while they say so."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import permutations
from uuid import UUID

import pytest
from click.testing import CliRunner

from reachable.access import allocating
from reachable.access import services as access
from reachable.access.cli import group
from reachable.access.models import Involvement, User
from reachable.access.selectors import actor_for, agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, travel
from reachable.intake.allocated import allocated_workers, allocating_feeds, rebuild
from reachable.intake.models import Signal
from reachable.moments.models import Moment
from reachable.people import selectors as people
from reachable.people.models import Record
from tests.intake.test_table_sets import AT, arrive, begin, come
from tests.support.tables import Tables, changed, sample, without
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

SYSTEM = system("tests")
TOBIN = "9001"
CHILD = date(2026, 2, 23)


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def give(world: World, username: str, number: str) -> None:
    allocating.give_staff_number(by=SYSTEM, user_id=world.users[username], number=number)


def actor(username: str) -> Actor:
    return actor_for(User.objects.get(username=username))


def child(reference: str = TOBIN) -> UUID:
    return Record.objects.values_list("person_id", flat=True).get(source_ref=reference)


def allocated() -> set[tuple[str, UUID, date]]:
    held = Involvement.objects.filter(basis="allocated", ended_at=None, user__isnull=False)
    return {
        (each.user.username, each.subject_id, each.started_at.date())
        for each in held.select_related("user")
        if each.user
    }


def sees(username: str, reference: str = TOBIN) -> bool:
    return people.is_visible(by=actor(username), person_id=child(reference))


def ended(tables: Tables, day: str = "2026-03-20") -> Tables:
    return changed(
        tables, "ssd_involvements", "I1", invo_involvement_end_date=f"{day} 00:00:00.000"
    )


def withdrawn(tables: Tables) -> Tables:
    return without(tables, "ssd_involvements", "I1")


def test_promise_13_the_record_is_open_to_the_allocated_worker_until_the_source_ends_it(
    world: World,
) -> None:
    give(world, "outsider", "s100")
    come(sample())
    assert allocated() == {("outsider", child(), CHILD)}
    assert sees("outsider")
    facts = people.child(by=actor("outsider"), person_id=child())
    assert facts.why_visible == ["You are the worker who is allocated to this child"]
    come(sample(), days=1)
    assert len(Involvement.objects.filter(basis="allocated")) == 1
    come(ended(sample()), days=2)
    assert not allocated()
    assert not sees("outsider")
    over = Involvement.objects.get(basis="allocated")
    assert over.ended_at == datetime(2026, 3, 21, tzinfo=UTC)
    acts = Entry.objects.filter(action__in=["access.allocated", "access.allocation_ended"])
    assert list(acts.order_by("at").values_list("action", "subject_id")) == [
        ("access.allocated", child()),
        ("access.allocation_ended", child()),
    ]


def test_the_end_that_was_a_mistake_opens_it_again_and_what_is_taken_back_closes_it(
    world: World,
) -> None:
    give(world, "outsider", "S100")
    come(ended(sample()))
    assert not allocated()
    come(sample(), days=1)
    assert allocated() == {("outsider", child(), CHILD)}
    started = "2026-03-02 00:00:00.000"
    come(changed(sample(), "ssd_involvements", "I1", invo_involvement_start_date=started), days=2)
    assert allocated() == {("outsider", child(), date(2026, 3, 2))}
    come(withdrawn(sample()), days=3)
    assert not allocated()
    come(sample(), days=4)
    assert allocated() == {("outsider", child(), CHILD)}


def test_a_correction_moves_it_to_another_worker(world: World) -> None:
    give(world, "outsider", "S100")
    give(world, "first", "S101")
    come(sample())
    come(changed(sample(), "ssd_involvements", "I1", invo_professional_id="W2"), days=1)
    assert allocated() == {("first", child(), CHILD)}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_sets_are_loaded_what_came_last_counts(
    world: World, order: tuple[int, ...]
) -> None:
    give(world, "outsider", "S100")
    give(world, "first", "S101")
    come(sample(), history=True)
    moved = changed(sample(), "ssd_involvements", "I1", invo_professional_id="W2")
    came = [
        arrive(tables, days=1 + day, whole=False)
        for day, tables in enumerate((ended(sample()), sample(), moved))
    ]
    # A set is refused while an earlier one waits; whoever loads them tries again.
    for at in (*order, *range(3)):
        with suppress(Conflict):
            begin(came[at], days=5)
    assert allocated() == {("first", child(), CHILD)}


def test_only_an_account_of_the_council_itself_and_never_a_name(world: World) -> None:
    """An account of the police has the number and another the name: neither is the worker."""
    give(world, "clerk", "S100")
    access.create_account(
        by=SYSTEM,
        username="namesake",
        name="Ines Sample-Vale",
        agency_id=agency_id("council"),
        roles=["practitioner"],
        staff_number="S999",
    )
    come(sample())
    assert not allocated()
    assert not sees("namesake")


def test_a_reviewing_officer_is_not_allocated(world: World) -> None:
    give(world, "outsider", "S101")
    come(sample())
    assert Signal.objects.filter(feed="ssd_involvements", source_key="I2").exists()
    assert not allocated()
    roles = allocating_feeds()["ssd_involvements"].roles
    assert "independentreviewingofficer" not in roles


def test_a_number_that_is_given_later_opens_and_that_is_taken_away_closes(world: World) -> None:
    come(sample())
    assert not allocated()
    give(world, "outsider", " S 100 ")
    assert allocated() == {("outsider", child(), CHILD)}
    give(world, "outsider", "")
    assert not allocated()
    assert not sees("outsider")


def test_a_number_that_the_council_writes_with_spaces_opens_and_closes_as_any_other(
    world: World,
) -> None:
    come(changed(sample(), "ssd_professionals", "W1", prof_staff_id="s 100"))
    give(world, "outsider", "S100")
    assert allocated() == {("outsider", child(), CHILD)}
    give(world, "outsider", "")
    assert not allocated()
    assert not sees("outsider")


def test_a_new_account_with_the_number_takes_the_place_of_one_that_ended(world: World) -> None:
    give(world, "outsider", "S100")
    come(sample())
    with pytest.raises(BadInput, match="Another account of this agency has the staff number s100"):
        give(world, "second", "s100")
    access.end_account(by=SYSTEM, user_id=world.users["outsider"])
    assert not allocated()
    come(changed(sample(), "ssd_involvements", "I1", invo_professional_team="North"), days=1)
    assert not allocated()
    give(world, "second", "S100")
    assert allocated() == {("second", child(), CHILD)}


def test_rebuilding_restores_what_was_lost_and_changes_nothing_else(world: World) -> None:
    give(world, "outsider", "S100")
    come(sample())
    assert rebuild(by=SYSTEM) == 0
    stands = allocated()
    Involvement.objects.filter(basis="allocated").update(ended_at=now())
    assert rebuild(by=SYSTEM) == 1
    assert allocated() == stands


def test_promise_45_a_child_whose_rows_were_held_comes_first_to_the_allocated_worker(
    world: World,
) -> None:
    """Until the child went missing nobody knew them here; what was held comes in before it asks."""
    give(world, "second", "S100")
    tables = changed(sample(), "ssd_involvements", "I1", invo_person_id="9002")
    came = without(tables, "ssd_missing", "M1", "M2")
    come(came)
    assert not Record.objects.filter(source_ref="9002").exists()
    assert not allocated()
    come(changed(tables, "ssd_missing", "M1", miss_person_id="9002"), days=0.1)
    assert allocated() == {("second", child("9002"), CHILD)}
    moment = Moment.objects.get(person_id=child("9002"))
    assert moment.asked_id == world.users["second"]


def test_who_is_allocated_is_shown_to_whoever_may_see_it_with_or_without_an_account(
    world: World,
) -> None:
    come(sample(), history=True)
    give(world, "outsider", "S555")
    access.involve(
        by=SYSTEM,
        rows=[(world.users["outsider"], None, child(), "panel", child())],
        kind="person",
    )
    (found,) = allocated_workers(by=actor("outsider"), person_id=child())
    assert (found.name, found.role, found.team) == (
        "Ines Sample-Vale",
        "Allocated social worker",
        "Netherquay assessment",
    )
    assert (found.since, found.account) == (CHILD, False)
    assert allocated_workers(by=actor("first"), person_id=child()) == []
    assert allocated_workers(by=actor("steward"), person_id=child()) == []
    give(world, "second", "S100")
    (found,) = allocated_workers(by=actor("outsider"), person_id=child())
    assert found.account
    come(ended(sample()), days=1)
    assert allocated_workers(by=actor("outsider"), person_id=child()) == []


def test_the_page_says_whom_to_ring_where_there_is_no_account(world: World) -> None:
    come(sample(), history=True)
    access.involve(
        by=SYSTEM,
        rows=[(world.users["outsider"], None, child(), "panel", child())],
        kind="person",
    )
    page = world.client("outsider").get(f"/children/{child()}/").content.decode()
    assert "Allocated worker" in page
    assert "Has no account here, so nothing is asked of them here" in page
    assert "S100" not in page.split('id="chronology"')[0]
    give(world, "second", "S100")
    page = world.client("outsider").get(f"/children/{child()}/").content.decode()
    assert "Asked first about this child while on duty here." in page


def test_the_shell_gives_a_number_and_says_what_is_wrong(world: World) -> None:
    said = CliRunner().invoke(group, ["staff-number", "OUTSIDER", "S100"])
    assert said.output == "OUTSIDER is found by the staff number S100.\n"
    said = CliRunner().invoke(group, ["staff-number", "first", "s100"])
    assert said.exit_code == 1
    assert "Another account of this agency has the staff number s100" in said.output
    said = CliRunner().invoke(group, ["staff-number", "first", "7" * 51])
    assert said.exit_code == 1
    assert "A staff number has 50 characters at most. Nothing was changed." in said.output
    said = CliRunner().invoke(group, ["staff-number", "second", " s 20 "])
    assert said.output == "second is found by the staff number s20.\n"
    said = CliRunner().invoke(group, ["staff-number", "outsider", " "])
    assert "nothing is allocated to them" in said.output
    assert CliRunner().invoke(group, ["staff-number", "nobody", "S1"]).exit_code == 1
    with pytest.raises(NotFound):
        allocating.give_staff_number(by=SYSTEM, user_id=child_that_is_none(), number="S1")


def child_that_is_none() -> UUID:
    return UUID(int=1)

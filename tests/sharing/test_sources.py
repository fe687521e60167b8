"""Whose a shared field is: of one agency that says it, and of none where several may."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.access import services as access
from reachable.access.models import User
from reachable.access.selectors import actor_for, agency_id
from reachable.foundation.actor import system
from reachable.moments import services as moments
from reachable.people.models import Record
from reachable.sharing import acting
from reachable.sharing.papers import paper_of
from reachable.sharing.pieces import can_be_shared
from tests.support.offers import child_of
from tests.support.sharing import OUTSIDE, shared
from tests.support.world import World, html

pytestmark = pytest.mark.db


@pytest.fixture
def child(world: World) -> UUID:
    moment_id = world.signal(needs="Short sentences")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def test_promise_10_no_field_tells_which_other_agencies_know_the_child(
    world: World, child: UUID
) -> None:
    police = Record.objects.get(person_id=child)
    clinic = access.create_agency(
        by=system("tests"), key="clinic", name="Heron Clinic", kind="health"
    )
    Record.objects.create(
        agency_id=clinic,
        source_ref="C1",
        person_id=child,
        detail_hash="",
        detail_at=police.detail_at.replace(year=2025),
        shown_name="Tammy Orrell",
        family_name="orrell",
        given_names="tammy",
        nhs_number="9990000018",
        upn="Z990000000018",
    )
    fields = ("also_known_as", "nhs_number", "upn", "communication_needs", "name", "birth_date")
    made = shared(world, child, *fields)
    page = html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    assert "Tammy Orrell" in page
    assert "Heron Clinic" not in page
    outside = shared(world, child, *fields, to=OUTSIDE)
    acting.agree(by=world.actor("lead"), sharing_id=outside, agreed=True)
    handing = acting.make_document(by=world.actor("first"), sharing_id=outside, how="word")
    assert "Heron Clinic" not in str(paper_of(handing).blocks)
    sources = {each.title: each.agency for each in handing.pieces}
    assert (sources["Name"], sources["Other names"]) == ("Fenmarch Police", "")


def test_who_reads_no_record_of_any_agency_shares_the_fields_without_a_source(
    world: World, child: UUID
) -> None:
    """A charity's worker reads nothing of justice, and only the police know this child."""
    access.create_account(
        by=system("tests"),
        username="charity",
        name="Cher Itty",
        agency_id=agency_id("council"),
        roles=["charity_worker"],
        teams=[world.team],
    )
    by = actor_for(User.objects.get(username="charity"))
    pieces = {str(each.key): each for each in can_be_shared(by=by, person_id=child)}
    assert (pieces["name"].text, pieces["name"].agency) == ("Tamsin Orrell", "")
    made = shared(world, child, "name", "communication_needs", by="charity")
    page = html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    assert "Tamsin Orrell" in page
    assert "Fenmarch Police" not in page

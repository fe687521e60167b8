"""What fits a child: from what is known of them, open and nearest first, in few questions."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.errors import NotFound
from reachable.foundation.time import travel
from reachable.geography import services as geography
from reachable.offers import matching
from reachable.offers.matching import Found
from reachable.provision import comparing, loading, services
from reachable.provision.deriving import rebuild
from reachable.provision.models import Service
from reachable.provision.nudging import due_before
from reachable.provision.services import Told
from reachable.provision.taxonomy import described
from tests.support.directory import at, in_file, offer
from tests.support.offers import child_of, offered
from tests.support.queries import queries_of
from tests.support.world import World

pytestmark = pytest.mark.db

SYSTEM = system("tests")
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def there(number: int, postcode: str) -> dict[str, object]:
    """A service at a postcode."""
    place = at(number)
    place["location"]["addresses"][0]["postal_code"] = postcode
    return {"service_at_locations": [place], "service_areas": []}


def term(of: str, key: str) -> dict[str, object]:
    return {"id": str(UUID(int=hash((of, key)) % 2**100)), "taxonomy_term": described(of, key)}


def load(*sent: dict[str, object]) -> None:
    loading.load(
        by=SYSTEM, agency_id=agency_id("council"), file_name="d.json", content=in_file(*sent)
    )


@pytest.fixture
def child(world: World) -> UUID:
    """She lives at FX1 1AA in the North, is 13 on that Monday, and in custody."""
    geography.load_areas(
        by=SYSTEM,
        areas=[("N", "North"), ("S", "South")],
        postcodes=[("FX1 1AA", "N"), ("FX2 2BB", "N"), ("FX3 3CC", "S")],
    )
    with travel(MONDAY):
        return child_of(world.signal(needs="Short sentences"))


def look(world: World, child: UUID, help: str = "") -> Found:
    with travel(MONDAY):
        return matching.what_fits(by=world.actor("first"), person_id=child, help=help)


def names(found: Found) -> list[str]:
    return [each.name for each in found.fits]


def test_what_is_known_of_the_child_is_compared(world: World, child: UUID) -> None:
    load(
        offer(1, name="Fits", attributes=[term("need", "easy_read"), term("moment", "custody")]),
        offer(2, name="Too old", minimum_age=16),
        offer(3, name="Elsewhere", service_areas=[{"id": str(UUID(int=9)), "name": "South"}]),
        offer(4, name="Court only", attributes=[term("moment", "court")]),
        offer(5, name="Says little", minimum_age=None, maximum_age=None, schedules=[]),
        offer(6, name="Closed", status="temporarily closed"),
        offer(7, name="County", service_areas=[{"id": str(UUID(int=8)), "name": "Fenshire"}]),
    )
    found = look(world, child)
    assert (found.child.age, found.child.area_name) == (13, "North")
    assert found.child.needs == {"easy_read"}
    assert sorted(names(found)) == ["County", "Fits", "Says little"]
    assert (found.total, found.listed) == (3, 7)
    unsaid = {each.name: set(each.unsaid) for each in found.fits}
    assert unsaid["Fits"] == {"area"}
    assert unsaid["Says little"] >= {"age", "hours", "needs"}
    assert names(look(world, child, help="legal")) == []


def test_open_and_nearest_first_and_full_ones_last(world: World, child: UUID) -> None:
    shut = [
        {
            "id": str(UUID(int=77)),
            "freq": "WEEKLY",
            "byday": "TU",
            "opens_at": "10:00:00",
            "closes_at": "18:00:00",
        }
    ]
    load(
        offer(1, name="Full", **there(1, "FX1 1AA")),
        offer(2, name="Tomorrow", schedules=shut, **there(2, "FX1 1AA")),
        offer(3, name="South", **there(3, "FX3 3CC")),
        offer(4, name="North", **there(4, "FX2 2BB")),
        offer(5, name="Nowhere", service_at_locations=[], service_areas=[]),
    )
    with travel(MONDAY):
        services.check_service(
            by=world.actor("lead"), service_id=UUID(int=1), told=Told(capacity="full")
        )
        services.check_service(
            by=world.actor("lead"), service_id=UUID(int=4), told=Told("waiting_list", 21)
        )
    found = look(world, child)
    assert names(found) == ["North", "Nowhere", "South", "Tomorrow", "Full"]
    by_name = {each.name: each for each in found.fits}
    assert [by_name[name].travel.where for name in ("North", "Nowhere", "South")] == [
        *("same", "not_said", "other")
    ]
    assert by_name["North"].waiting_days == 21
    positions = {"FX1 1AA": (52.0, 0.0), "FX2 2BB": (52.3, 0.0), "FX3 3CC": (52.01, 0.0)}
    assert geography.place_postcodes(by=SYSTEM, positions=positions) == 3
    found = look(world, child)
    assert names(found)[:2] == ["South", "Nowhere"]
    assert found.fits[0].travel.metres == 1112


def test_a_place_that_is_kept_back_tells_no_distance(world: World, child: UUID) -> None:
    load(offer(1, attributes=[term("help", "safe_place")], **there(1, "FX2 2BB")))
    for name in ("first", "lead"):
        with travel(MONDAY):
            (found,) = matching.what_fits(by=world.actor(name), person_id=child).fits
        assert (found.travel.metres, found.travel.where) == (None, "kept_back")
    services.keep_back(
        by=world.actor("lead"), location_id=UUID(at(1)["location"]["id"]), kept_back=False
    )
    assert look(world, child).fits[0].travel.where == "same"


def test_an_entry_that_nobody_checked_for_half_a_year_says_so(world: World, child: UUID) -> None:
    load(offer(1), offer(2))
    Service.objects.filter(id=UUID(int=1)).update(listed_at=datetime(2025, 1, 1, tzinfo=UTC))
    stale = {each.name: each.not_checked_lately for each in look(world, child).fits}
    assert stale == {"Invented Service 1": True, "Invented Service 2": False}


def test_what_was_offered_stands_beside_it(world: World, child: UUID) -> None:
    load(offer(1), offer(2))
    offer_id = offered(world, child, "wants", "sent")
    beside = {each.name: (each.offer_id, each.state) for each in look(world, child).fits}
    assert beside == {"Invented Service 1": (offer_id, "sent"), "Invented Service 2": (None, "")}
    with travel(MONDAY):
        after = matching.what_fits_next(by=world.actor("first"), offer_id=offer_id)
    assert names(after) == ["Invented Service 2"]


def test_only_whoever_works_with_the_child_is_shown_what_fits(world: World, child: UUID) -> None:
    for name in ("outsider", "coordinator"):
        with pytest.raises(NotFound):
            matching.what_fits(by=world.actor(name), person_id=child)


def test_what_is_compared_is_made_again_the_same(world: World, child: UUID) -> None:
    load(offer(1, attributes=[term("need", "easy_read")], **there(1, "FX2 2BB")))
    before = _candidates()
    assert before[0].offered.needs == {"easy_read"}
    assert [place.postcode for place in before[0].places] == ["FX2 2BB"]
    assert rebuild(SYSTEM) == 0
    Service.objects.update(compared_by="", given_at="")
    (blank,) = _candidates()
    assert not blank.offered.needs, "says nothing, and so rules nothing out"
    assert not blank.places
    assert rebuild(SYSTEM) == 1
    assert _candidates() == before


def _candidates() -> list[comparing.Candidate]:
    return comparing.candidates(by=SYSTEM, checked_since=due_before())


def test_the_page_asks_as_many_questions_for_many_services_as_for_few(
    world: World, child: UUID
) -> None:
    client, address = world.client("first"), f"/children/{child}/fits/"
    load(*(offer(number) for number in range(1, 4)))
    few = queries_of(client, address)
    load(*(offer(number) for number in range(1, 120)))
    assert queries_of(client, address) == few
    assert few <= 30

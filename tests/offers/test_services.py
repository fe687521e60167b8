"""A service is offered and what became of it is recorded: by whom, of whom, with its entry."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from reachable.access.models import Involvement
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound, ReachableError
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from reachable.offers import selectors, services
from reachable.offers.models import Offer, OfferStep
from reachable.offers.rebuilding import rebuild
from reachable.provision.models import Service
from tests.support.directory import fill_directory
from tests.support.offers import OTHER, SERVICE, child_of, offered
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def child(world: World) -> UUID:
    fill_directory(4)
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def test_what_was_recorded_says_where_it_stands(world: World, child: UUID) -> None:
    offer_id = offered(world, child, "wants", "sent", "waiting", "accepted", "attended")
    found = Offer.objects.get(id=offer_id)
    assert found.state == "attending"
    assert found.attended_at is not None
    assert found.moment is not None
    said = selectors.offer(by=world.actor("first"), offer_id=offer_id)
    assert [step.kind for step in said.steps] == [
        *("wants", "sent", "waiting", "accepted", "attended")
    ]
    assert said.allowed == ("ended",), "whether the child still goes is asked after 28 days"
    actions = Entry.objects.filter(action__startswith="offers.").order_by("at", "id")
    assert list(actions.values_list("action", flat=True)) == [
        *("offers.offered", "offers.sent", "offers.waiting", "offers.accepted", "offers.attended")
    ]


def test_a_refusal_keeps_its_reason_and_is_no_end(world: World, child: UUID) -> None:
    offer_id = offered(world, child, "wants", "sent")
    by = world.actor("first")
    with pytest.raises(BadInput, match="choose from the list"):
        services.record(by=by, offer_id=offer_id, kind="refused", how="no idea")
    with pytest.raises(BadInput, match="in a few words"):
        services.record(by=by, offer_id=offer_id, kind="refused", how="other")
    services.record(by=by, offer_id=offer_id, kind="refused", how="full", note="Until spring")
    (row,) = selectors.offers_of_child(by=by, person_id=child)
    assert (row.state, row.how) == ("refused", "full")
    services.record(by=by, offer_id=offer_id, kind="sent", how="written")
    (row,) = selectors.offers_of_child(by=by, person_id=child)
    assert (row.state, row.how) == ("sent", "written")


def test_only_what_may_follow_is_recorded(world: World, child: UUID) -> None:
    offer_id, by = offered(world, child, "not_now"), world.actor("first")
    with pytest.raises(Conflict, match="the child said not now"):
        services.record(by=by, offer_id=offer_id, kind="sent", how="spoken")
    with pytest.raises(ReachableError):
        services.record(by=by, offer_id=offer_id, kind="asked")
    services.record(by=by, offer_id=offer_id, kind="wants")
    version = Offer.objects.get(id=offer_id).version
    services.record(by=by, offer_id=offer_id, kind="sent", how="spoken", version=version)
    with pytest.raises(Conflict, match="while you had it open"):
        services.record(by=by, offer_id=offer_id, kind="accepted", version=version)
    assert OfferStep.objects.filter(offer_id=offer_id).count() == 3


def test_times_lie_neither_ahead_nor_before_what_was_recorded(world: World, child: UUID) -> None:
    by = world.actor("first")
    with pytest.raises(BadInput, match="has not come yet"):
        services.offer(
            by=by,
            person_id=child,
            service_id=SERVICE,
            answer="wants",
            at=now() + timedelta(hours=1),
        )
    offer_id = offered(world, child)
    for at, said in ((timedelta(days=1), "has not come yet"), (-timedelta(days=1), "is before")):
        with pytest.raises(BadInput, match=said):
            services.record(by=by, offer_id=offer_id, kind="sent", how="spoken", at=now() + at)


def test_one_offer_of_a_service_goes_on_at_a_time(world: World, child: UUID) -> None:
    offer_id = offered(world, child, "wants", "sent")
    with pytest.raises(Conflict, match="was offered to this child already"):
        offered(world, child)
    offered(world, child, service=OTHER)
    services.record(by=world.actor("first"), offer_id=offer_id, kind="refused", how="full")
    offered(world, child)
    assert Offer.objects.count() == 3


def test_only_listed_services_and_known_words_are_offered(world: World, child: UUID) -> None:
    by = world.actor("first")
    Service.objects.filter(id=OTHER).update(ended_at=now())
    for service_id in (OTHER, uuid4()):
        with pytest.raises(NotFound):
            services.offer(by=by, person_id=child, service_id=service_id, answer="wants")
    for answer, help in (("perhaps", ""), ("wants", "magic")):
        with pytest.raises(BadInput):
            services.offer(by=by, person_id=child, service_id=SERVICE, answer=answer, help=help)
    assert not Offer.objects.exists()


def test_only_whoever_works_with_the_child_offers_and_sees(world: World, child: UUID) -> None:
    offer_id = offered(world, child, "wants")
    for name in ("outsider", "coordinator"):
        by = world.actor(name)
        with pytest.raises(NotFound):
            offered(world, child, by=name, service=OTHER)
        with pytest.raises(NotFound):
            services.record(by=by, offer_id=offer_id, kind="sent", how="spoken")
        with pytest.raises(NotFound):
            selectors.offer(by=by, offer_id=offer_id)
        assert selectors.offers_of_child(by=by, person_id=child) == []
    for name in ("sergeant", "teacher", "clerk", "steward", "governance", "administrator"):
        with pytest.raises(Forbidden):
            selectors.offer(by=world.actor(name), offer_id=offer_id)
    assert selectors.offer(by=world.actor("second"), offer_id=offer_id).name == "Tamsin Orrell"


def test_a_look_at_an_offer_is_recorded(world: World, child: UUID) -> None:
    offer_id = offered(world, child)
    selectors.offer(by=world.actor("second"), offer_id=offer_id)
    looks = Entry.objects.filter(action="looked", actor_id=world.users["second"])
    assert set(looks.values_list("subject_kind", "subject_id")) == {
        ("offer", offer_id),
        ("person", child),
    }


def test_a_moment_ends_before_an_offer_does_for_whoever_made_it_alone(
    world: World, child: UUID
) -> None:
    offer_id, by = offered(world, child, "wants", "sent"), world.actor("first")
    moment = Offer.objects.get(id=offer_id).moment
    assert moment is not None
    moments.close(
        by=by, moment_id=moment.id, outcome="declined", reason="No", not_again="others_ask"
    )
    with pytest.raises(NotFound):
        selectors.offer(by=world.actor("second"), offer_id=offer_id)
    services.record(by=by, offer_id=offer_id, kind="accepted")
    services.record(by=by, offer_id=offer_id, kind="no")
    with pytest.raises(NotFound):
        selectors.offer(by=by, offer_id=offer_id)


def test_what_closed_with_the_childs_no_is_open_again_to_whoever_has_the_child(
    world: World, child: UUID
) -> None:
    offer_id = offered(world, child, "no")
    services.record(by=world.actor("second"), offer_id=offer_id, kind="wants")
    held = Involvement.objects.filter(because_of=offer_id, ended_at=None)
    assert list(held.values_list("user_id", flat=True)) == [world.users["second"]]


def test_rebuilding_changes_nothing_on_sound_data_and_mends_the_rest(
    world: World, child: UUID
) -> None:
    offer_id = offered(world, child, "wants", "sent", "attended")
    assert rebuild(by=system("rebuild")) == 0
    before = Offer.objects.values().get(id=offer_id)
    Offer.objects.filter(id=offer_id).update(state="wanted", attended_at=None)
    assert rebuild(by=system("rebuild")) == 1
    assert Offer.objects.values().get(id=offer_id) == before


def test_an_offer_was_made_when_somebody_says_so(world: World, child: UUID) -> None:
    with travel(now() + timedelta(hours=3)):
        offer_id = services.offer(
            by=world.actor("first"),
            person_id=child,
            service_id=SERVICE,
            answer="wants",
            at=now() - timedelta(hours=2),
        )
    found = Offer.objects.get(id=offer_id)
    assert found.recorded_at - found.offered_at == timedelta(hours=2)

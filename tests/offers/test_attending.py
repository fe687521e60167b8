"""At 28 days and at 3 months somebody is asked, once, whether the child still goes there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.access import services as access
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.offers import selectors, services
from reachable.offers.attending import ask
from reachable.offers.models import Offer
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.world import World

pytestmark = pytest.mark.db

BY = system("attending")


@pytest.fixture
def child(world: World) -> UUID:
    fill_directory(3)
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def told(world: World, name: str) -> int:
    return Notice.objects.filter(kind="offer.attending", user_id=world.users[name]).count()


def close(world: World, child: UUID) -> None:
    moments.close(
        by=world.actor("first"),
        moment_id=Moment.objects.get(person_id=child).id,
        outcome="declined",
        reason="No",
        not_again="others_ask",
    )


def test_whoever_offered_it_is_asked_once_and_answers_after_the_moment_closed(
    world: World, child: UUID
) -> None:
    offer_id, begin = offered(world, child, "wants", "attended"), now()
    close(world, child)
    assert ask(by=BY) == 0
    with travel(begin + timedelta(days=29)):
        assert ask(by=BY) == 1
        assert ask(by=BY) == 0
        assert told(world, "first") == 1
        first = world.actor("first")
        assert selectors.offer(by=first, offer_id=offer_id).checks == ("28_days",)
        with pytest.raises(BadInput, match="in a few words"):
            services.record(
                by=first, offer_id=offer_id, kind="still", how="stopped", after="28_days"
            )
        services.record(
            by=first,
            offer_id=offer_id,
            kind="still",
            how="yes",
            after="28_days",
            note="Thursdays",
        )
        assert selectors.offer(by=first, offer_id=offer_id).checks == ()
    with travel(begin + timedelta(days=94)):
        assert ask(by=BY) == 1
        assert told(world, "first") == 2
        first = world.actor("first")
        with pytest.raises(Conflict, match="said of 28 days already"):
            services.record(
                by=first, offer_id=offer_id, kind="still", how="not_known", after="28_days"
            )
        services.record(
            by=first, offer_id=offer_id, kind="still", how="stopped", after="3_months", note="Moved"
        )
        with pytest.raises(NotFound):
            selectors.offer(by=first, offer_id=offer_id)
    assert Offer.objects.get().state == "ended"


def test_whoever_has_the_child_now_is_asked_before_whoever_offered_it(
    world: World, child: UUID
) -> None:
    offered(world, child, "wants", "attended")
    with travel(now() + timedelta(days=29)):
        moments.hand_over(
            by=world.actor("lead"),
            moment_id=Moment.objects.get().id,
            to_user=world.users["second"],
            reason="Knows her",
        )
        moments.take(by=world.actor("second"), moment_id=Moment.objects.get().id)
        assert ask(by=BY) == 1
    assert (told(world, "first"), told(world, "second")) == (0, 1)


def test_where_whoever_offered_it_has_left_the_lead_of_the_team_is_asked(
    world: World, child: UUID
) -> None:
    offer_id, begin = offered(world, child, "wants", "attended"), now()
    close(world, child)
    with pytest.raises(NotFound):
        selectors.offer(by=world.actor("second"), offer_id=offer_id)
    access.end_account(by=system("tests"), user_id=world.users["first"])
    assert selectors.offer(by=world.actor("second"), offer_id=offer_id), "the team goes on with it"
    with travel(begin + timedelta(days=29)):
        assert ask(by=BY) == 1
        lead = world.actor("lead")
        assert selectors.offer(by=lead, offer_id=offer_id).checks == ("28_days",)
    assert told(world, "lead") == 1


def test_whoever_is_only_asked_sees_the_child_for_two_weeks(world: World, child: UUID) -> None:
    """Another team has the child by then."""
    offer_id, begin = offered(world, child, "wants", "attended"), now()
    close(world, child)
    lead = world.users["lead"]
    access.end_membership(by=system("tests"), user_id=lead, team_id=world.team)
    Offer.objects.update(offered_by_id=lead)
    with travel(begin + timedelta(days=29)):
        with pytest.raises(NotFound):
            selectors.offer(by=world.actor("lead"), offer_id=offer_id)
        assert ask(by=BY) == 1
        assert selectors.offer(by=world.actor("lead"), offer_id=offer_id)
    with travel(begin + timedelta(days=44)):
        assert ask(by=BY) == 0
        with pytest.raises(NotFound):
            selectors.offer(by=world.actor("lead"), offer_id=offer_id)


@pytest.mark.parametrize(
    ("recorded", "sees_until"),
    [(("wants", "sent", "refused"), 28), (("wants", "sent"), 182), (("wants", "attended"), 108)],
    ids=["refused", "nothing heard", "nobody answered"],
)
def test_nobody_follows_for_ever_what_is_not_heard_of(
    world: World, child: UUID, recorded: tuple[str, ...], sees_until: int
) -> None:
    offer_id, begin = offered(world, child, *recorded), now()
    close(world, child)
    with travel(begin + timedelta(days=sees_until - 1)):
        ask(by=BY)
        assert selectors.offer(by=world.actor("first"), offer_id=offer_id)
    with travel(begin + timedelta(days=sees_until + 1)):
        ask(by=BY)
        with pytest.raises(NotFound):
            selectors.offer(by=world.actor("first"), offer_id=offer_id)


def test_it_is_not_asked_before_its_day(world: World, child: UUID) -> None:
    offer_id = offered(world, child, "wants", "attended")
    with pytest.raises(Conflict, match="28 days are not over yet"):
        services.record(
            by=world.actor("first"),
            offer_id=offer_id,
            kind="still",
            how="not_known",
            after="28_days",
        )


def test_the_system_asks_as_many_questions_for_many_who_are_not_asked_as_for_one(
    world: World, child: UUID
) -> None:
    begin = (now() - timedelta(days=1)).replace(hour=12)
    with travel(begin):
        offered(world, child, "wants", "attended")
    counts = []
    for number in (2, 3):
        other = child_of(world.signal(given_names=f"Ada{number}", family_name=f"Wexley{number}"))
        with travel(begin):
            offered(world, other, "wants", "attended", by="lead")
        with (
            travel(begin + timedelta(days=27, hours=2)),
            CaptureQueriesContext(connection) as asked,
        ):
            assert ask(by=BY) == 0
        counts.append(len(asked))
    assert counts[0] == counts[1]

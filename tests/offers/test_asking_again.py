"""A child who said not now to an offer is asked again, on a day that was agreed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import pytest

from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.offers import selectors, services
from reachable.offers.asking_again import tell
from reachable.offers.models import Offer
from reachable.offers.rebuilding import rebuild
from reachable.practice.time import LONDON, say_day
from tests.support.directory import fill_directory
from tests.support.offers import child_of
from tests.support.world import World

pytestmark = pytest.mark.db

BY = system("offered again")
SERVICE = UUID(int=1)


@pytest.fixture
def child(world: World) -> UUID:
    fill_directory(3)
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def put_off(world: World, child: UUID, again_on: date | None = None) -> UUID:
    return services.offer(
        by=world.actor("first"),
        person_id=child,
        service_id=SERVICE,
        answer="not_now",
        again_on=again_on,
    )


def told(world: World) -> list[str]:
    names = {user_id: name for name, user_id in world.users.items()}
    rows = Notice.objects.filter(kind="offer.again").order_by("id")
    return [names[user_id] for user_id in rows.values_list("user_id", flat=True)]


def later(days: int, hour: int = 9) -> AbstractContextManager[None]:
    day = now().astimezone(LONDON) + timedelta(days=days)
    return travel(day.replace(hour=hour, minute=0))


def test_who_offered_it_is_told_once_on_the_morning_of_the_day(world: World, child: UUID) -> None:
    put_off(world, child, today() + timedelta(days=10))
    for days, hour, count in ((9, 23, 0), (10, 7, 0), (10, 9, 1), (10, 10, 0), (11, 9, 0)):
        with later(days, hour):
            assert tell(by=BY) == count, (days, hour)
    assert told(world) == ["first"]


def test_where_no_day_was_agreed_it_is_in_four_weeks(world: World, child: UUID) -> None:
    offer_id = put_off(world, child)
    row = selectors.offer(by=world.actor("first"), offer_id=offer_id).row
    assert row.again_on == today() + timedelta(weeks=4)


def test_a_new_answer_settles_it_and_another_not_now_names_another_day(
    world: World, child: UUID
) -> None:
    by, offer_id = world.actor("first"), put_off(world, child)
    with later(28):
        assert tell(by=BY) == 1
        again = today() + timedelta(days=7)
        services.record(by=by, offer_id=offer_id, kind="not_now", again_on=again)
        assert tell(by=BY) == 0
    with later(35):
        assert tell(by=BY) == 1
        services.record(by=by, offer_id=offer_id, kind="wants")
    assert Offer.objects.get().again_on is None
    assert rebuild(by=system("rebuild")) == 0


def test_once_who_offered_it_has_left_somebody_of_the_team_is_told_and_may_record(
    world: World, child: UUID
) -> None:
    offer_id = put_off(world, child)
    moments.close(
        by=world.actor("first"),
        moment_id=Moment.objects.get(person_id=child).id,
        outcome="declined",
        reason="No",
        not_again="others_ask",
    )
    access.end_account(by=system("tests"), user_id=world.users["first"])
    with later(28):
        assert tell(by=BY) == 1
        (name,) = told(world)
        assert name != "first"
        assert selectors.offer(by=world.actor(name), offer_id=offer_id).allowed[0] == "wants"


def handed_over(world: World, child: UUID, to: str) -> None:
    """Another worker has the child by the day on which it is asked again."""
    moment_id = Moment.objects.get(person_id=child).id
    moments.hand_over(
        by=world.actor("first"),
        moment_id=moment_id,
        to_user=world.users[to],
        reason="Away",
    )
    moments.take(by=world.actor(to), moment_id=moment_id)


def opened(world: World, name: str) -> list[str]:
    """Why somebody works with the child because of the offer."""
    held = Involvement.objects.filter(
        because_of=Offer.objects.get().id, user_id=world.users[name], ended_at=None
    )
    return list(held.values_list("basis", flat=True))


def test_what_opens_for_asking_closes_with_what_is_recorded(world: World, child: UUID) -> None:
    offer_id = put_off(world, child)
    handed_over(world, child, "second")
    with later(28):
        assert tell(by=BY) == 1
        assert told(world) == ["second"]
        assert opened(world, "second") == ["asked_again"]
        services.record(by=world.actor("first"), offer_id=offer_id, kind="wants")
        assert opened(world, "second") == []
        assert opened(world, "first") == ["offered"]


def test_what_opens_for_asking_closes_after_two_weeks_of_nothing(world: World, child: UUID) -> None:
    put_off(world, child)
    handed_over(world, child, "second")
    with later(28):
        tell(by=BY)
    with later(41):
        tell(by=BY)
        assert opened(world, "second") == ["asked_again"]
    with later(43):
        assert tell(by=BY) == 0
        assert opened(world, "second") == []


def test_whoever_leaves_the_team_sees_the_child_no_more(world: World, child: UUID) -> None:
    put_off(world, child)
    handed_over(world, child, "second")
    with later(28):
        tell(by=BY)
        access.end_membership(by=system("tests"), user_id=world.users["second"], team_id=world.team)
        assert opened(world, "second") == []


@pytest.mark.parametrize("days", [-1, 0, 169])
def test_a_day_that_cannot_be_is_refused_and_nothing_recorded(
    world: World, child: UUID, days: int
) -> None:
    with pytest.raises(BadInput, match="within the next 24 weeks"):
        put_off(world, child, today() + timedelta(days=days))
    assert not Offer.objects.exists()


def test_the_page_asks_for_the_day_and_says_it(world: World, child: UUID) -> None:
    client, day = world.client("first"), today() + timedelta(days=10)
    page = f"/children/{child}/fits/{SERVICE}/"
    assert "on which day do you ask again?" in client.get(page).content.decode()
    again = {"again_on-day": day.day, "again_on-month": day.month, "again_on-year": day.year}
    answer = client.post(page, {"answer": "not_now", **again}, follow=True)
    assert f"Not now; asked again on {say_day(day)}" in answer.content.decode()
    assert Offer.objects.get().again_on == day

"""What somebody has goes on to others when they are away, and comes back to nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from reachable.access import absences
from reachable.access.models import User
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now, travel
from reachable.moments import selectors, services
from reachable.moments.rebuilding import rebuild_moments
from tests.support.moments import fresh, kinds, told
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub

pytestmark = pytest.mark.db
CLOCK = system("pass on")


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def sweep() -> int:
    return services.pass_on_unanswered(by=CLOCK)


def leave(
    place: Partnership, name: str, *, after: timedelta = timedelta(), days: int | None = 3
) -> None:
    begins = now() + after
    absences.say_away(
        by=place.actor(name),
        user_id=place.workers[name],
        starts_at=begins,
        ends_at=None if days is None else begins + timedelta(days=days),
        reason="sickness",
    )


def test_what_somebody_was_asked_is_asked_of_the_next_at_once(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    leave(hub, "fern")
    assert (fresh(moment).state, fresh(moment).asked_id) == ("waiting", hub.workers["sol"])
    assert kinds(moment) == ["opened", "asked", "passed_on"]
    assert told(hub, "sol") == ["moment.assigned"]
    assert sweep() == 0
    client = Client()
    client.force_login(User.objects.get(username="sol"))
    page = client.get(f"/moments/{moment.id}/").content.decode()
    assert "Whoever had it is away; Sol was asked" in page
    assert "sickness" not in page.lower()
    assert rebuild_moments(by=SYSTEM) == 0


def test_what_somebody_holds_goes_on_and_does_not_come_back_when_they_do(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    leave(hub, "fern", days=1)
    assert (fresh(moment).state, fresh(moment).holder_id) == ("waiting", None)
    services.take(by=hub.actor("sol"), moment_id=moment.id)
    with travel(now() + timedelta(days=2)):
        assert sweep() == 0
        assert fresh(moment).holder_id == hub.workers["sol"]


def test_what_nobody_took_meanwhile_is_not_asked_again_of_whoever_is_back(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    leave(hub, "fern", days=1)
    leave(hub, "sol", days=1)
    assert fresh(moment).state == "with_team"
    assert kinds(moment)[-1] == "to_team"
    with travel(now() + timedelta(days=2)):
        assert sweep() == 0
        assert (fresh(moment).state, fresh(moment).asked_id) == ("with_team", None)


def test_a_holiday_that_begins_later_passes_it_on_when_it_begins(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    leave(hub, "fern", after=timedelta(hours=5))
    assert sweep() == 0
    with travel(now() + timedelta(hours=5, seconds=1)):
        assert [sweep(), sweep()] == [1, 0]
        assert fresh(moment).asked_id == hub.workers["sol"]


def test_whoever_is_away_is_not_asked_of_what_comes_in(hub: Partnership) -> None:
    leave(hub, "fern", days=None)
    _, moment = child_with_moment(hub)
    assert fresh(moment).asked_id == hub.workers["sol"]
    assert told(hub, "fern") == []


def test_only_those_who_are_there_are_told_what_waits_with_the_team(hub: Partnership) -> None:
    for name in ("fern", "sol"):
        leave(hub, name)
    child_with_moment(hub)
    assert told(hub, "fern") == told(hub, "sol") == []
    assert told(hub, "lead")[-1] == "moment.with_team"
    leave(hub, "lead")
    child_with_moment(hub, "Idris")
    assert told(hub, "fern") == ["moment.with_team"]


def test_whoever_takes_one_while_away_keeps_it(hub: Partnership) -> None:
    leave(hub, "fern")
    _, moment = child_with_moment(hub)
    with travel(now() + timedelta(minutes=1)):
        services.take(by=hub.actor("fern"), moment_id=moment.id)
        assert sweep() == 0
    assert fresh(moment).holder_id == hub.workers["fern"]


def test_nothing_is_handed_to_whoever_is_away(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    leave(hub, "sol")
    found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
    assert [who.name for who in found.members] == ["Fern", "Lead"]
    with pytest.raises(BadInput, match="They are away now"):
        services.hand_over(
            by=hub.actor("fern"), moment_id=moment.id, to_user=hub.workers["sol"], reason="Knows"
        )
    assert fresh(moment).holder_id == hub.workers["fern"]


def test_the_worklist_says_that_nobody_is_on_the_rota(hub: Partnership) -> None:
    client = Client()
    client.force_login(User.objects.get(username="lead"))
    assert "Nobody is on the rota of Hub" not in client.get("/worklist/").content.decode()
    for name in ("fern", "sol"):
        leave(hub, name, after=timedelta(hours=20))
    page = client.get("/worklist/").content.decode()
    assert "Nobody is on the rota of Hub from" in page
    assert f"/rota/{hub.teams['hub']}/" in page

"""What waits with a team, or with somebody who has left, does not wait in vain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reachable.access import services as access
from reachable.access.models import Role, Shift, TeamMembership, User
from reachable.access.selectors import holding_since
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments import passing_on, services
from reachable.moments.acting import ask_next
from reachable.moments.models import Action, Moment
from reachable.moments.rebuilding import rebuild_moments
from reachable.notices.models import Notice
from tests.support.moments import ENDINGS, fresh, kinds, told
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub

pytestmark = pytest.mark.db
CLOCK = system("pass on")


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


@pytest.fixture
def night(db: None) -> Partnership:
    """Nobody is on duty in the hub: “lead” and “fern” are in it."""
    place = make_hub()
    place.worker("fern", team="hub")
    return place


def sweep() -> int:
    return services.pass_on_unanswered(by=CLOCK)


def written() -> tuple[int, ...]:
    return Action.objects.count(), Notice.objects.count()


def leave(place: Partnership, name: str, team: str = "hub") -> None:
    access.end_membership(by=SYSTEM, user_id=place.workers[name], team_id=place.teams[team])


def test_whoever_comes_on_duty_is_asked_what_waits_with_the_team(night: Partnership) -> None:
    _, moment = child_with_moment(night)
    assert sweep() == 0
    with travel(now() + timedelta(hours=9), ticking=True):
        night.duty("fern")
        assert [sweep(), sweep()] == [1, 0]
        asked = fresh(moment)
        assert (asked.state, asked.asked_id) == ("waiting", night.workers["fern"])
        assert asked.version == moment.version + 1
        assert asked.answer_by
        assert now() < asked.answer_by < now() + timedelta(minutes=16)
        assert kinds(moment) == ["opened", "to_team", "passed_on"]
        assert told(night, "fern") == ["moment.with_team", "moment.assigned"]
        client = Client()
        client.force_login(User.objects.get(username="fern"))
        page = client.get(f"/moments/{moment.id}/").content.decode()
        assert "Fern was on duty, and was asked" in page
        services.take(by=night.actor("fern"), moment_id=moment.id)
    assert kinds(moment)[-1] == "acknowledged"
    assert rebuild_moments(by=SYSTEM) == 0


def test_it_ends_each_on_duty_is_asked_once_and_then_nothing_is_written(hub: Partnership) -> None:
    """Through shift after shift, in which whoever was asked comes back."""
    hub.worker("mor", team="hub")
    _, moment = child_with_moment(hub)
    start = now()
    Shift.objects.update(ends_at=start + timedelta(hours=1))
    for hours, name in ((12, "mor"), (24, "fern"), (36, "sol"), (48, "mor")):
        begins = start + timedelta(hours=hours)
        shift = (hub.workers[name], begins, begins + timedelta(hours=8), 1)
        access.plan_shifts(by=SYSTEM, team_id=hub.teams["hub"], shifts=[shift])
    for quarter in range(4 * 60):
        with travel(start + timedelta(minutes=15 * quarter, seconds=1)):
            sweep()
            before = written()
            assert sweep() == 0
            assert written() == before
    assert kinds(moment) == [
        *("opened", "asked", "passed_on", "to_team"),
        *("passed_on", "to_team"),
    ]
    asked = Action.objects.filter(moment=moment, about__isnull=False).order_by("id")
    names = ("fern", "sol", "mor")
    assert list(asked.values_list("about_id", flat=True)) == [hub.workers[name] for name in names]
    assert fresh(moment).state == "with_team"


def test_whoever_gave_it_back_is_not_asked_again_by_the_clock(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    for name in ("fern", "sol"):
        services.pass_on(by=hub.actor(name), moment_id=moment.id, reason="Busy")
    assert sweep() == 0
    hub.worker("mor", team="hub")
    hub.duty("mor")
    assert sweep() == 1
    assert fresh(moment).asked_id == hub.workers["mor"]


@pytest.mark.parametrize("on_duty", [True, False], ids=["on duty", "not on duty"])
def test_it_goes_to_the_first_team_that_has_somebody_again(hub: Partnership, on_duty: bool) -> None:
    _, moment = child_with_moment(hub)
    for name in ("fern", "sol", "lead"):
        leave(hub, name)
    assert [sweep(), sweep()] == [0, 0]
    hub.team("north")
    hub.worker("wren", team="north")
    if on_duty:
        hub.duty("wren", team="north")
    assert [sweep(), sweep()] == [1, 0]
    moved = fresh(moment)
    assert moved.team_id == hub.teams["north"]
    assert moved.asked_id == (hub.workers["wren"] if on_duty else None)
    assert kinds(moment)[-2:] == ["moved_to_team", "passed_on" if on_duty else "to_team"]
    assert told(hub, "wren") == ["moment.assigned" if on_duty else "moment.with_team"]
    assert rebuild_moments(by=SYSTEM) == 0


def test_its_own_team_is_told_when_it_has_somebody_again(night: Partnership) -> None:
    _, moment = child_with_moment(night)
    for name in ("fern", "lead"):
        leave(night, name)
    with travel(now() + timedelta(days=1)):
        night.worker("mor", team="hub")
        assert [sweep(), sweep()] == [1, 0]
    assert fresh(moment).team_id == night.teams["hub"]
    assert kinds(moment)[-2:] == ["to_team", "to_team"]
    assert told(night, "mor") == ["moment.with_team"]
    client = Client()
    client.force_login(User.objects.get(username="mor"))
    page = client.get(f"/moments/{moment.id}/").content.decode()
    assert "Nobody else on duty was left to ask; the whole team was told" in page


def test_a_team_of_which_somebody_was_told_is_not_told_again(night: Partnership) -> None:
    _, moment = child_with_moment(night)
    with travel(now() + timedelta(days=1)):
        night.worker("mor", team="hub")
        leave(night, "fern")
        assert sweep() == 0
    assert kinds(moment) == ["opened", "to_team"]


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("held", [True, False], ids=["held", "asked"])
def test_what_somebody_took_while_they_left_passes_on(
    hub: Partnership, end: str, held: bool
) -> None:
    """They were read before they left, and nobody passed on what they did not have yet."""
    _, moment = child_with_moment(hub)
    if held:
        services.take(by=hub.actor("fern"), moment_id=moment.id)
    before = Moment.objects.filter(id=moment.id).values("state", "holder", "held_at", "asked").get()
    ENDINGS[end](hub)
    Action.objects.filter(moment=moment, kind="passed_on").delete()
    at = now() + timedelta(minutes=15)
    Moment.objects.filter(id=moment.id).update(**before, answer_by=None if held else at)
    assert [sweep(), sweep()] == [1, 0]
    assert fresh(moment).asked_id == hub.workers["sol"]
    action = Action.objects.filter(moment=moment).latest("at")
    assert (action.kind, action.how) == ("passed_on", "left")


def test_whoever_works_with_the_child_from_another_team_keeps_the_moment(hub: Partnership) -> None:
    """Two records became one child, and a moment of the one was taken by the team of the other."""
    hub.team("north")
    _, moment = child_with_moment(hub)
    wren = hub.worker("wren", team="north")
    Moment.objects.filter(id=moment.id).update(state="held", holder=wren, asked=None)
    assert sweep() == 0
    assert fresh(moment).holder_id == wren


def test_looking_takes_as_many_questions_whatever_waits(night: Partnership) -> None:
    night.team("north")
    counts = []
    for name, of_held in (("Ada", "Hugo"), ("Ben", "Iris"), ("Cleo", "Joan")):
        child_with_moment(night, name)
        _, held = child_with_moment(night, of_held)
        services.take(by=night.actor("fern"), moment_id=held.id)
        with CaptureQueriesContext(connection) as asked:
            assert sweep() == 0
        counts.append(len(asked))
    assert counts == [9, 9, 9]


def test_one_that_fails_does_not_keep_the_others_of_any_kind(
    hub: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [child_with_moment(hub, name)[1] for name in ("Ada", "Ben", "Cleo")]
    for moment in moments[1:]:
        for name in ("fern", "sol"):
            services.pass_on(by=hub.actor(name), moment_id=moment.id, reason="Busy")
    hub.worker("mor", team="hub")
    hub.duty("mor")

    def asked(by: Any, moment: Moment, **how: Any) -> None:
        if moment.id in (moments[0].id, moments[1].id):
            ask_next(by, moment, **how)
            raise RuntimeError("broken")
        ask_next(by, moment, **how)

    monkeypatch.setattr(passing_on, "ask_next", asked)
    with travel(now() + timedelta(minutes=20)), pytest.raises(RuntimeError, match="broken"):
        sweep()
    assert [fresh(moment).state for moment in moments] == ["waiting", "with_team", "waiting"]
    assert fresh(moments[2]).asked_id == hub.workers["mor"]


def test_what_somebody_takes_meanwhile_is_left_to_them(
    night: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, moment = child_with_moment(night)
    night.duty("fern")
    found = passing_on._in_vain(Moment.objects.all())
    assert found == [moment.id]
    services.take(by=night.actor("lead"), moment_id=moment.id)
    before = written()
    assert not passing_on._pass_on(CLOCK, moment.id, passing_on._in_vain, "waited")
    assert written() == before


def test_since_when_somebody_may_hold_is_the_later_of_team_and_role(night: Partnership) -> None:
    start, later = now(), now() + timedelta(hours=1)
    TeamMembership.objects.update(started_at=start)
    Role.objects.update(started_at=later)
    assert holding_since() == {night.teams["hub"]: later}
    Role.objects.filter(user=night.workers["lead"]).update(started_at=start)
    assert holding_since() == {night.teams["hub"]: start}
    User.objects.filter(username__in=["lead", "fern"]).update(is_active=False)
    assert holding_since() == {}

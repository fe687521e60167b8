"""Who is asked, and who is told, when more happens, at a handover, and when somebody leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reachable.access import selectors as access_selectors
from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments import services
from reachable.moments.models import Action, Moment
from reachable.moments.rebuilding import rebuild_moments
from reachable.people import selectors as people
from tests.support.moments import ENDINGS, fresh, kinds, told
from tests.support.people import SYSTEM, Partnership, child_with_moment, happen, make_hub

pytestmark = pytest.mark.db
CLOCK = system("pass on")


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def test_what_joins_while_the_team_waits_asks_whoever_is_on_duty_anew(hub: Partnership) -> None:
    who, moment = child_with_moment(hub)
    for name in ("fern", "sol"):
        services.pass_on(by=hub.actor(name), moment_id=moment.id, reason="Busy")
    waited = fresh(moment)
    assert waited.state == "with_team"
    with travel(now() + timedelta(hours=1), ticking=True):
        happen(who, hub.police, "returned_from_missing")
        asked = fresh(moment)
        assert (asked.state, asked.asked_id) == ("waiting", hub.workers["fern"])
        assert asked.version == waited.version + 1
        assert asked.answer_by
        assert now() < asked.answer_by < now() + timedelta(minutes=16)
        assert asked.next_due_at == asked.answer_by
        assert told(hub, "fern").count("moment.assigned") == 2
        assert told(hub, "lead") == ["moment.with_team"]
        assert kinds(moment)[-2:] == ["joined", "asked"]
        happen(who, hub.police, "returned_from_missing")
        assert kinds(moment)[-2:] == ["asked", "joined"]
        assert rebuild_moments(by=SYSTEM) == 0
    with travel(asked.answer_by + timedelta(seconds=1)):
        assert services.pass_on_unanswered(by=CLOCK) == 1
    assert fresh(moment).asked_id == hub.workers["sol"]
    services.take(by=hub.actor("sol"), moment_id=moment.id)
    assert kinds(moment)[-1] == "acknowledged"


def test_whoever_has_the_child_is_asked_first_and_then_whoever_is_on_duty(
    hub: Partnership,
) -> None:
    who, moment = child_with_moment(hub, kind="returned_from_missing")
    sol = hub.actor("sol")
    services.take(by=sol, moment_id=moment.id)
    services.reach(by=sol, moment_id=moment.id, how="seen", note="")
    with travel(now() + timedelta(days=2), ticking=True):
        happen(who, hub.police, "arrest")
        asked = fresh(moment)
        assert (asked.state, asked.asked_id) == ("waiting", hub.workers["sol"])
        assert asked.answer_by
        assert asked.next_due_at == asked.answer_by < now() + timedelta(minutes=16)
        assert told(hub, "sol")[-1] == "moment.joined"
        assert rebuild_moments(by=SYSTEM) == 0
    with travel(asked.answer_by + timedelta(seconds=1)):
        assert services.pass_on_unanswered(by=CLOCK) == 1
    assert fresh(moment).asked_id == hub.workers["fern"]
    assert rebuild_moments(by=SYSTEM) == 0


def test_what_joins_while_somebody_is_asked_may_give_them_less_time(hub: Partnership) -> None:
    who, moment = child_with_moment(hub, kind="returned_from_missing")
    happen(who, hub.police, "arrest")
    asked = fresh(moment)
    assert moment.answer_by
    assert asked.answer_by
    assert asked.answer_by < moment.answer_by
    assert told(hub, "fern") == ["moment.assigned", "moment.joined"]
    assert rebuild_moments(by=SYSTEM) == 0


def test_whoever_is_asked_anew_works_with_the_child_and_the_nearest_clock_counts(
    hub: Partnership,
) -> None:
    who, moment = child_with_moment(hub)
    for name in ("fern", "sol"):
        services.pass_on(by=hub.actor(name), moment_id=moment.id, reason="Busy")
    Moment.objects.filter(id=moment.id).update(child_due_at=now() + timedelta(days=9))
    happen(who, hub.police, "arrest")
    asked = fresh(moment)
    assert asked.next_due_at == asked.answer_by
    assert asked.child_due_at < now() + timedelta(days=2)
    involved = Involvement.objects.filter(because_of=moment.id, basis="asked", ended_at=None)
    assert list(involved.values_list("user_id", "subject_id")) == [
        (hub.workers["fern"], moment.person_id)
    ]


@pytest.mark.parametrize("held", [True, False], ids=["held", "asked"])
def test_whoever_loses_a_moment_by_a_supervisor_is_told(hub: Partnership, held: bool) -> None:
    _, moment = child_with_moment(hub)
    if held:
        services.take(by=hub.actor("fern"), moment_id=moment.id)
    services.hand_over(
        by=hub.actor("lead"), moment_id=moment.id, to_user=hub.workers["sol"], reason="Knows her"
    )
    assert told(hub, "fern") == ["moment.assigned", "moment.handed_away"]
    assert told(hub, "sol") == ["moment.handed_over"]
    assert told(hub, "lead") == []


@pytest.mark.parametrize("by", ["fern", "lead"])
def test_whoever_hands_it_over_or_is_asked_again_is_told_nothing_of_that(
    hub: Partnership, by: str
) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    to_user = hub.workers["sol" if by == "fern" else "fern"]
    services.hand_over(by=hub.actor(by), moment_id=moment.id, to_user=to_user, reason="Knows her")
    for name in hub.workers:
        assert "moment.handed_away" not in told(hub, name)


def test_on_duty_means_being_able_to_answer(hub: Partnership) -> None:
    access.end_role(by=SYSTEM, user_id=hub.workers["fern"], role="practitioner")
    _, moment = child_with_moment(hub)
    assert moment.asked_id == hub.workers["sol"]


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("held", [True, False], ids=["held", "asked"])
def test_what_somebody_has_passes_on_when_they_leave(
    hub: Partnership, end: str, held: bool
) -> None:
    who, moment = child_with_moment(hub)
    if held:
        services.take(by=hub.actor("fern"), moment_id=moment.id)
    ENDINGS[end](hub)
    moment = fresh(moment)
    assert (moment.state, moment.asked_id) == ("waiting", hub.workers["sol"])
    assert told(hub, "sol") == ["moment.assigned"]
    assert people.visible_people(by=hub.actor("fern")).count() == 0
    action = Action.objects.filter(moment=moment).latest("at")
    assert (action.kind, action.how, action.by_id) == ("passed_on", "left", None)


@pytest.mark.parametrize("end", ENDINGS)
def test_whoever_has_left_is_not_on_duty_whatever_the_rota_says(hub: Partnership, end: str) -> None:
    ENDINGS[end](hub)
    on_duty = access_selectors.on_duty(team_id=hub.teams["hub"], at=now() + timedelta(days=1))
    assert [who.user_id for who in on_duty] == [hub.workers["sol"]]
    _, moment = child_with_moment(hub)
    assert moment.asked_id == hub.workers["sol"]


def test_a_role_that_was_not_the_reason_takes_nothing_away(hub: Partnership) -> None:
    hub.worker("both", "practitioner", "custody", team="hub")
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("both"), moment_id=moment.id)
    access.end_role(by=SYSTEM, user_id=hub.workers["both"], role="custody")
    assert fresh(moment).holder_id == hub.workers["both"]

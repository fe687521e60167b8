"""What the undoing of a merge brings back: to whoever had it, if they still can have it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from reachable.access import services as access
from reachable.foundation.time import now, travel
from reachable.moments import selectors, services
from reachable.moments.models import Action, Moment, Trigger
from reachable.moments.rebuilding import rebuild_moments
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.moments import ENDINGS, close_as_declined, fresh, told
from tests.support.people import (
    SYSTEM,
    Partnership,
    child_with_moment,
    claim,
    happen,
    identify_one,
    make_hub,
    moment_of,
)

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


def joined(
    hub: Partnership, before: Callable[[Moment], None] = lambda newer: None
) -> tuple[Moment, Callable[[], None]]:
    """Join a newer moment, of which `before` was done, to an older; return it and the undoing.

    The lead has the older one, so that it stands whatever was done with the newer.
    """
    one, older = child_with_moment(hub, "Ada")
    services.take(by=hub.actor("lead"), moment_id=older.id)
    two, newer = child_with_moment(hub, "Ben")
    before(newer)
    merge_id = merge(hub, one, two)
    assert fresh(newer).state == "joined"
    return newer, lambda: undo(hub, merge_id)


def taken_by(hub: Partnership, name: str) -> Callable[[Moment], None]:
    return lambda moment: services.take(by=hub.actor(name), moment_id=moment.id)


def test_whoever_had_it_hears_that_they_have_it_again(hub: Partnership) -> None:
    newer, undoing = joined(hub, taken_by(hub, "sol"))
    undoing()
    assert fresh(newer).holder_id == hub.workers["sol"]
    assert told(hub, "sol")[-1] == "moment.returned"
    assert "moment.returned" not in told(hub, "fern") + told(hub, "lead")


def test_whoever_was_asked_hears_that_they_are_asked_again(hub: Partnership) -> None:
    newer, undoing = joined(hub)
    undoing()
    assert (fresh(newer).state, fresh(newer).asked_id) == ("waiting", hub.workers["fern"])
    assert told(hub, "fern")[-1] == "moment.returned"


def test_the_team_hears_that_it_waits_for_them_again(hub: Partnership) -> None:
    def refuse(moment: Moment) -> None:
        for name in ("fern", "sol"):
            services.pass_on(by=hub.actor(name), moment_id=moment.id, reason="Busy")

    newer, undoing = joined(hub, refuse)
    assert told(hub, "lead").count("moment.with_team") == 1
    undoing()
    assert fresh(newer).state == "with_team"
    assert told(hub, "lead").count("moment.with_team") == 2


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("held", [True, False], ids=["held", "asked"])
def test_what_comes_back_to_somebody_who_has_left_passes_on(
    hub: Partnership, end: str, held: bool
) -> None:
    newer, undoing = joined(hub, taken_by(hub, "fern") if held else lambda newer: None)
    ENDINGS[end](hub)
    undoing()
    moment = fresh(newer)
    assert (moment.state, moment.asked_id) == ("waiting", hub.workers["sol"])
    assert moment.holder_id is None
    assert "moment.returned" not in told(hub, "fern")
    assert told(hub, "sol")[-1] == "moment.assigned"
    assert selectors.moment(by=hub.actor("sol"), moment_id=moment.id).row.asked == "Sol"
    action = Action.objects.filter(moment=moment).latest("id")
    assert (action.kind, action.how, action.by_id) == ("passed_on", "left", None)
    assert rebuild_moments(by=SYSTEM) == 0


def test_what_comes_back_to_a_team_that_lost_its_last_goes_to_another(db: None) -> None:
    place = make_hub()
    place.worker("steward", "linkage_steward")
    newer, undoing = joined(place)
    place.team("north")
    place.worker("wren", team="north")
    access.end_account(by=SYSTEM, user_id=place.workers["lead"])
    undoing()
    moment = fresh(newer)
    assert (moment.state, moment.team_id) == ("with_team", place.teams["north"])
    assert told(place, "wren")[-1] == "moment.with_team"
    assert selectors.moment(by=place.actor("wren"), moment_id=moment.id).row.team == "North"


@pytest.mark.parametrize("whose", ["joined", "kept"])
def test_what_happened_while_both_counted_as_one_goes_to_the_child_whose_it_is(
    hub: Partnership, whose: str
) -> None:
    has, moment = child_with_moment(hub, "Ada")
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    has_none = identify_one(claim(hub.police, "P-Ben", given="Ben", postcode=""))
    pair = (has, has_none) if whose == "joined" else (has_none, has)
    merge_id = merge(hub, *pair)
    who = identify_one(claim(hub.police, "P-Ben", given="Ben", postcode=""))
    occurred = now() - timedelta(hours=3)
    signal_id = happen(who, hub.police, "arrest", occurred=occurred)
    assert moment_of(signal_id).id == moment.id
    undo(hub, merge_id)
    trigger = Trigger.objects.get(signal_id=signal_id, ended_at=None)
    assert trigger.moment.person_id == has_none.person_id
    assert (trigger.moment.state, trigger.moment.asked_id) == ("waiting", hub.workers["fern"])
    assert trigger.moment.child_due_at == trigger.due_at == occurred + timedelta(hours=24)
    left = fresh(moment)
    assert (left.child_due_at, left.asked_id) == (moment.child_due_at, hub.workers["fern"])
    assert told(hub, "fern")[-2:] == ["moment.corrected", "moment.assigned"]
    shown = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
    assert (len(shown.events), shown.hidden_events, shown.taken_back) == (1, 0, 1)
    assert rebuild_moments(by=SYSTEM) == 0


def test_whoever_was_asked_has_the_whole_time_again_if_it_ran_out_meanwhile(
    hub: Partnership,
) -> None:
    newer, undoing = joined(hub)
    with travel(now() + timedelta(hours=2)):
        undoing()
        services.pass_on_unanswered(by=SYSTEM)
        moment = fresh(newer)
        assert (moment.state, moment.asked_id) == ("waiting", hub.workers["fern"])
        assert moment.answer_by
        assert moment.answer_by > now()


def test_whoever_has_it_from_another_team_has_it_again(hub: Partnership) -> None:
    hub.team("north")
    hub.worker("kit", team="north")

    def taken_from_another_team(moment: Moment) -> None:
        row = (None, hub.teams["north"], moment.person_id, "team", moment.id)
        access.involve(by=SYSTEM, rows=[row], kind="person")
        services.take(by=hub.actor("kit"), moment_id=moment.id)

    newer, undoing = joined(hub, taken_from_another_team)
    undoing()
    assert (fresh(newer).state, fresh(newer).holder_id) == ("held", hub.workers["kit"])


def test_a_clock_is_the_same_whether_it_is_rebuilt_or_not_also_of_what_was_closed(
    hub: Partnership,
) -> None:
    one, moment = child_with_moment(hub, "Ada", occurred=now() - timedelta(minutes=10))
    two, _ = child_with_moment(hub, "Ben", occurred=now() - timedelta(hours=5))
    merge_id = merge(hub, one, two)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    close_as_declined(by=hub.actor("fern"), moment_id=moment.id, reason="No")
    undo(hub, merge_id)
    assert fresh(moment).child_due_at == moment.child_due_at
    assert rebuild_moments(by=SYSTEM) == 0

"""What the undoing of a merge brings back: to whoever had it, if they still can have it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reachable.access import services as access
from reachable.moments import selectors, services
from reachable.moments.models import Action, Moment
from reachable.moments.rebuilding import rebuild_moments
from tests.support.merging import merge, undo
from tests.support.moments import ENDINGS, fresh, told
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    """“fern”, then “sol”, are on duty."""
    place = make_hub("fern", "sol")
    place.worker("steward", "linkage_steward")
    return place


def joined(
    hub: Partnership, before: Callable[[Moment], None] = lambda newer: None
) -> tuple[Moment, Callable[[], None]]:
    """Join a newer moment, of which `before` was done, to an older; return it and the undoing."""
    one, _ = child_with_moment(hub, "Ada")
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
    assert told(hub, "lead") == ["moment.with_team"]
    undoing()
    assert fresh(newer).state == "with_team"
    assert told(hub, "lead") == ["moment.with_team"] * 2


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

"""A moment from its opening to its end: who is asked, who has it, and what each act leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from reachable.access import services as access
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.moments import selectors, services, worklists
from reachable.moments.examples import example_table
from reachable.moments.models import Action, Moment
from reachable.people import selectors as people
from reachable.practice.time import When, read_local, say_when
from tests.support.moments import close_as_declined, fresh, kinds, told
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
CLOCK = system("pass on")


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def test_a_moment_opens_with_a_named_person_and_their_clock(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    assert (moment.state, moment.asked_id) == ("waiting", hub.workers["fern"])
    assert moment.answer_by == moment.opened_at + timedelta(minutes=15)
    assert moment.next_due_at == moment.answer_by
    assert kinds(moment) == ["opened", "asked"]
    assert told(hub, "fern") == ["moment.assigned"]
    assert told(hub, "sol") == told(hub, "lead") == []


def test_who_does_not_answer_is_passed_over_then_the_team_then_anybody(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    with travel(now() + timedelta(minutes=14)):
        assert services.pass_on_unanswered(by=CLOCK) == 0
    with travel(now() + timedelta(minutes=16)):
        assert services.pass_on_unanswered(by=CLOCK) == 1
        assert services.pass_on_unanswered(by=CLOCK) == 0
    assert fresh(moment).asked_id == hub.workers["sol"]
    with travel(now() + timedelta(minutes=40)):
        assert services.pass_on_unanswered(by=CLOCK) == 1
    moment = fresh(moment)
    assert (moment.state, moment.asked_id, moment.answer_by) == ("with_team", None, None)
    assert kinds(moment) == ["opened", "asked", "passed_on", "to_team"]
    assert told(hub, "lead") == ["moment.with_team"]
    services.take(by=hub.actor("lead"), moment_id=moment.id)
    moment = fresh(moment)
    assert (moment.state, moment.holder_id) == ("held", hub.workers["lead"])
    assert kinds(moment)[-1] == "claimed"


def test_with_nobody_on_the_rota_the_team_is_told_at_once(db: None) -> None:
    place = make_hub()
    place.worker("fern", team="hub")
    _, moment = child_with_moment(place)
    assert moment.state == "with_team"
    assert kinds(moment) == ["opened", "to_team"]
    assert told(place, "fern") == told(place, "lead") == ["moment.with_team"]


def test_what_joins_a_moment_that_waits_for_the_team_is_told_to_the_team(db: None) -> None:
    place = make_hub()
    place.worker("fern", team="hub")
    who, moment = child_with_moment(place)
    with travel(now() + timedelta(hours=1)):
        joined = happen(who, place.police, "returned_from_missing")
    assert moment_of(joined) == moment
    assert told(place, "fern") == told(place, "lead") == ["moment.with_team"] * 2


def test_whoever_is_asked_acknowledges(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id, version=moment.version)
    moment = fresh(moment)
    assert (moment.state, moment.holder_id) == ("held", hub.workers["fern"])
    assert (moment.asked_id, moment.answer_by) == (None, None)
    assert kinds(moment)[-1] == "acknowledged"
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    assert fresh(moment).version == moment.version
    with pytest.raises(Conflict, match="Fern has this moment already"):
        services.take(by=hub.actor("sol"), moment_id=moment.id)
    with travel(now() + timedelta(days=1)):
        assert services.pass_on_unanswered(by=CLOCK) == 0


def test_whoever_passes_on_is_not_asked_again_and_a_new_round_asks_the_others_anew(
    hub: Partnership,
) -> None:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("sol"), moment_id=moment.id)
    services.pass_on(by=hub.actor("sol"), moment_id=moment.id, reason="With another child")
    moment = fresh(moment)
    assert moment.asked_id == hub.workers["fern"]
    assert (moment.holder_id, moment.held_at) == (None, None)
    services.pass_on(by=hub.actor("fern"), moment_id=moment.id, reason="So am I")
    assert fresh(moment).state == "with_team"
    services.take(by=hub.actor("lead"), moment_id=moment.id)
    services.pass_on(by=hub.actor("lead"), moment_id=moment.id, reason="Off duty now")
    assert fresh(moment).asked_id == hub.workers["fern"]


def test_only_whoever_it_is_with_can_pass_it_on_and_says_why(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    with pytest.raises(Conflict, match="not with you"):
        services.pass_on(by=hub.actor("sol"), moment_id=moment.id, reason="No")
    with pytest.raises(BadInput, match="why"):
        services.pass_on(by=hub.actor("fern"), moment_id=moment.id, reason="  ")
    assert fresh(moment).version == moment.version


def test_it_is_handed_over_to_somebody_of_the_team_who_has_to_answer(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    hub.worker("elsewhere")
    fern, sol = hub.actor("fern"), hub.actor("sol")
    services.take(by=fern, moment_id=moment.id)

    def hand(by: Any, name: str, reason: str = "Knows her") -> None:
        services.hand_over(by=by, moment_id=moment.id, to_user=hub.workers[name], reason=reason)

    with pytest.raises(Conflict, match="Only whoever has it"):
        hand(sol, "sol")
    with pytest.raises(BadInput, match="of this team"):
        hand(fern, "elsewhere")
    with pytest.raises(BadInput, match="why"):
        hand(fern, "sol", " ")
    hand(fern, "sol")
    moment = fresh(moment)
    assert (moment.state, moment.asked_id, moment.holder_id) == ("waiting", sol.id, None)
    assert told(hub, "sol") == ["moment.handed_over"]
    hand(hub.actor("lead"), "fern")
    assert fresh(moment).asked_id == fern.id


def test_trying_is_not_reaching(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    with pytest.raises(Conflict, match="Take it first|do not have"):
        services.attempt(by=fern, moment_id=moment.id, how="rang", note="")
    services.take(by=fern, moment_id=moment.id)
    services.attempt(by=fern, moment_id=moment.id, how="rang", note="No answer")
    first = fresh(moment).attempted_at
    services.attempt(by=fern, moment_id=moment.id, how="visited", note="")
    moment = fresh(moment)
    assert moment.attempted_at == first
    assert moment.reached_at is None
    with pytest.raises(BadInput, match="Nobody has recorded yet"):
        services.close(by=fern, moment_id=moment.id, outcome="reached", reason="Rang twice")
    with travel(moment.child_due_at + timedelta(seconds=1)):
        assert selectors.moment(by=fern, moment_id=moment.id).row.missed


@pytest.mark.parametrize("outcome", ["held_elsewhere", "declined"])
def test_held_by_somebody_else_and_declined_are_not_reached(hub: Partnership, outcome: str) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    services.close(
        by=fern, moment_id=moment.id, outcome=outcome, reason="As agreed", not_again="others_ask"
    )
    moment = fresh(moment)
    assert (moment.state, moment.outcome, moment.reached_at) == ("closed", outcome, None)
    assert selectors.counts(by=SYSTEM)["reached"] == 0


def test_reached_in_time_stays_in_time(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    with pytest.raises(BadInput, match="not come yet"):
        services.reach(
            by=fern, moment_id=moment.id, how="seen", note="", at=now() + timedelta(hours=1)
        )
    with pytest.raises(BadInput, match="before anything had happened"):
        services.reach(
            by=fern, moment_id=moment.id, how="seen", note="", at=now() - timedelta(days=9)
        )
    services.reach(by=fern, moment_id=moment.id, how="seen", note="“Leave me be.”")
    assert fresh(moment).next_due_at is None
    with travel(moment.child_due_at + timedelta(days=9)):
        shown = selectors.moment(by=fern, moment_id=moment.id)
        assert not shown.row.missed
        assert counted() == (0, 0, 1)
    services.close(by=fern, moment_id=moment.id, outcome="reached", reason="Again on Friday")
    assert fresh(moment).state == "closed"


def test_promise_37_a_missed_clock_stays_missed_whatever_is_written_later(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    in_time = now() + timedelta(minutes=5)
    with travel(moment.child_due_at + timedelta(hours=1), ticking=True):
        services.reach(by=fern, moment_id=moment.id, how="seen", note="Forgot", at=in_time)
        services.reach(by=fern, moment_id=moment.id, how="seen", note="Earlier", at=in_time)
        moment = fresh(moment)
        assert moment.reached_at == in_time
        shown = selectors.moment(by=fern, moment_id=moment.id)
        assert shown.row.missed
        assert counted() == (0, 1, 1)
        assert shown.row.clock_ended_at != shown.row.reached_at
        assert [action.said_at for action in shown.actions if action.kind == "reached"] == [
            in_time
        ] * 2
        services.close(by=fern, moment_id=moment.id, outcome="reached", reason="Seen twice")
        assert counted() == (0, 1, 1)
    columns = {column.name for column in Moment._meta.get_fields()}
    assert not {name for name in columns if "breach" in name or "missed" in name}


def test_promise_37_closing_does_not_end_the_clock(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    with travel(moment.child_due_at + timedelta(minutes=1)):
        assert counted() == (1, 1, 0)
        close_as_declined(by=fern, moment_id=moment.id, reason="Said no")
        assert counted() == (0, 1, 0)
        assert selectors.counts(by=SYSTEM)["told_too_late"] == 0
        Moment.objects.update(received_at=moment.child_due_at)
        assert selectors.counts(by=SYSTEM)["told_too_late"] == 1


def counted() -> tuple[int, int, int]:
    """Return overdue, missed and reached of the whole partnership."""
    counts = selectors.counts(by=SYSTEM)
    return counts["overdue"], counts["missed"], counts["reached"]


def test_a_step_of_the_pathway_is_noted(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    services.do_step(by=fern, moment_id=moment.id, step="communication")
    with pytest.raises(NotFound):
        services.do_step(by=fern, moment_id=moment.id, step="no such step")
    (part,) = selectors.moment(by=fern, moment_id=moment.id).parts
    assert [step.key for step in part.steps if step.done_at] == ["communication"]


ACTS: dict[str, Callable[..., None]] = {
    "take": services.take,
    "pass_on": lambda **given: services.pass_on(reason="Because", **given),
    "hand_over": lambda **given: services.hand_over(to_user=uuid4(), reason="Because", **given),
    "attempt": lambda **given: services.attempt(how="rang", note="", **given),
    "reach": lambda **given: services.reach(how="seen", note="", **given),
    "do_step": lambda **given: services.do_step(step="communication", **given),
    "close": lambda **given: services.close(
        outcome="declined", reason="Because", not_again="asked_not_to", **given
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_change_that_somebody_else_made_meanwhile_refuses_what_was_meant_before_it(
    hub: Partnership, act: str
) -> None:
    who, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    seen = fresh(moment).version
    happen(who, hub.police, "returned_from_missing")
    before = fresh(moment)
    with pytest.raises(Conflict, match="Somebody changed this moment") as refused:
        ACTS[act](by=fern, moment_id=moment.id, version=seen)
    assert refused.value.kept == "Nothing was changed."
    assert fresh(moment).version == before.version
    assert fresh(moment).state == "waiting"


@pytest.mark.parametrize("act", ACTS)
def test_a_moment_of_others_is_not_there_for_any_act(hub: Partnership, act: str) -> None:
    _, moment = child_with_moment(hub)
    hub.worker("stranger")
    with pytest.raises(NotFound):
        ACTS[act](by=hub.actor("stranger"), moment_id=moment.id)
    with pytest.raises(NotFound):
        ACTS[act](by=hub.actor("fern"), moment_id=uuid4())
    hub.worker("steward", "linkage_steward", team="hub")
    with pytest.raises(Forbidden):
        ACTS[act](by=hub.actor("steward"), moment_id=moment.id)
    with pytest.raises(Forbidden):
        ACTS[act](by=system("anything"), moment_id=moment.id)
    assert fresh(moment).version == moment.version


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_a_closed_moment(hub: Partnership, act: str) -> None:
    who, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    close_as_declined(by=fern, moment_id=moment.id, reason="Said no")
    with pytest.raises(NotFound):
        ACTS[act](by=fern, moment_id=moment.id)
    happen(who, hub.police, "returned_from_missing")
    with pytest.raises(Conflict, match="closed"):
        ACTS[act](by=fern, moment_id=moment.id)


def test_promise_13_a_closed_moment_closes_the_record_to_holder_and_team(hub: Partnership) -> None:
    who, moment = child_with_moment(hub)
    for name in ("fern", "sol", "lead"):
        assert people.child(by=hub.actor(name), person_id=who.current_id).name == "Tamsin Orrell"
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    close_as_declined(by=hub.actor("fern"), moment_id=moment.id, reason="Said no")
    for name in ("fern", "sol", "lead"):
        by = hub.actor(name)
        with pytest.raises(NotFound):
            people.child(by=by, person_id=who.current_id)
        with pytest.raises(NotFound):
            selectors.moment(by=by, moment_id=moment.id)
        assert worklists.worklist(by=by).buckets[0].total == 0


def test_promise_13_whoever_gave_it_back_sees_it_only_with_their_team(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    cover = hub.worker("cover", team="hub")
    hub.duty("cover")
    services.pass_on(by=hub.actor("fern"), moment_id=moment.id, reason="Busy")
    for name in ("cover", "sol"):
        if fresh(moment).asked_id == hub.workers[name]:
            services.pass_on(by=hub.actor(name), moment_id=moment.id, reason="Busy")
    assert selectors.moment(by=hub.actor("cover"), moment_id=moment.id)
    access.end_membership(by=SYSTEM, user_id=cover, team_id=hub.teams["hub"])
    with pytest.raises(NotFound):
        selectors.moment(by=hub.actor("cover"), moment_id=moment.id)
    assert selectors.moment(by=hub.actor("sol"), moment_id=moment.id)
    assert cover in set(Action.objects.values_list("about_id", flat=True))


def test_promise_45_what_happens_next_joins_the_open_moment(hub: Partnership) -> None:
    who, moment = child_with_moment(hub, kind="returned_from_missing")
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    again = happen(who, hub.police, "arrest")
    assert moment_of(again).id == moment.id
    assert Moment.objects.count() == 1
    joined = fresh(moment)
    assert (joined.state, joined.asked_id) == ("waiting", hub.workers["fern"])
    assert joined.holder_id is None
    assert joined.child_due_at < moment.child_due_at
    assert joined.next_due_at == joined.answer_by
    assert told(hub, "fern") == ["moment.assigned", "moment.joined"]
    assert told(hub, "sol") == []
    shown = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
    assert shown.row.triggers == 2
    assert len(shown.events) == 2


@pytest.mark.parametrize("row", example_table("joining").rows, ids=lambda row: row["case"])
def test_joining_by_example(hub: Partnership, row: Mapping[str, Any]) -> None:
    with travel(datetime(2026, 3, 3, 21, tzinfo=UTC), ticking=True):
        hub.duty("fern", "sol")
        who, moment = child_with_moment(hub, **_event(row["first"]))
        _meanwhile(hub, moment, row["meanwhile"])
        event = _event(row["then"])
        newest = moment_of(happen(who, hub.police, event.pop("kind"), **event))
    assert Moment.objects.count() == row["moments"]
    assert say_when(When.at(newest.child_due_at)) == row["due"]


def _event(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": said["event"], "occurred": read_local(said["day"], said["time"]).instant}


def _meanwhile(hub: Partnership, moment: Moment, what: str) -> None:
    fern = hub.actor("fern")
    if what != "nothing":
        services.take(by=fern, moment_id=moment.id)
    if what == "reached":
        services.reach(by=fern, moment_id=moment.id, how="seen", note="")
    if what == "closed":
        close_as_declined(by=fern, moment_id=moment.id, reason="Said no")


def test_two_events_of_one_child_in_one_batch_are_one_moment(hub: Partnership) -> None:
    who = identify_one(claim(hub.police, "P1"))
    first = happen(who, hub.police, "returned_from_missing")
    assert moment_of(first).id == moment_of(happen(who, hub.police, "arrest")).id


def test_a_corrected_event_moves_the_childs_clock_and_nothing_else(hub: Partnership) -> None:
    who, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    signal_id = moment.triggers.get().signal_id
    earlier = now() - timedelta(hours=20)
    happen(who, hub.police, "arrest", occurred=earlier, signal_id=signal_id)
    moved = fresh(moment)
    assert moved.child_due_at == earlier + timedelta(hours=24)
    assert moved.next_due_at == moved.child_due_at
    assert (moved.state, moved.holder_id) == ("held", hub.workers["fern"])
    assert Moment.objects.count() == moment.triggers.count() == 1
    assert kinds(moment)[-1] == "corrected"
    happen(who, hub.police, "arrest", occurred=now(), signal_id=signal_id)
    assert fresh(moment).child_due_at > moved.child_due_at


def test_promise_21_every_act_leaves_its_entry(hub: Partnership) -> None:
    _, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    services.attempt(by=fern, moment_id=moment.id, how="rang", note="Nobody was in")
    services.reach(by=fern, moment_id=moment.id, how="seen", note="She is tired")
    services.close(by=fern, moment_id=moment.id, outcome="reached", reason="Weekly from now on")
    entries = Entry.objects.filter(subject_kind="moment", subject_id=moment.id, actor_id=fern.id)
    assert list(entries.order_by("at").values_list("action", flat=True)) == [
        f"moments.{kind}" for kind in ("acknowledged", "attempted", "reached", "closed")
    ]
    for entry in entries:
        assert not {"Nobody was in", "She is tired", "Weekly from now on"} & set(
            map(str, entry.details.values())
        )


def test_one_that_cannot_be_passed_on_does_not_keep_the_others(hub: Partnership) -> None:
    _, broken = child_with_moment(hub, "Ada")
    _, moment = child_with_moment(hub, "Ben")
    Moment.objects.filter(id=broken.id).update(kind="no such kind")
    with travel(now() + timedelta(minutes=20)), pytest.raises(Exception, match="no such kind"):
        services.pass_on_unanswered(by=CLOCK)
    assert fresh(moment).asked_id == hub.workers["sol"]
    assert fresh(broken).asked_id == hub.workers["fern"]

"""A pause of the child's clock: what it adds, what it never undoes, and what a page says of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, Forbidden
from reachable.foundation.time import now, travel
from reachable.moments import pausing, rules, selectors, services, worklists
from reachable.moments.examples import example_table
from reachable.moments.models import Action, Moment
from reachable.moments.pauses import LONGEST, Pause, due_with, pauses_in
from reachable.moments.rebuilding import rebuild_moments
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.moments import fresh, kinds
from tests.support.people import SYSTEM, Partnership, child_with_moment, happen

instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(minutes=1), LONGEST)


@pytest.mark.parametrize("row", example_table("pausing").rows, ids=lambda row: row["case"])
def test_pausing_by_example(row: Mapping[str, Any]) -> None:
    acts = [("paused", row["paused"], row["until"])] if row["paused"] else []
    if row["resumed"]:
        acts.append(("resumed", row["resumed"], None))
    assert due_with(row["due"], row["started"], pauses_in(acts)) == row["ends"]


@given(instants, instants, lengths)
def test_pausing_never_undoes_a_miss(due: datetime, begun: datetime, length: timedelta) -> None:
    paused = due_with(due, due - timedelta(days=60), [Pause(begun, begun + length)])
    assert paused >= due
    if begun > due:
        assert paused == due
        assert rules.missed(due_at=paused, recorded_at=None, now=begun)


@given(instants, st.timedeltas(timedelta(), timedelta(days=9)), lengths)
def test_a_pause_adds_its_own_length(due: datetime, left: timedelta, length: timedelta) -> None:
    begun = due - left
    assert due_with(due, begun, [Pause(begun, begun + length)]) == due + length


@given(instants, st.lists(st.tuples(st.booleans(), lengths, lengths), max_size=6))
def test_pauses_never_overlap_and_together_add_what_they_last(
    first: datetime, said: list[tuple[bool, timedelta, timedelta]]
) -> None:
    at, acts = first, []
    for pauses, gap, length in said:
        acts.append(("paused", at, at + length) if pauses else ("resumed", at, None))
        at += gap
    found = pauses_in(acts)
    assert all(a.ends <= b.begun for a, b in zip(found, found[1:], strict=False))
    due = at + timedelta(days=90)
    assert due_with(due, first, found) - due == sum(
        (pause.ends - pause.begun for pause in found), timedelta()
    )


@given(instants, lengths, lengths)
def test_running_again_early_never_leaves_it_missed(
    begun: datetime, left: timedelta, stood: timedelta
) -> None:
    assume(stood < LONGEST)
    due = begun + left
    acts = [("paused", begun, begun + LONGEST), ("resumed", begun + stood, None)]
    again = due_with(due, begun, pauses_in(acts))
    assert not rules.missed(due_at=again, recorded_at=None, now=begun + stood)


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


def _held(hub: Partnership) -> Moment:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    return fresh(moment)


def _pause(hub: Partnership, moment: Moment, length: timedelta, who: str = "fern") -> None:
    pausing.pause(
        by=hub.actor(who),
        moment_id=moment.id,
        how="hospital",
        until=now() + length,
        note="Under anaesthetic until the morning",
    )


@pytest.mark.db
def test_whoever_has_it_pauses_it_and_the_page_says_so(hub: Partnership) -> None:
    moment = _held(hub)
    with travel(now()):
        _pause(hub, moment, timedelta(hours=10))
        after = fresh(moment)
        assert after.child_due_at == moment.child_due_at + timedelta(hours=10)
        assert after.next_due_at == after.child_due_at
        assert kinds(moment)[-1] == "paused"
        assert Entry.objects.filter(action="moments.paused", subject_id=moment.id).count() == 1
        buckets = worklists.worklist(by=hub.actor("fern")).buckets
        (row,) = [row for bucket in buckets for row in bucket.rows]
        assert (row.paused_until, row.paused_why) == (now() + timedelta(hours=10), "in hospital")
    with travel(now() + timedelta(hours=11)):
        found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id).row
        assert found.paused_until is None
        assert found.child_due_at == after.child_due_at
        assert rebuild_moments(by=SYSTEM) == 0


@pytest.mark.db
def test_it_runs_again_when_somebody_says_so(hub: Partnership) -> None:
    moment, at = _held(hub), now()
    with travel(at):
        _pause(hub, moment, timedelta(hours=10))
        with pytest.raises(Conflict, match="paused already"):
            _pause(hub, moment, timedelta(hours=1))
    with travel(at + timedelta(hours=2)):
        pausing.resume(by=hub.actor("fern"), moment_id=moment.id, note="Awake")
        assert fresh(moment).child_due_at == moment.child_due_at + timedelta(hours=2)
        with pytest.raises(Conflict, match="not paused"):
            pausing.resume(by=hub.actor("fern"), moment_id=moment.id)
        assert rebuild_moments(by=SYSTEM) == 0


@pytest.mark.db
def test_promise_37_a_missed_clock_cannot_be_paused_away(hub: Partnership) -> None:
    moment = _held(hub)
    with travel(moment.child_due_at + timedelta(seconds=1)):
        with pytest.raises(Conflict, match="had run out"):
            _pause(hub, moment, timedelta(days=1))
        # Nor by an action that came past the service.
        Action.objects.create(
            moment=moment, kind="paused", at=now(), how="other", said_at=now() + timedelta(days=1)
        )
        rebuild_moments(by=SYSTEM)
        found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id).row
        assert found.missed
        assert found.child_due_at == moment.child_due_at


@pytest.mark.db
@pytest.mark.parametrize(
    ("length", "said"),
    [(timedelta(days=14, minutes=1), "at most 14 days"), (timedelta(), "has passed already")],
)
def test_how_long_it_may_be(hub: Partnership, length: timedelta, said: str) -> None:
    moment = _held(hub)
    with travel(now()), pytest.raises(BadInput, match=said):
        _pause(hub, moment, length)
    assert fresh(moment).child_due_at == moment.child_due_at


@pytest.mark.db
def test_only_whoever_has_it_pauses_it_and_says_why(hub: Partnership) -> None:
    moment = _held(hub)
    with pytest.raises(Conflict, match="do not have this moment"):
        _pause(hub, moment, timedelta(hours=1), who="sol")
    hub.worker("clerk", "intake_worker")
    with pytest.raises(Forbidden):
        _pause(hub, moment, timedelta(hours=1), who="clerk")
    for how, note in (("hospital", "  "), ("holiday", "By the sea")):
        with pytest.raises(BadInput, match="why"):
            pausing.pause(
                by=hub.actor("fern"),
                moment_id=moment.id,
                how=how,
                until=now() + timedelta(hours=1),
                note=note,
            )
    services.reach(by=hub.actor("fern"), moment_id=moment.id, how="seen", note="")
    with pytest.raises(Conflict, match="was reached"):
        _pause(hub, moment, timedelta(hours=1))


@pytest.mark.db
def test_what_joins_while_it_is_paused_has_a_clock_of_its_own(hub: Partnership) -> None:
    who, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    at = now()
    with travel(at):
        _pause(hub, moment, timedelta(days=5))
    with travel(at + timedelta(days=4)):
        happen(who, hub.police, "returned_from_missing", occurred=now())
        found = fresh(moment)
        assert found.child_due_at == moment.child_due_at + timedelta(days=5)
    with travel(at + timedelta(days=4, hours=1)):
        happen(who, hub.police, "arrest", occurred=now() - timedelta(hours=23))
        # 24 hours from an arrest 23 hours ago; it stands still for the 23 hours that are left.
        assert fresh(moment).child_due_at == at + timedelta(days=5, hours=1)
        assert rebuild_moments(by=SYSTEM) == 0


@pytest.mark.db
def test_two_records_that_were_one_child_each_keep_what_was_paused(hub: Partnership) -> None:
    first, moment = child_with_moment(hub)
    at = now()
    with travel(at + timedelta(minutes=1)):
        second, other = child_with_moment(hub, "Wren")
    with travel(at + timedelta(hours=1)):
        services.take(by=hub.actor("fern"), moment_id=moment.id)
        merged = merge(hub, first, second)
        _pause(hub, moment, timedelta(hours=6))
        found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
        assert [action.kind for action in found.actions].count("paused") == 1
        assert fresh(moment).child_due_at == moment.child_due_at + timedelta(hours=6)
    with travel(at + timedelta(hours=2)):
        undo(hub, merged)
        assert fresh(other).child_due_at == other.child_due_at + timedelta(hours=6)
        assert fresh(moment).child_due_at == moment.child_due_at + timedelta(hours=6)
        assert rebuild_moments(by=SYSTEM) == 0

"""Rules that look back: asked again whenever something comes late, is corrected, or moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.foundation.db import follow_indexes
from reachable.foundation.time import travel
from reachable.moments.models import Action, Moment, RuleSwitch, Trigger
from reachable.moments.reconsidering import reconsider
from reachable.notices.models import Notice
from reachable.people.identification import Identified
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.people import SYSTEM, Partnership, claim, happen, identify_one

pytestmark = pytest.mark.db

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
RETURN = "returned_from_missing"


@pytest.fixture
def hub(db: None) -> Partnership:
    with travel(NOW - timedelta(days=40)):
        return make_hub_with_steward()


def a_child(hub: Partnership, given: str = "Tamsin") -> Identified:
    return identify_one(claim(hub.police, f"P-{given}", given=given, postcode=""))


def comes(hub: Partnership, who: Identified, kind: str, days_ago: float, **more: Any) -> Any:
    with travel(NOW):
        return happen(who, hub.police, kind, occurred=NOW - timedelta(days=days_ago), **more)


def live(rule: str) -> int:
    return Trigger.objects.filter(rule=rule, ended_at=None).count()


def test_the_third_return_joins_the_moment_and_says_which_rule_it_was(hub: Partnership) -> None:
    who = a_child(hub)
    for days in (20, 10, 1):
        comes(hub, who, RETURN, days)
    moment = Moment.objects.get()
    assert (moment.kind, moment.rule, moment.rule_version) == (
        "return_from_missing",
        "return_from_missing",
        1,
    )
    assert live("return_from_missing") == 3
    third = Trigger.objects.get(rule="third_return")
    assert third.due_at == datetime(2026, 3, 24, 23, 59, tzinfo=UTC)
    joined = Action.objects.filter(moment=moment, kind="joined").values_list("how", flat=True)
    assert list(joined) == ["return_from_missing", "return_from_missing", "repeat_missing"]


def test_what_comes_late_makes_what_came_before_count(hub: Partnership) -> None:
    who = a_child(hub)
    comes(hub, who, RETURN, 20)
    comes(hub, who, RETURN, 1)
    assert not live("third_return")
    comes(hub, who, RETURN, 10)
    third = Trigger.objects.get(rule="third_return")
    assert third.due_at == datetime(2026, 3, 24, 23, 59, tzinfo=UTC)


def test_alone_it_opens_a_moment_of_its_own(hub: Partnership) -> None:
    who = a_child(hub)
    comes(hub, who, "nrm_referral", 60)
    comes(hub, who, "moved_home", 3)
    moment = Moment.objects.get()
    assert (moment.kind, moment.rule) == ("loss_or_move", "moved_after_sign")
    assert Notice.objects.filter(subject_id=moment.id).exists()


def test_a_correction_ends_what_no_longer_calls(hub: Partnership) -> None:
    who = a_child(hub)
    signal = comes(hub, who, RETURN, 20)
    comes(hub, who, RETURN, 10)
    comes(hub, who, RETURN, 1)
    assert live("third_return") == 1
    # It was in another month, the agency says now.
    comes(hub, who, RETURN, 35, signal_id=signal)
    assert live("third_return") == 0
    assert Moment.objects.get().state != "closed"
    assert Action.objects.filter(kind="corrected", how="ended").exists()
    comes(hub, who, RETURN, 20, signal_id=signal)
    assert live("third_return") == 1


def test_what_came_as_history_counts_and_calls_nobody(hub: Partnership) -> None:
    who = a_child(hub)
    for days in (20, 10, 1):
        comes(hub, who, RETURN, days, news=False)
    assert not Moment.objects.exists()
    comes(hub, who, RETURN, 0.5)
    assert live("third_return") == 1


def test_what_is_too_old_when_it_is_known_calls_nobody(hub: Partnership) -> None:
    who = a_child(hub)
    for days in (58, 48, 29):
        comes(hub, who, RETURN, days)
    assert not Moment.objects.exists()


def test_two_records_that_become_one_child_count_together(hub: Partnership) -> None:
    one, other = a_child(hub), a_child(hub, "Tam")
    for days in (20, 1):
        comes(hub, one, RETURN, days)
    comes(hub, other, RETURN, 10)
    assert not live("third_return")
    with travel(NOW):
        merge_id = merge(hub, one, other)
    assert live("third_return") == 1
    with travel(NOW + timedelta(hours=1)):
        undo(hub, merge_id)
    assert not live("third_return")


def test_an_open_moment_keeps_what_called_for_it_when_the_rule_is_switched_off(
    hub: Partnership,
) -> None:
    who = a_child(hub)
    for days in (20, 10, 1):
        comes(hub, who, RETURN, days)
    RuleSwitch.objects.create(rule="third_return", version=1, is_on=False, at=NOW, reason="x")
    comes(hub, who, RETURN, 0.5)
    assert live("third_return") == 1
    assert live("return_from_missing") == 4


def test_what_is_found_of_a_child_does_not_depend_on_who_else_is_looked_at(
    hub: Partnership,
) -> None:
    """Another child's moment of long ago opens none for what this one's rule did not see then."""
    first, other = a_child(hub), a_child(hub, "Idris")
    for days in (80, 70, 60):
        with travel(NOW - timedelta(days=days)):
            happen(first, hub.police, RETURN)
    assert live("third_return") == 1
    RuleSwitch.objects.create(rule="third_return", version=1, is_on=False, at=NOW, reason="x")
    for days in (55, 50, 45):
        with travel(NOW - timedelta(days=days)):
            happen(other, hub.police, RETURN)
    RuleSwitch.objects.all().delete()
    with travel(NOW), transaction.atomic():
        reconsider(by=SYSTEM, current_ids={other.current_id})
        assert live("third_return") == 1
        reconsider(by=SYSTEM, current_ids={first.current_id, other.current_id})
        assert live("third_return") == 1


def test_what_stands_is_found_by_indexes_however_much_there_ever_was(hub: Partnership) -> None:
    who = a_child(hub)
    signal = comes(hub, who, RETURN, 1)
    with travel(NOW), transaction.atomic(), CaptureQueriesContext(connection) as asked:
        follow_indexes()
        reconsider(by=SYSTEM, current_ids={who.current_id}, signal_ids={signal})
    about = [each["sql"] for each in asked if "moments_trigger" in each["sql"]]
    assert about
    plans = [_plan(sql) for sql in about]
    assert not [plan for plan in plans if re.search(r"(?i)(seq )?scan (on )?moments_trigger", plan)]


def _plan(sql: str) -> str:
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with transaction.atomic(), connection.cursor() as cursor:
        follow_indexes()
        cursor.execute(f"{explain} {sql.replace('%', '%%')}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


HAPPENS = st.tuples(
    st.sampled_from([RETURN, "back_from_missing", "stopped_and_searched", "suspended", "arrest"]),
    st.integers(0, 40),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.lists(HAPPENS, min_size=2, max_size=7, unique=True))
def test_in_any_order_the_same_is_called_for(
    hub: Partnership, data: st.DataObject, what: list[tuple[str, int]]
) -> None:
    orders = [what, data.draw(st.permutations(what))]
    first, second = (in_this_order(hub, order) for order in orders)
    assert first == second


def in_this_order(hub: Partnership, order: Sequence[tuple[str, int]]) -> Any:
    with transaction.atomic():
        who = a_child(hub)
        for kind, days_ago in order:
            comes(hub, who, kind, days_ago)
        stands = Trigger.objects.filter(ended_at=None).values_list("event_kind", "rule", "due_at")
        moments = Moment.objects.values_list("state", "child_due_at")
        found = sorted(stands), sorted(moments)
        assert Moment.objects.count() <= 1
        transaction.set_rollback(True)
    return found

"""Who is told before time runs out, when, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments import pausing, rules, services
from reachable.moments.models import Moment
from reachable.moments.reminding import remind
from reachable.notices.models import Notice
from reachable.notices.rules import WORDINGS
from reachable.practice import guidance
from reachable.practice.clocks import Span, Start, Unit
from tests.support.moments import fresh, told
from tests.support.people import Partnership, child_with_moment, happen, make_hub

BY = system("remind")
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("amount", "unit", "before"),
    [
        (72, Unit.HOURS, timedelta(hours=18)),
        (24, Unit.HOURS, timedelta(hours=6)),
        (4, Unit.HOURS, timedelta(hours=1)),
        (2, Unit.HOURS, timedelta(hours=1)),
        (4, Unit.WORKING_DAYS, timedelta(days=1)),
        (5, Unit.SCHOOL_DAYS, timedelta(days=1, hours=6)),
    ],
)
def test_how_long_before(amount: int, unit: Unit, before: timedelta) -> None:
    assert rules.warned_before(Span(amount, unit, Start.OCCURRED)) == before


@given(instants, st.timedeltas(timedelta(), timedelta(days=3)))
def test_nobody_is_told_after_the_end_or_before_a_quarter_is_left(
    due: datetime, left: timedelta
) -> None:
    before = timedelta(hours=18)
    told = rules.is_warned(now=due - left, due_at=due, held_at=None, before=before)
    assert told == (left <= before)
    assert not rules.is_warned(
        now=due + timedelta(seconds=1), due_at=due, held_at=None, before=before
    )


@given(instants, st.timedeltas(timedelta(minutes=1), timedelta(days=3)))
def test_half_of_the_time_to_answer(since: datetime, length: timedelta) -> None:
    until = since + length
    assert rules.is_half_over(now=since + length / 2, since=since, until=until)
    assert not rules.is_half_over(now=since, since=since, until=until)
    assert not rules.is_half_over(now=until, since=since, until=until)


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def _taken(hub: Partnership, at: datetime) -> Moment:
    """An arrest at that instant, taken at once: 24 hours for the child."""
    with travel(at):
        _, moment = child_with_moment(hub, occurred=at)
        services.take(by=hub.actor("fern"), moment_id=moment.id)
    return fresh(moment)


def _told_at(hub: Partnership, at: datetime, name: str = "fern") -> list[str]:
    with travel(at):
        remind(by=BY)
    return [kind for kind in told(hub, name) if kind.endswith("_soon")]


@pytest.mark.db
def test_whoever_has_it_hears_once_when_a_quarter_is_left(hub: Partnership) -> None:
    at = now()
    moment = _taken(hub, at)
    assert _told_at(hub, at + timedelta(hours=17, minutes=59)) == []
    assert _told_at(hub, at + timedelta(hours=18)) == ["moment.due_soon"]
    assert _told_at(hub, at + timedelta(hours=20)) == ["moment.due_soon"]
    assert told(hub, "sol") == []
    notice = Notice.objects.get(kind="moment.due_soon")
    assert (notice.subject_kind, notice.subject_id) == ("moment", moment.id)
    assert Entry.objects.filter(action="moments.reminded").count() == 1


@pytest.mark.db
def test_a_child_who_was_reached_needs_no_reminder(hub: Partnership) -> None:
    at = now()
    moment = _taken(hub, at)
    with travel(at + timedelta(hours=1)):
        services.reach(by=hub.actor("fern"), moment_id=moment.id, how="seen", note="")
    assert _told_at(hub, at + timedelta(hours=23)) == []


@pytest.mark.db
def test_what_ran_out_is_not_about_to(hub: Partnership) -> None:
    at = now()
    _taken(hub, at)
    assert _told_at(hub, at + timedelta(hours=24, seconds=1)) == []


@pytest.mark.db
def test_whoever_takes_it_late_hears_an_hour_before_the_end(hub: Partnership) -> None:
    at = now()
    _, moment = child_with_moment(hub, occurred=at)
    with travel(at + timedelta(hours=20)):
        services.take(by=hub.actor("fern"), moment_id=moment.id)
    assert _told_at(hub, at + timedelta(hours=20, minutes=1)) == []
    assert _told_at(hub, moment.child_due_at - timedelta(hours=1)) == ["moment.due_soon"]


@pytest.mark.db
def test_a_paused_clock_reminds_nobody_and_again_before_its_new_end(hub: Partnership) -> None:
    at = now()
    moment = _taken(hub, at)
    assert _told_at(hub, at + timedelta(hours=18)) == ["moment.due_soon"]
    with travel(at + timedelta(hours=19)):
        pausing.pause(
            by=hub.actor("fern"),
            moment_id=moment.id,
            how="hospital",
            until=now() + timedelta(days=1),
            note="Under anaesthetic",
        )
    assert _told_at(hub, at + timedelta(hours=42)) == ["moment.due_soon"]
    assert _told_at(hub, at + timedelta(hours=43, minutes=1)) == ["moment.due_soon"] * 2


@pytest.mark.db
def test_whoever_is_asked_hears_at_half_time_and_so_does_the_next(hub: Partnership) -> None:
    at = now()
    with travel(at):
        child_with_moment(hub, occurred=at)
    assert _told_at(hub, at + timedelta(minutes=7)) == []
    assert _told_at(hub, at + timedelta(minutes=8)) == ["moment.answer_soon"]
    assert _told_at(hub, at + timedelta(minutes=14)) == ["moment.answer_soon"]
    with travel(at + timedelta(minutes=15)):
        services.pass_on_unanswered(by=system("pass on"))
    assert _told_at(hub, at + timedelta(minutes=22), "sol") == []
    assert _told_at(hub, at + timedelta(minutes=23), "sol") == ["moment.answer_soon"]
    assert _told_at(hub, at + timedelta(minutes=23)) == ["moment.answer_soon"]


@pytest.mark.db
def test_what_joins_gives_time_anew_before_the_reminder(hub: Partnership) -> None:
    at = now()
    with travel(at):
        who, _ = child_with_moment(hub, kind="returned_from_missing", occurred=at)
    with travel(at + timedelta(minutes=20)):
        happen(who, hub.police, occurred=now())
    assert _told_at(hub, at + timedelta(minutes=26)) == []
    assert _told_at(hub, at + timedelta(minutes=28)) == ["moment.answer_soon"]


@pytest.mark.db
def test_the_number_of_questions_does_not_depend_on_how_many_are_open(hub: Partnership) -> None:
    at, counted = now(), []
    for name in ("Wren", "Ivy", "Rowan"):
        with travel(at):
            _, moment = child_with_moment(hub, name, occurred=at)
            services.take(by=hub.actor("fern"), moment_id=moment.id)
        with travel(at + timedelta(hours=19)), CaptureQueriesContext(connection) as asked:
            remind(by=BY)
        counted.append(len(asked))
    assert counted[0] == counted[2]


def test_reminders_name_no_child() -> None:
    for kind in ("moment.due_soon", "moment.answer_soon"):
        assert "{" not in WORDINGS[kind].title + WORDINGS[kind].text
        assert WORDINGS[kind].address == "moment"


def test_every_clock_leaves_time_for_a_reminder() -> None:
    for kind in guidance.moment_kinds():
        assert rules.warned_before(kind.child_clock.span) < kind.child_clock.span.at_most

"""Whenever somebody starts the demonstration, the duty team has something before it."""

from datetime import UTC, datetime

import pytest

from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.moments import selectors, worklists
from reachable.moments.models import Action
from reachable.notices.selectors import unread_count
from reachable.synthetic import cadence, feeds, partnership, present, workers
from reachable.synthetic.arrival import actors
from reachable.synthetic.replay import replay

INSTANTS = [
    datetime(2026, 11, 22, 2, 10, tzinfo=UTC),  # a Sunday night
    datetime(2026, 11, 23, 8, 12, tzinfo=UTC),  # a Monday, just after the files
    datetime(2026, 7, 15, 13, 0, tzinfo=UTC),  # a Wednesday in summer
    datetime(2026, 3, 28, 23, 30, tzinfo=UTC),  # the evening before the clocks change
    datetime(2026, 12, 25, 18, 45, tzinfo=UTC),
]


def made_for(instant, children=60):
    return partnership.make(11, children, 1, until=cadence.last_sending(instant))


@pytest.mark.db
@pytest.mark.parametrize("instant", INSTANTS, ids=lambda at: f"{at:%a %H:%M}")
def test_there_is_something_now_today_and_this_week(instant, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    made = made_for(instant)
    sent = feeds.write(made, tmp_path / "sent")
    with travel(instant):
        replay(made, sent, password="only-for-a-demonstration")
        duty = actors(made)["duty.first"]
        shown = {bucket.key: bucket for bucket in worklists.worklist(by=duty).buckets}
        mine = worklists.worklist(by=duty, mine_only=True)
        unread = unread_count(by=duty)
        overdue = selectors.counts(by=system("tests"))["overdue"]
        told = [step for each in present.signals(made, instant) for step in each.then]
        steps = Action.objects.filter(kind="step_done", at__in=[step.at for step in told])
        done = set(steps.values_list("step", flat=True))
    assert 2 <= shown["now"].total <= 8
    assert "waiting" in {row.state for row in shown["now"].rows}
    assert 2 <= shown["today"].total <= 8
    assert 1 <= shown["week"].total <= 25
    assert sum(bucket.total for bucket in mine.buckets) > 0
    assert overdue <= 3
    assert unread <= 6
    assert done == {step.how for step in told if step.verb == workers.STEP}


@pytest.mark.parametrize("instant", INSTANTS, ids=lambda at: f"{at:%a %H:%M}")
def test_schools_write_by_day_and_nurses_at_any_hour(instant):
    sent = present.signals(made_for(instant), instant)
    assert len({each.person.id for each in sent}) == len(sent) == 6
    assert [each.at for each in sent] == sorted(each.at for each in sent)
    for each in sent:
        assert each.username != "school.lead" or (each.at.weekday() < 5 and 7 <= each.at.hour < 17)
        assert all(step.at > each.at for step in each.then)


def test_the_same_instant_gives_the_same_signals():
    at = INSTANTS[0]
    assert present.signals(made_for(at), at) == present.signals(made_for(at), at)

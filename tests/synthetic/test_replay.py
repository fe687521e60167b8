from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import uuid4

import pytest
from django.test import override_settings

from reachable.access import selectors as access
from reachable.access.models import Team, User
from reachable.access.rota import rota
from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.foundation.time import travel
from reachable.intake import services as intake
from reachable.intake.models import QuarantinedRow, SignalVersion
from reachable.intake.services import PhoneSignal
from reachable.moments import states
from reachable.moments.models import Action, Moment
from reachable.people.models import Person
from reachable.practice.birthdays import AGES
from reachable.synthetic import arrival, feeds, partnership, truth
from reachable.synthetic.replay import Replayed, _Year, replay
from reachable.synthetic.signals import signals
from tests.support import databases
from tests.synthetic.conftest import UNTIL, loaded_once

pytestmark = pytest.mark.db

DAY = timedelta(days=2)
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PASSWORD = "only-for-a-demonstration"


class Stopped(Exception):
    """Stands for a process that was killed."""


@pytest.fixture(scope="module")
def small():
    return partnership.make(11, 250, 3, until=UNTIL)


@pytest.fixture(scope="module")
def small_sent(small, tmp_path_factory):
    return feeds.write(small, tmp_path_factory.mktemp("small"))


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"


def run(small, small_sent, **options):
    with travel(NOW):
        return replay(small, small_sent, password=PASSWORD, **options)


def state():
    """Return what the replay left, without the identifiers that differ from run to run."""
    return (
        Counter(
            Moment.objects.values_list(
                "opened_at", "kind", "child_due_at", "state", "outcome", "reached_at", "closed_at"
            )
        ),
        Counter(Action.objects.values_list("kind", "at", "how")),
        Counter(SignalVersion.objects.values_list("version", "received_at")),
        Person.objects.count(),
        QuarantinedRow.objects.count(),
    )


def test_the_year_happens_as_the_truth_says(small, small_sent):
    result = run(small, small_sent)
    expected: Counter[str] = Counter()
    files = loaded_once(small_sent)
    for row in truth.read_rows(small_sent.folder):
        if row.file in files:
            expected[row.expect] += 1
    assert result.failed == []
    assert result.accepted == expected["accepted"]
    assert result.quarantined == expected["quarantined"]
    assert result.duplicates == expected["duplicate"]
    assert result.signals > 0
    ends = Counter(Moment.objects.values_list("state", flat=True))
    assert ends["closed"] > ends["held"] > 0
    assert Moment.objects.filter(reached_at=None, child_due_at__lt=NOW).exists()
    assert Moment.objects.filter(outcome="reached").exists()
    assert Moment.objects.filter(outcome="held_elsewhere").exists()
    assert Action.objects.filter(kind="passed_on").exists()
    assert not Action.objects.filter(at__gt=NOW).exists()
    untouched = Moment.objects.filter(opened_at__lt=NOW - timedelta(days=10), joined_into=None)
    assert not untouched.exclude(actions__by__isnull=False).exists()
    birthdays_are_kept_as_time_passes(result)
    every_move_is_one_that_the_diagram_shows()


def birthdays_are_kept_as_time_passes(result):
    """Recorded in the night after the day began, and what they opened is answered as all else."""
    kept = Event.objects.filter(kind__in=AGES)
    assert kept.exists()
    on_the_day = [each for each in kept if each.recorded_at.date() - each.occurred_on < DAY]
    assert on_the_day
    opened = Moment.objects.filter(triggers__rule="growing_up_after_sign").distinct()
    assert result.birthdays > 0
    assert opened.count() >= result.birthdays
    assert opened.filter(actions__kind__in=["acknowledged", "claimed"]).exists()


def every_move_is_one_that_the_diagram_shows():
    done = Action.objects.filter(kind__in=states.MOVES).order_by("moment_id", "id")
    shown = set()
    for moment_id, actions in groupby(done, key=lambda action: action.moment_id):
        state = states.START
        for action in actions:
            _, before, after = states.MOVES[action.kind]
            assert state in before, (moment_id, action.kind, state)
            shown.add(action.kind)
            state = after
        assert Moment.objects.get(id=moment_id).state == state
    assert shown >= {"asked", "to_team", "passed_on", "acknowledged", "claimed", "closed"}


def test_what_a_review_opens_is_answered_too(small, small_sent, monkeypatch):
    """Two records that are joined may together be what a rule asks for."""
    with travel(NOW):
        arrival.set_up(small, password=PASSWORD)
        year = _Year(small, small_sent, only_files=False)
    year.has_planned = True

    def opens(*, opened_before):
        signal = PhoneSignal(
            token=uuid4(),
            kind="in_custody_now",
            family_name="Lark",
            given_names="Wren",
            birth_date=date(2012, 3, 3),
            where="Netherquay Custody Suite",
            said="Looks exhausted.",
            reach="07700 900150",
            postcode="FX1 1AA",
        )
        intake.send_signal(by=year.by["custody.sergeant"], signal=signal)
        return 1

    monkeypatch.setattr(year.steward, "decide", opens)
    year._review(datetime(2026, 11, 16, 9, 0, tzinfo=UTC))
    moment = Moment.objects.get()
    assert moment.state == "held"
    assert moment.held_at is not None
    assert moment.held_at < NOW


def test_a_second_replay_does_nothing(small, small_sent):
    run(small, small_sent)
    before, entries = state(), Entry.objects.count()
    assert run(small, small_sent) == Replayed()
    assert state() == before
    assert Entry.objects.count() == entries


@pytest.fixture(scope="module")
def whole(small, small_sent, tmp_path_factory, django_db_blocker):
    """What a replay leaves that was never stopped, in a database of its own."""
    uploads = tmp_path_factory.mktemp("uploads")
    with (
        django_db_blocker.unblock(),
        override_settings(UPLOAD_DIR=uploads),
        databases.fresh() as database,
        database.connected(),
    ):
        run(small, small_sent)
        return state()


@pytest.mark.parametrize("stop_after", [1, 75])
def test_a_replay_that_was_stopped_goes_on(whole, small, small_sent, stop_after):
    def stop(progress):
        if progress.done == stop_after:
            raise Stopped

    with pytest.raises(Stopped):
        run(small, small_sent, tell=stop)
    run(small, small_sent)
    assert state() == whole


def test_only_files_leaves_everything_to_real_people(small, small_sent):
    result = run(small, small_sent, only_files=True)
    assert (result.actions, result.signals, result.reviews) == (0, 0, 0)
    assert not Action.objects.filter(by__isnull=False).exists()


def test_the_partnership_stands_once(small):
    with travel(NOW):
        assert arrival.set_up(small, password=PASSWORD)
        assert not arrival.set_up(small, password=PASSWORD)
    assert User.objects.count() == len(small.workers)
    assert all(user.check_password(PASSWORD) for user in User.objects.all()[:2])


def test_somebody_is_on_duty_now_and_in_eight_weeks(small):
    with travel(NOW):
        arrival.set_up(small, password=PASSWORD)
    team = Team.objects.get(key=small.rota.team)
    for at in (
        small.episodes[0].start.replace(tzinfo=UTC),
        NOW,
        datetime(2027, 1, 15, 3, 0, tzinfo=UTC),
    ):
        assert len(access.on_duty(team_id=team.id, at=at)) == 2


def test_whoever_is_sick_as_the_demonstration_begins_is_passed_over(small):
    with travel(NOW):
        arrival.set_up(small, password=PASSWORD)
        arrival.fall_sick(small)
        supervisor = arrival.actors(small)[small.rota.supervisor]
        team = Team.objects.get(key=small.rota.team)
        found = rota(by=supervisor, team_id=team.id)
    (away,) = found.absences
    hours = [each for day in found.days[:6] for each in day.hours]
    assert any(each.away == (away.name,) for each in hours)
    assert not any(away.name in each.asked for each in hours)
    assert any(away.name in each.asked for day in found.days[6:] for each in day.hours)
    assert not found.gaps


def test_signals_come_from_custody_and_from_others(fenmarch):
    sent = Counter(each.username for each in signals(fenmarch))
    assert sent["custody.sergeant"] > 200
    assert {"ward.nurse", "school.lead", "school.second"} <= sent.keys()
    tokens = [each.token for each in signals(fenmarch)]
    assert len(set(tokens)) == len(tokens)

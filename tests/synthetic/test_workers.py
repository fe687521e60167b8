from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from reachable.practice import guidance
from reachable.practice.time import LONDON
from reachable.synthetic import workers

OPENED = datetime(2026, 10, 24, 7, 10, tzinfo=UTC)


def plans(count=400, lately=False):
    return [
        workers.plan(
            Random(seed),
            kind="return_from_missing",
            opened_at=OPENED,
            minutes_to_answer=60,
            steps=["communication", "safe_now"],
            lately=lately,
        )
        for seed in range(count)
    ]


def test_plans_go_forward_in_time_and_begin_with_an_answer():
    for planned in plans():
        assert planned == sorted(planned)
        assert planned[0].verb in workers.ANSWERS
        assert all(action.at > OPENED for action in planned)


def test_most_answer_in_time_and_some_do_not():
    first = Counter(planned[0].verb for planned in plans())
    assert first["take"] > 0.7 * first.total()
    assert first["let_pass"] > 0.1 * first.total()


def test_of_the_last_days_some_are_untouched():
    assert any(not planned for planned in plans(lately=True))


def test_a_child_counts_as_reached_only_after_a_meeting():
    for planned in plans():
        verbs = [action.verb for action in planned]
        closed = next((action.how for action in planned if action.verb == "close"), None)
        assert (closed != "reached") or ("reach" in verbs)
        assert "reach" not in verbs or closed in ("reached", None)


def test_about_two_thirds_are_reached_and_not_all_in_time():
    met = [a.at for planned in plans() for a in planned if a.verb == "reach"]
    assert 0.55 < len(met) / 400 < 0.75
    in_time = sum(at <= OPENED + timedelta(hours=72) for at in met)
    assert 0.5 < in_time / len(met) < 1


def test_every_ending_is_one_that_guidance_knows():
    known = {outcome.key for outcome in guidance.outcomes()}
    ends = {a.how for planned in plans() for a in planned if a.verb == "close"}
    assert ends <= known
    assert {"reached", "declined", "held_elsewhere", "not_found_yet"} <= ends


@pytest.mark.parametrize("hour", range(24))
def test_casework_happens_by_day(hour):
    at = datetime(2026, 10, 25, hour, 15, tzinfo=UTC)
    moved = workers.daytime(Random(1), at)
    assert moved >= at
    assert 9 <= moved.astimezone(LONDON).hour < 20

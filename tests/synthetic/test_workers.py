from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from reachable.practice import guidance
from reachable.practice.time import LONDON
from reachable.synthetic import workers

OPENED = datetime(2026, 10, 24, 7, 10, tzinfo=UTC)


DUE = OPENED + timedelta(hours=51)


def plans(count=400, kind="return_from_missing", due_at=DUE):
    return [
        workers.plan(
            Random(seed),
            kind=kind,
            opened_at=OPENED,
            due_at=due_at,
            minutes_to_answer=60,
            steps=["communication", "safe_now"],
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


def test_everybody_is_answered_and_every_moment_ends():
    for planned in plans():
        assert planned[-1].verb in (workers.CLOSE, workers.STEP)
        assert {"take", "claim"} & {action.verb for action in planned}
        assert sum(action.verb == workers.CLOSE for action in planned) == 1


def test_a_child_counts_as_reached_only_after_a_meeting():
    for planned in plans():
        verbs = [action.verb for action in planned]
        closed = next((action.how for action in planned if action.verb == "close"), None)
        assert (closed != "reached") or ("reach" in verbs)
        assert "reach" not in verbs or closed in ("reached", None)


def met(kind, due_at):
    """Return how many of 400 children were reached, and how many of these in time."""
    at = [a.at for planned in plans(kind=kind, due_at=due_at) for a in planned if a.verb == "reach"]
    return len(at), sum(moment <= due_at for moment in at)


def test_about_two_thirds_are_reached_and_of_these_near_63_in_100_in_time():
    reached, in_time = met("return_from_missing", DUE)
    assert 0.6 < reached / 400 < 0.8
    assert 0.56 < in_time / reached < 0.70


def test_in_custody_most_are_reached_in_time_where_any_is_left():
    reached, in_time = met("custody", OPENED + timedelta(hours=9))
    assert 0.66 < in_time / reached < 0.85
    assert met("custody", OPENED - timedelta(hours=1))[1] == 0


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


def test_most_are_offered_contact_and_a_no_is_asked_again_mostly_on_its_day():
    offered = declined = on_its_day = 0
    for planned in plans(1000):
        verbs = [action.verb for action in planned]
        offered += "offer" in verbs
        for action in planned:
            if action.verb == workers.DECLINE:
                declined += 1
                assert action.again_on >= action.at.astimezone(LONDON).date()
                later = [a for a in planned if a.at > action.at and a.verb in ("offer", "reach")]
                on_its_day += min(a.at for a in later).astimezone(LONDON).date() <= action.again_on
    assert 0.55 < offered / 1000 < 0.8
    assert 0.08 < declined / 1000 < 0.35
    assert 0.7 < on_its_day / declined < 1


def test_contact_lasts_for_fewer_at_three_months_than_at_28_days():
    kept = {}
    for check in ("28_days", "3_months"):
        said = [workers.lasted(Random(f"{seed} {check}"), check) for seed in range(1000)]
        kept[check] = sum(1 for one in said if one and one[0] == "kept") / 1000
        assert 0.05 < said.count(None) / 1000 < 0.2
        assert all(one[2] < timedelta(days=14) for one in said if one)
    assert 0.4 < kept["3_months"] < kept["28_days"] < 0.75

"""What invented workers do with a moment: a plan made by chance, without database or clock.

Shares are ours, near what is published where anything is: most moments are taken up in time, some
pass on; some two thirds of the children are reached, not all in time; a few stay with nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from reachable.practice.time import LONDON

TAKE, LET_PASS, CLAIM = "take", "let_pass", "claim"
ATTEMPT, REACH, STEP, CLOSE = "attempt", "reach", "step", "close"
ANSWERS = frozenset({TAKE, LET_PASS, CLAIM})

FIRST, SECOND, TEAM, NOBODY = "first", "second", "team", "nobody"
_ANSWERED = ((FIRST, 79), (SECOND, 13), (TEAM, 8))
_ANSWERED_LATELY = ((FIRST, 48), (SECOND, 8), (TEAM, 4), (NOBODY, 40))
_FATES = (
    ("reached", 66), ("declined", 9), ("held_elsewhere", 8), ("not_found_yet", 7),
    ("no_exploitation_found", 8), ("", 2),
)  # fmt: skip
_BY_NIGHT_TOO = "custody"
_HOURS_TO_REACH = {_BY_NIGHT_TOO: 2.0, "return_from_missing": 22.0}
_HOURS_OTHERWISE = 12.0
_OPENS, _CLOSES = time(9, 30), time(19, 30)
_TRIES = (
    ("rang", "No answer; left a message without saying why."),
    ("visited", "Nobody at home. Will come again tomorrow after school."),
    ("wrote", "Sent a message. Asked when would be a good time."),
    ("asked_somebody", "Asked the youth worker whom the child knows to pass on my number."),
)
_MEETINGS = (
    ("seen", "Met near home. Wants to talk again, and chose the place for next time."),
    ("seen", "Saw the child at school with the adult of the child's choice."),
    ("spoken", "A short call. Feels safe today. Meeting agreed."),
    ("answered", "Answered by message: not today, but would like to meet on Thursday."),
)
_ENDINGS = {
    "reached": "Met more than once. The next meeting is agreed, and the child knows who to ring.",
    "declined": "Offered in person. Said no for now; it will be offered again in a fortnight.",
    "held_elsewhere": "The child's own social worker has agreed today to take this up.",
    "not_found_yet": "Rang, visited and asked at school. The aunt may know more; to be asked.",
    "no_exploitation_found": "Child and carer were asked. Nothing points to exploitation.",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Planned:
    """Something that somebody will do with one moment at an instant in UTC."""

    at: datetime
    verb: str
    how: str = field(default="", compare=False)
    note: str = field(default="", compare=False)


def plan(
    rng: Random,
    *,
    kind: str,
    opened_at: datetime,
    minutes_to_answer: float,
    steps: Sequence[str],
    lately: bool = False,
    in_short: bool = False,
) -> list[Planned]:
    """Return what will be done with a moment, in the order of time.

    `minutes_to_answer` is how long whoever is asked has. `lately` is for moments of the last
    days: some of those nobody has touched yet. `in_short` leaves out attempts and steps.
    """
    who = _choose(rng, _ANSWERED_LATELY if lately else _ANSWERED)
    answers = _answers(rng, who, opened_at, minutes_to_answer)
    if not answers or answers[-1].verb == LET_PASS:
        return answers
    work = _work(rng, kind, answers[-1].at, steps)
    kept = [action for action in work if not in_short or action.verb in (REACH, CLOSE)]
    return sorted([*answers, *kept])


def daytime(rng: Random, at: datetime) -> datetime:
    """Return `at`, or where that is outside working hours, a time in the next ones."""
    local = at.astimezone(LONDON)
    if _OPENS <= local.time() < _CLOSES:
        return at
    day = local.date() + timedelta(days=local.time() >= _CLOSES)
    begins = datetime.combine(day, _OPENS, LONDON).astimezone(at.tzinfo)
    return begins + timedelta(minutes=rng.randrange(240))


def _answers(rng: Random, who: str, opened_at: datetime, minutes_to_answer: float) -> list[Planned]:
    """Whoever is asked answers within the time, or it passes on until somebody does."""
    turn = timedelta(minutes=minutes_to_answer + 1)
    soon = timedelta(minutes=rng.uniform(1, max(1.5, minutes_to_answer * 0.8)))
    if who == NOBODY:
        return []
    if who == FIRST:
        return [Planned(opened_at + soon, TAKE)]
    if who == SECOND:
        return [Planned(opened_at + turn, LET_PASS), Planned(opened_at + turn + soon, TAKE)]
    claimed_at = opened_at + 2 * turn + timedelta(minutes=rng.randint(20, 300))
    passed = [Planned(opened_at + turn, LET_PASS), Planned(opened_at + 2 * turn, LET_PASS)]
    return [*passed, Planned(claimed_at, CLAIM)]


def _work(rng: Random, kind: str, held_at: datetime, steps: Sequence[str]) -> list[Planned]:
    fate = _choose(rng, _FATES)
    reached = fate == "reached"
    hours = _HOURS_TO_REACH.get(kind, _HOURS_OTHERWISE) * rng.lognormvariate(0, 0.9)
    meets_at = held_at + timedelta(hours=hours)
    if kind != _BY_NIGHT_TOO:
        meets_at = daytime(rng, meets_at)
    done: list[Planned] = []
    at = held_at
    for _ in range(rng.choices([0, 1, 2], [5, 4, 1] if reached else [1, 4, 3])[0]):
        at = daytime(rng, at + timedelta(hours=rng.uniform(1, 20)))
        if not reached or at < meets_at:
            how, note = rng.choice(_TRIES)
            done.append(Planned(at, ATTEMPT, how, note))
    last = max([meets_at, *(action.at for action in done)])
    if reached:
        how, note = rng.choice(_MEETINGS)
        done.append(Planned(meets_at, REACH, how, note))
        for number, step in enumerate(steps[: rng.randint(0, 2)], 1):
            done.append(Planned(meets_at + timedelta(minutes=9 * number), STEP, step))
    if fate:
        days = rng.uniform(3, 20) if reached else rng.uniform(1, 9)
        ends = daytime(rng, last + timedelta(days=days))
        done.append(Planned(ends, CLOSE, fate, _ENDINGS[fate]))
    return done


def _choose(rng: Random, weighted: Sequence[tuple[str, int]]) -> str:
    values, weights = zip(*weighted, strict=True)
    return str(rng.choices(values, weights)[0])

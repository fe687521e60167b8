"""What invented workers do with a moment: a plan made by chance, without database or clock.

Most moments are taken up in time, some pass on. Some two thirds of the children are reached. Of
those back from missing, 64 in 100 are reached within the 72 hours, near the 63 that Missing People
found; the other shares are ours. A clock that had run out when the file came cannot be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from reachable.practice.time import LONDON

TAKE, LET_PASS, CLAIM = "take", "let_pass", "claim"
ATTEMPT, REACH, STEP, CLOSE = "attempt", "reach", "step", "close"
OFFER, ACCEPT, DECLINE, EXPLAIN = "offer", "accept", "decline", "explain"
ANSWERS = frozenset({TAKE, LET_PASS, CLAIM})

FIRST, SECOND, TEAM = "first", "second", "team"
_ANSWERED = ((FIRST, 82), (SECOND, 12), (TEAM, 6))
_FATES = (
    ("reached", 70), ("declined", 9), ("held_elsewhere", 8), ("no_exploitation_found", 9),
    ("not_found_yet", 4),
)  # fmt: skip
_BY_NIGHT_TOO = "custody"
_IN_TIME = {_BY_NIGHT_TOO: 0.84, "return_from_missing": 0.64}
_IN_TIME_OTHERWISE = 0.8
# Where in the time that is left people meet: early at the station, often late after a return.
_MEETS_AT = {_BY_NIGHT_TOO: (0.05, 0.95, 0.25), "return_from_missing": (0.2, 0.98, 0.75)}
_MEETS_OTHERWISE = (0.1, 0.95, 0.5)
_TOO_LITTLE = timedelta(minutes=40)
_HOURS_LATE = {_BY_NIGHT_TOO: 7.0, "return_from_missing": 20.0}
_HOURS_LATE_OTHERWISE = 10.0
# Contact is offered in most moments; what a child answers and whether it lasts are our shares.
_OFFERED, _ACCEPTED, _NO_AT_FIRST, _ASKED_IN_TIME, _SAYS_WHY = 0.82, 0.88, 0.25, 0.8, 0.55
_LASTS = {
    "28_days": (("kept", 66), ("lost", 15), ("not_known", 8), ("", 11)),
    "3_months": (("kept", 49), ("lost", 24), ("not_known", 12), ("", 15)),
}
_LASTED = {
    "kept": "The youth worker sees the child each week, and says so.",
    "lost": "The number no longer answers. The school may know more.",
    "not_known": "Somebody else took it on; asked, and have not heard yet.",
}
_WHY = (
    ("not_found", "Nobody at home, and no answer on three days."),
    ("nobody_free", "Two of us were off, and the third was in court."),
    ("waited_for_others", "The police asked us to wait until they had spoken with the family."),
    ("child_said_no", "The child did not want to see anybody that day."),
)
_WAYS = ("in_person", "in_person", "spoken", "message", "through_somebody")
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
    "declined": "Offered in person, and refused. The aunt stays close, and says when to ask again.",
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
    again_on: date | None = field(default=None, compare=False)


def plan(
    rng: Random,
    *,
    kind: str,
    opened_at: datetime,
    due_at: datetime,
    minutes_to_answer: float,
    steps: Sequence[str],
    in_short: bool = False,
) -> list[Planned]:
    """Return what will be done with a moment, in the order of time.

    `minutes_to_answer` is how long whoever is asked has, `due_at` the end of the child's clock.
    `in_short` leaves out attempts and steps.
    """
    answers = _answers(rng, _choose(rng, _ANSWERED), opened_at, minutes_to_answer)
    work = _work(rng, kind, answers[-1].at, due_at, steps)
    kept = [action for action in work if not in_short or action.verb in (REACH, CLOSE)]
    contact = _contact(rng, answers[-1].at, due_at, kept)
    return sorted([*answers, *contact])


def lasted(rng: Random, check: str) -> tuple[str, str, timedelta] | None:
    """Return what whoever had a moment says of whether contact lasted, and how long after."""
    how = _choose(rng, _LASTS[check])
    return (how, _LASTED[how], timedelta(days=rng.uniform(0.4, 9))) if how else None


def _contact(
    rng: Random, held_at: datetime, due_at: datetime, work: Sequence[Planned]
) -> list[Planned]:
    """Return the work with what was offered to the child, the answer, and why a clock was missed.

    A child who says no for now is asked again on the day that was named, or some days later.
    """
    close = work[-1]
    reach = next((action for action in work if action.verb == REACH), None)
    if reach is None and close.how != "declined":
        return list(work)
    way = rng.choice(_WAYS)
    if reach is None:
        no_at = close.at - timedelta(minutes=10)
        again_on = no_at.astimezone(LONDON).date() + timedelta(days=rng.randint(8, 14))
        late = timedelta(days=0 if rng.random() < _ASKED_IN_TIME else rng.randint(1, 4))
        asked_at = datetime.combine(again_on + late, time(11), LONDON).astimezone(no_at.tzinfo)
        return [
            *work[:-1],
            Planned(no_at, DECLINE, way, "“Not now.” May be asked again.", again_on),
            Planned(asked_at, OFFER, way, "Asked again, as was agreed."),
            Planned(asked_at + timedelta(minutes=40), CLOSE, close.how, close.note),
        ]
    extra = []
    between = reach.at - held_at
    if between > timedelta(hours=30) and rng.random() < _NO_AT_FIRST:
        again_on = reach.at.astimezone(LONDON).date()
        extra.append(Planned(held_at + between * 0.1, DECLINE, way, "“Not today.”", again_on))
    if rng.random() < _OFFERED:
        offered_at = held_at + between * rng.uniform(0.2, 0.6)
        extra.append(Planned(offered_at, OFFER, way, "A talk, at a place of the child’s choice."))
        if rng.random() < _ACCEPTED:
            extra.append(Planned(offered_at + (reach.at - offered_at) * 0.5, ACCEPT, way))
    if reach.at > due_at and rng.random() < _SAYS_WHY:
        extra.append(Planned(reach.at + timedelta(minutes=5), EXPLAIN, *rng.choice(_WHY)))
    return [*work, *extra]


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
    if who == FIRST:
        return [Planned(opened_at + soon, TAKE)]
    if who == SECOND:
        return [Planned(opened_at + turn, LET_PASS), Planned(opened_at + turn + soon, TAKE)]
    claimed_at = opened_at + 2 * turn + timedelta(minutes=rng.randint(20, 300))
    passed = [Planned(opened_at + turn, LET_PASS), Planned(opened_at + 2 * turn, LET_PASS)]
    return [*passed, Planned(claimed_at, CLAIM)]


def _work(
    rng: Random, kind: str, held_at: datetime, due_at: datetime, steps: Sequence[str]
) -> list[Planned]:
    fate = _choose(rng, _FATES)
    if fate == "held_elsewhere":
        agreed_at = daytime(rng, held_at + timedelta(hours=rng.uniform(1, 9)))
        return [Planned(agreed_at, CLOSE, fate, _ENDINGS[fate])]
    if fate == "not_found_yet":
        return _tried(rng, held_at, fate)
    meets_at = _meeting(rng, kind, held_at, due_at)
    done = [
        Planned(at, ATTEMPT, *rng.choice(_TRIES))
        for at in _attempts(rng, held_at, rng.choices([0, 1, 2], [5, 4, 1])[0])
        if at < meets_at
    ]
    if fate != "reached":
        ends = meets_at + timedelta(minutes=rng.randint(15, 90))
        return [*done, Planned(ends, CLOSE, fate, _ENDINGS[fate])]
    done.append(Planned(meets_at, REACH, *rng.choice(_MEETINGS)))
    for number, step in enumerate(steps[: rng.randint(0, 2)], 1):
        done.append(Planned(meets_at + timedelta(minutes=9 * number), STEP, step))
    ends = daytime(rng, meets_at + timedelta(days=rng.uniform(1.5, 6)))
    return [*done, Planned(ends, CLOSE, fate, _ENDINGS[fate])]


def _meeting(rng: Random, kind: str, held_at: datetime, due_at: datetime) -> datetime:
    """Return when child and worker meet: mostly before the clock ends, if there is time left."""
    left = due_at - held_at
    in_time = rng.random() < _IN_TIME.get(kind, _IN_TIME_OTHERWISE)
    if in_time and left > _TOO_LITTLE:
        low, high, mostly = _MEETS_AT.get(kind, _MEETS_OTHERWISE)
        for _ in range(12):
            at = held_at + left * rng.triangular(low, high, mostly)
            if kind == _BY_NIGHT_TOO or daytime(rng, at) == at:
                return at
        return at
    hours = _HOURS_LATE.get(kind, _HOURS_LATE_OTHERWISE) * rng.lognormvariate(0, 0.6)
    late = max(held_at, due_at) + timedelta(hours=hours)
    return late if kind == _BY_NIGHT_TOO else daytime(rng, late)


def _tried(rng: Random, held_at: datetime, fate: str) -> list[Planned]:
    """Somebody tries again and again, and says so at the end."""
    tries = _attempts(rng, held_at, 3)
    ends = daytime(rng, tries[-1] + timedelta(days=rng.uniform(1, 3)))
    return [
        *(Planned(at, ATTEMPT, *rng.choice(_TRIES)) for at in tries),
        Planned(ends, CLOSE, fate, _ENDINGS[fate]),
    ]


def _attempts(rng: Random, held_at: datetime, often: int) -> list[datetime]:
    times = [held_at]
    for _ in range(often):
        times.append(daytime(rng, times[-1] + timedelta(hours=rng.uniform(1, 20))))
    return times[1:]


def _choose(rng: Random, weighted: Sequence[tuple[str, int]]) -> str:
    values, weights = zip(*weighted, strict=True)
    return str(rng.choices(values, weights)[0])

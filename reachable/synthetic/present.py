"""The last day, made for whoever opens the demonstration: a few signals around the present instant.

Whatever the hour and the weekday, something waits for an answer, something waits for the team,
something has to be done today, and something later. Nurses write at any hour, schools by day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid5

from reachable.practice.time import LONDON
from reachable.synthetic.families import Person
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.signals import TOKENS, PhonedIn
from reachable.synthetic.telling import EXPLOITED
from reachable.synthetic.workers import ATTEMPT, LET_PASS, STEP, TAKE, Planned

# Whom the records do not mention just now, so that each of these opens a moment of its own.
QUIET = timedelta(days=24)
ALWAYS = "duty.first"
_SCHOOL_OPENS, _SCHOOL_CLOSES = time(8, 45), time(15, 45)


@dataclass(frozen=True)
class _Scene:
    """A signal so many minutes ago, and what was done (minutes later) by whoever was asked.

    `taker` is a user name where not whoever was asked takes it.
    """

    ago: int
    kind: str
    said: str
    then: tuple[tuple[int, str, str, str], ...] = ()
    taker: str = ""
    from_custody: bool = False


_SCENES = (
    _Scene(
        1_790,
        "back_from_missing",
        "Found by a patrol at the coach station and taken home. Would not say where the train "
        "ticket came from.",
        ((24, TAKE, "", ""), (95, ATTEMPT, "rang", "The carer says: asleep. Will ring at four.")),
        from_custody=True,
    ),
    _Scene(
        1_235,
        "other_worry",
        "Came in with a new phone and will not put it down. Asked twice whether the back gate is "
        "watched.",
        (
            (11, TAKE, "", ""),
            (95, STEP, "call_back", "The sender is with the child until three."),
            (170, ATTEMPT, "wrote", "Asked whether tonight is a good time. No answer yet."),
        ),
        taker=ALWAYS,
    ),
    _Scene(
        185,
        "in_custody_now",
        "Two phones and cash. Has not eaten and asks what time the last train goes.",
        ((4, TAKE, "", ""), (12, STEP, "communication", "Short sentences, and time to answer.")),
        from_custody=True,
    ),
    _Scene(
        100,
        "came_to_hospital_hurt",
        "A cut to the forearm that does not fit a fall. Came with an older boy who answered for "
        "the child and left when asked his name.",
        (
            (9, TAKE, "", ""),
            (14, STEP, "who_brought", "The nurse keeps him out, and the child in, until I come."),
            (70, ATTEMPT, "visited", "With the surgeon just then. The nurse will ring me."),
        ),
    ),
    _Scene(
        72,
        "came_to_hospital_hurt",
        "Brought in confused after taking something at a party of adults. A friend says: they owe "
        "somebody money.",
        ((31, LET_PASS, "", ""), (62, LET_PASS, "", "")),
    ),
    _Scene(
        4,
        "in_custody_now",
        "Arrested at the station, far from home, with what looks like supply. Calm, and afraid "
        "of a caller who rings every few minutes.",
        from_custody=True,
    ),
)


def signals(made: Partnership, finish: datetime) -> list[PhonedIn]:
    """Return the signals of the last thirty hours before `finish`, earliest first."""
    return [
        _sent(made, finish, scene, person)
        for scene, person in zip(_SCENES, _people(made, finish), strict=False)
    ]


def _sent(made: Partnership, finish: datetime, scene: _Scene, person: Person) -> PhonedIn:
    at = finish - timedelta(minutes=scene.ago)
    username, where, reach = _sender(at, scene)
    return PhonedIn(
        at=at,
        username=username,
        token=uuid5(TOKENS, f"{made.seed} {scene.ago} {finish.isoformat()}"),
        kind=scene.kind,
        person=person,
        postcode=person.home_on(at.date()).postcode,
        where=where,
        said=scene.said,
        reach=reach,
        then=tuple(
            Planned(at + timedelta(minutes=later), verb, how, note)
            for later, verb, how, note in scene.then
        ),
        scripted=True,
        taker=scene.taker,
    )


def _sender(at: datetime, scene: _Scene) -> tuple[str, str, str]:
    """Return the user name, the place and how to reach the child or who is with them."""
    local = at.astimezone(LONDON)
    if scene.from_custody:
        return "custody.sergeant", "Netherquay Custody Suite", "Custody desk, 07700 900150"
    hurt = scene.kind == "came_to_hospital_hurt"
    in_school = local.weekday() < 5 and _SCHOOL_OPENS <= local.time() < _SCHOOL_CLOSES
    if hurt or not in_school:
        return "ward.nurse", "Emergency department", "Ward phone, 07700 900160"
    return "school.lead", "Saltergarth Academy", "School office, 07700 900170"


def _people(made: Partnership, finish: datetime) -> list[Person]:
    """Return children with a story of their own in the records, longest first, then any others."""
    today = finish.astimezone(LONDON).date()
    told = Counter(e.person.id for e in made.episodes if e.story == EXPLOITED)
    lately = {e.person.id for e in made.episodes if today - (e.end or e.start).date() < QUIET}
    able = [
        child
        for child in made.children
        if 12 <= child.age_on(today) < 18 and child.id not in lately and not child.twin
    ]
    return sorted(able, key=lambda child: (-told[child.id], child.id))

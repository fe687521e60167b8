"""Signals that invented people send from a phone: from custody, from A&E, from a school."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from reachable.practice.time import read_local
from reachable.synthetic.families import Person
from reachable.synthetic.formats import CUSTODY, MISSING
from reachable.synthetic.material import stream
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.telling import EXPLOITED, Episode
from reachable.synthetic.workers import Planned

FROM_CUSTODY, FROM_OTHERS = 0.25, 0.05
TOKENS = UUID("5f0c1a52-7d0e-5c3b-9d2e-3b6f1f0a9c11")
_ELSEWHERE = (
    (
        "ward.nurse",
        "came_to_hospital_hurt",
        "Emergency department",
        "A cut to the hand that does not fit what was said of it. Frightened to go home.",
        "Ward phone, 07700 900160",
    ),
    (
        "school.lead",
        "exclusion_considered",
        "Saltergarth Academy",
        "An exclusion is being considered; two new phones and no money for lunch.",
        "School office, 07700 900170",
    ),
    (
        "school.second",
        "other_worry",
        "Osierbeck Community School",
        "Collected from the gate by adults whom nobody here knows.",
        "School office, 07700 900171",
    ),
)


@dataclass(frozen=True)
class PhonedIn:
    """A signal that will be sent at an instant; `token` is the same in every run.

    Of a `scripted` one it is also written what is done then, and, where not by whoever is asked,
    who takes it.
    """

    at: datetime
    username: str
    token: UUID
    kind: str
    person: Person
    postcode: str
    where: str
    said: str
    reach: str
    then: tuple[Planned, ...] = ()
    scripted: bool = False
    taker: str = ""


def signals(made: Partnership) -> list[PhonedIn]:
    """Return the year's signals, earliest first."""
    rng = stream(made.seed, "signals")
    seen = (episode for episode in made.episodes if episode.feed in (CUSTODY, MISSING))
    found = [sent for episode in seen for sent in _of(rng, made.seed, episode)]
    return sorted(found, key=lambda sent: sent.at)


def _of(rng: Random, seed: int, episode: Episode) -> Iterator[PhonedIn]:
    """A quarter of the arrests are signalled at once; others see an exploited child, seldom."""
    chance, minutes, who = rng.random(), rng.randint(8, 50), rng.choice(_ELSEWHERE)
    day = episode.start.date()
    if episode.person.age_on(day) >= 18:
        return
    begun = read_local(day, episode.start.time()).instant
    if begun is None:
        return
    token = uuid5(TOKENS, f"{seed} {episode.id}")
    postcode = episode.person.home_on(day).postcode
    if episode.feed == CUSTODY:
        if chance < FROM_CUSTODY:
            yield PhonedIn(
                at=begun + timedelta(minutes=minutes),
                username="custody.sergeant",
                token=token,
                kind="in_custody_now",
                person=episode.person,
                postcode=postcode,
                where=episode.says["station"],
                said=episode.says["offence_group"] or "Just brought in.",
                reach="Custody desk, 07700 900150",
            )
    elif episode.story == EXPLOITED and chance < FROM_OTHERS:
        username, kind, where, said, reach = who
        at = datetime(day.year, day.month, day.day, 9, minutes, tzinfo=UTC) + timedelta(days=2)
        yield PhonedIn(at, username, token, kind, episode.person, postcode, where, said, reach)

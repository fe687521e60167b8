"""What follows an arrest, and what follows a referral to the NRM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from reachable.synthetic.families import Person
from reachable.synthetic.material import material
from reachable.synthetic.telling import Episode

_OUT_OF_COURT, _ORDERED, _REMANDED = 0.6, 0.6, 0.05
_REASONABLE_POSITIVE, _CONCLUSIVE_POSITIVE, _CONCLUDED = 0.9, 0.85, 0.2


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    what: str
    says: dict[str, str]


def after_arrest(rng: Random, arrest: Episode, *, raised: float) -> Iterator[Step]:
    """Yield what became of an arrest; `raised` is how often somebody speaks of exploitation."""
    courts = material("place")["courts"]
    says = {
        "court": courts["panel"],
        "exploitation_raised": "yes" if rng.random() < raised else "no",
    }
    at = _sits(rng, arrest.start.date() + timedelta(days=rng.randint(12, 60)))
    if rng.random() < _OUT_OF_COURT:
        yield Step(at, "out_of_court", says)
        return
    says = {**says, "court": courts["youth"]}
    yield Step(at, "court", says)
    if rng.random() < _REMANDED:
        yield Step(at + timedelta(hours=2), "remand", says)
        release = _sits(rng, at.date() + timedelta(days=rng.randint(14, 60)))
        yield Step(release, "release", {**says, "court": courts["custody"]})
    elif rng.random() < _ORDERED:
        yield Step(_sits(rng, at.date() + timedelta(days=rng.randint(14, 40))), "order", says)


def after_referral(rng: Random, child: Person, day: date, exploitation: str) -> Iterator[Step]:
    """Yield the referral and the decisions; the second comes after months, if at all."""
    reference = f"NRM-{rng.randrange(10_000, 100_000)}"

    def step(at: date, what: str, number: int) -> Step:
        says = {
            "nrm_reference": reference,
            "step_number": f"{reference}-{child.id[1:]}-{number}",
            "exploitation": exploitation,
        }
        return Step(datetime.combine(at, time(16, 30)), what, says)

    yield step(day, "referred", 1)
    decided = day + timedelta(days=rng.randint(5, 21))
    positive = rng.random() < _REASONABLE_POSITIVE
    yield step(decided, f"reasonable_{'positive' if positive else 'negative'}", 2)
    if positive and rng.random() < _CONCLUDED:
        concluded = decided + timedelta(days=rng.randint(60, 250))
        positive = rng.random() < _CONCLUSIVE_POSITIVE
        yield step(concluded, f"conclusive_{'positive' if positive else 'negative'}", 3)


def _sits(rng: Random, day: date) -> datetime:
    """A court or panel sits on weekdays, by day."""
    day += timedelta(days=(7 - day.weekday()) * (day.weekday() > 4))
    return datetime.combine(day, time(rng.randint(10, 15), rng.choice([0, 15, 30, 45])))

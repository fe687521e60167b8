"""Which services fit a child and what is needed: by what each says of itself, never a score.

A service that says nothing of an age, an area or a form may still help, so it is shown, with what
it does not say. Only what it says can rule it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reachable.provision.rules import reading
from reachable.provision.rules.reading import Hours, since_monday

DAY = timedelta(days=1)
_WEEK = 7 * reading.DAY
AGE, AREA, FORM, MOMENT, NEEDS, HOURS = "age", "area", "form", "moment", "needs", "hours"
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offered:
    """What a service says of itself; an empty set says nothing."""

    key: str
    name: str
    active: bool = True
    minimum_age: float | None = None
    maximum_age: float | None = None
    areas: frozenset[str] = NONE
    forms: frozenset[str] = NONE
    moments: frozenset[str] = NONE
    helps: frozenset[str] = NONE
    needs: frozenset[str] = NONE
    hours: tuple[Hours, ...] = ()
    full: bool = False
    waiting_days: int | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """What a child needs, as far as it is known, and when, on the clock of the place."""

    at: datetime
    age: int | None = None
    area: str = ""
    form: str = ""
    moment: str = ""
    help: str = ""
    needs: frozenset[str] = field(default=NONE)


@dataclass(frozen=True, slots=True)
class Fit:
    """A service that fits: when it is open next, and what it does not say."""

    offered: Offered
    opens_in: timedelta | None
    unsaid: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.opens_in == timedelta()


def fitting(offers: Iterable[Offered], needed: Needed) -> list[Fit]:
    """Return what fits: what takes children now before what is full, open now before later."""
    found = [
        Fit(offered, opens_in(offered.hours, needed.at), tuple(_unsaid(offered, needed)))
        for offered in offers
        if _may_fit(offered, needed)
    ]
    return sorted(found, key=_order)


def _order(fit: Fit) -> tuple[bool, timedelta, int, str, str]:
    later = fit.opens_in if fit.opens_in is not None else 8 * DAY
    waiting = fit.offered.waiting_days or 0
    return fit.offered.full, later, waiting, fit.offered.name.casefold(), fit.offered.key


def _may_fit(offered: Offered, needed: Needed) -> bool:
    if not offered.active or (needed.help and needed.help not in offered.helps):
        return False
    if needed.age is not None:
        if offered.minimum_age is not None and needed.age < offered.minimum_age:
            return False
        if offered.maximum_age is not None and needed.age > offered.maximum_age:
            return False
    return (
        _allows(offered.areas, needed.area)
        and _allows(offered.forms, needed.form)
        and _allows(offered.moments, needed.moment)
    )


def _allows(said: Set[str], wanted: str) -> bool:
    return not said or not wanted or wanted in said


def _unsaid(offered: Offered, needed: Needed) -> Iterator[str]:
    if needed.age is not None and offered.minimum_age is None and offered.maximum_age is None:
        yield AGE
    if needed.area and not offered.areas:
        yield AREA
    if needed.form and not offered.forms:
        yield FORM
    if needed.moment and not offered.moments:
        yield MOMENT
    if not needed.needs <= offered.needs:
        yield NEEDS
    if not offered.hours:
        yield HOURS


def opens_in(hours: Iterable[Hours], at: datetime) -> timedelta | None:
    """Return how long until it is open, nothing if it is, None where no hours are known.

    The closing minute is no longer open. Hours that end before they begin go on after midnight.
    """
    now = since_monday(at.weekday(), at.time())
    soonest: int | None = None
    for each in hours:
        opens, length = each.in_week
        since = (now - opens) % _WEEK
        until = 0 if since < length else _WEEK - since
        if soonest is None or until < soonest:
            soonest = until
    return None if soonest is None else timedelta(microseconds=soonest)

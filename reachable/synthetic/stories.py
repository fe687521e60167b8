"""What happened to the invented children in the year.

Most who appear have one event. Some go missing again and again, some are arrested again and
again, and some are exploited by groups over months: they go missing together, are found far away
and are arrested with what somebody else made them carry. Volumes follow a median English council
of 4,000 known children: some 1,300 attendances in custody and 1,800 missing episodes a year; the
split between the stories is ours, made for tests, and says nothing about any real place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from reachable.synthetic.families import CHILDREN_HOME, FOSTER, HOME, Person
from reachable.synthetic.formats import CUSTODY, MISSING
from reachable.synthetic.material import material
from reachable.synthetic.places import Places

CUSTODY_A_CHILD, MISSING_A_CHILD = 1300 / 4000, 1800 / 4000
EXPLOITED_A_CHILD = 90 / 4000
REPEAT_MISSING_A_CHILD, REPEAT_CUSTODY_A_CHILD = 110 / 4000, 150 / 4000
CHILDREN_A_GROUP = 13

SINGLE, REPEAT, EXPLOITED = "single", "repeat", "exploited"

# Weight of each hour from 00 to 23, and of each day from Monday to Sunday.
_MISSING_HOURS = [9, 6, 4, 2, 1, 1, 1, 2, 3, 3, 3, 3, 4, 4, 5, 8, 9, 10, 12, 13, 15, 17, 17, 14]
_ARREST_HOURS = [10, 8, 6, 4, 3, 2, 3, 4, 4, 5, 5, 6, 6, 6, 7, 9, 11, 12, 12, 12, 13, 14, 14, 12]
_OFFICE_HOURS = [0] * 9 + [3, 5, 5, 3, 4, 5, 4, 3, 2] + [0] * 6
_DAYS = [9, 9, 9, 10, 14, 15, 12]
_VOLUNTARY = 0.22
_OFFENCES = [
    ("Drugs: possession with intent to supply", 16), ("Drugs: possession", 12),
    ("Weapon: bladed article", 12), ("Violence: assault", 20), ("Theft: from a shop", 11),
    ("Theft: of a vehicle", 8), ("Robbery", 9), ("Criminal damage", 8), ("Public order", 7),
    ("", 5),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Episode:
    """One stay in custody or one time missing, with local wall-clock times.

    `end` is the return, or None while a child is still missing at the end of the year.
    """

    id: str
    feed: str
    person: Person
    start: datetime
    end: datetime | None
    story: str
    group: str = ""
    attendance: str = ""
    station: str = ""
    offence_group: str = ""
    place: str = ""
    missing_from: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """People who exploit children, seen only by what happens to the children."""

    name: str
    town: str
    found_at: str
    children: tuple[Person, ...]
    starts: date
    ends: date


class Storyteller:
    """Draws the year's episodes, then numbers them in the order of time."""

    def __init__(self, rng: Random, places: Places, starts: date, until: date) -> None:
        self._rng = rng
        self._places = places
        self._starts = starts
        self._until = until
        self._days = (until - starts).days
        self._years = self._days / 364
        self._custody_suites = [s.name for s in places.stations if s.custody]
        self._stations = [s.name for s in places.stations]
        self._localities = {at.code: at.name for at in places.localities}
        self._found = material("place")["found"]
        self._draft: list[Episode] = []
        self._away: dict[str, list[tuple[datetime, datetime]]] = {}

    def tell(self, children: Sequence[Person], adults: Sequence[Person]) -> tuple[Episode, ...]:
        """Return every episode, earliest first."""
        rng = self._rng
        grown = [c for c in children if c.age_on(self._until) >= 10]
        rng.shuffle(grown)
        custody = round(len(children) * CUSTODY_A_CHILD * self._years)
        missing = round(len(children) * MISSING_A_CHILD * self._years)
        self._exploitation(children, grown)
        self._repeats(children, grown)
        self._clock_changes(grown)
        self._singles(grown, custody, missing)
        for adult in adults:
            self._custody(adult, self._some_day(), SINGLE)
        return self._numbered()

    def _exploitation(self, children: Sequence[Person], grown: Sequence[Person]) -> None:
        rng = self._rng
        teenagers = [c for c in grown if 12 <= c.age_on(self._starts) <= 16]
        wanted = round(len(children) * EXPLOITED_A_CHILD)
        for at in range(0, min(wanted, len(teenagers)), CHILDREN_A_GROUP):
            members = tuple(teenagers[at : min(at + CHILDREN_A_GROUP, wanted)])
            town = rng.choice(self._places.elsewhere).name
            first = self._starts + timedelta(days=rng.randrange(max(1, self._days // 2)))
            last = min(first + timedelta(days=rng.randint(120, 300)), self._until)
            found = rng.choice(self._found["elsewhere"]).format(town=town)
            name = f"group-{at // CHILDREN_A_GROUP + 1}"
            self._exploited(_Group(name, town, found, members, first, last))

    def _exploited(self, group: _Group) -> None:
        """Each child is drawn in for some weeks; half of the times two or three go together."""
        rng = self._rng
        span = max((group.ends - group.starts).days, 1)
        for child in group.children:
            begins = group.starts + timedelta(days=rng.randrange(max(1, span // 2)))
            weeks = max(1.0, (group.ends - begins).days / 7)
            for _ in range(max(1, round(rng.uniform(0.12, 0.36) * weeks))):
                day = begins + timedelta(days=rng.randrange(max(1, (group.ends - begins).days)))
                companions = [child]
                if rng.random() < 0.25:
                    others = [c for c in group.children if c is not child]
                    companions += rng.sample(others, min(len(others), rng.randint(1, 2)))
                self._missing_together(companions, day, group)
            for _ in range(rng.choices([0, 1, 2, 3, 5], [15, 30, 28, 20, 7])[0]):
                day = begins + timedelta(days=rng.randrange(max(1, (group.ends - begins).days)))
                place = group.found_at if rng.random() < 0.35 else ""
                self._custody(child, day, EXPLOITED, group.name, place)

    def _repeats(self, children: Sequence[Person], grown: Sequence[Person]) -> None:
        """Children in homes and with carers are reported missing more often than others."""
        rng = self._rng
        older = sorted(grown, key=lambda c: rng.random() ** (1 / _weight(c, self._starts)))[::-1]
        cared_for = [c for c in older if c.placement in (CHILDREN_HOME, FOSTER)]
        wanted = round(len(children) * REPEAT_MISSING_A_CHILD)
        at_home = [c for c in older[len(older) // 4 :] if c.placement == HOME]
        runaways = (cared_for + at_home)[:wanted]
        for child in runaways:
            often = 4.0 if child.placement == CHILDREN_HOME else 1.0
            for _ in range(max(2, round(rng.expovariate(1 / 4.0) * often**0.5 * self._years))):
                self._missing(child, self._some_day(), REPEAT)
        for child in older[: round(len(children) * REPEAT_CUSTODY_A_CHILD)]:
            for _ in range(max(1, round((1 + rng.expovariate(1 / 2)) * self._years))):
                self._custody(child, self._some_day(), REPEAT)

    def _clock_changes(self, grown: Sequence[Person]) -> None:
        """Somebody comes back in the hour that comes twice, somebody just before the clocks go
        forward: the 72 hours run through both."""
        teenagers = [c for c in grown if 13 <= c.age_on(self._starts) <= 16]
        for day in _clock_change_days(self._starts, self._until):
            if teenagers:
                end = datetime.combine(day, time(1 if day.month == 10 else 0, 30))
                child = self._rng.choice(teenagers)
                start = end - timedelta(hours=self._rng.randint(5, 30))
                self._add_missing(child, start, end, SINGLE, "", self._found_near(child))

    def _singles(self, grown: Sequence[Person], custody: int, missing: int) -> None:
        """Fill up to the year's volume with children who appear once, seldom twice."""
        rng = self._rng
        pool = [c for c in grown if c.age_on(self._starts) >= 9]
        weights = list(accumulate(_weight(c, self._starts) for c in pool))
        for feed, volume, add in (
            (CUSTODY, custody, self._custody),
            (MISSING, missing, self._missing),
        ):
            rest = volume - sum(1 for episode in self._draft if episode.feed == feed)
            while pool and rest > 0:
                child = rng.choices(pool, cum_weights=weights)[0]
                rest -= add(child, self._some_day(), SINGLE)

    def _missing_together(self, children: Sequence[Person], day: date, group: _Group) -> None:
        rng = self._rng
        start = datetime.combine(day, self._clock(_MISSING_HOURS))
        end = self._returned(start, longer=1.8)
        far = rng.random() < 0.45
        for child in children:
            left = start + timedelta(minutes=rng.randint(-40, 40))
            back = end + timedelta(minutes=rng.randint(-90, 90))
            place = group.found_at if far else self._found_near(child)
            self._add_missing(child, left, back, EXPLOITED, group.name, place)

    def _missing(self, child: Person, day: date, story: str) -> bool:
        start = datetime.combine(day, self._clock(_MISSING_HOURS))
        place = self._found_near(child)
        if self._rng.random() < 0.05:
            town = self._rng.choice(self._places.elsewhere).name
            place = self._rng.choice(self._found["elsewhere"]).format(town=town)
        return self._add_missing(child, start, self._returned(start), story, "", place)

    def _add_missing(
        self,
        child: Person,
        start: datetime,
        end: datetime,
        story: str,
        group: str,
        place: str,
    ) -> bool:
        """Return whether it was told: nobody goes missing twice at once, or outside the year."""
        end = max(end, start + timedelta(minutes=50))
        away = self._away.setdefault(child.id, [])
        inside = self._starts <= start.date() < self._until
        if not inside or child.age_on(start.date()) >= 18:
            return False
        if any(start < back and left < end for left, back in away):
            return False
        away.append((start, end))
        returned = end if end.date() < self._until else None
        home = child.home_on(start.date())
        from_home = child.placement == CHILDREN_HOME or self._rng.random() < 0.8
        missing_from = home.line if from_home else self._local("a street in {locality}", child)
        self._draft.append(
            Episode("", MISSING, child, start, returned, story, group,
                    place=place if returned else "", missing_from=missing_from)
        )  # fmt: skip
        return True

    def _custody(
        self, person: Person, day: date, story: str, group: str = "", place: str = ""
    ) -> bool:
        """Return whether it was told: nobody under ten is arrested, and few who have just turned
        18 slip into an extract that is meant for children."""
        rng = self._rng
        age = person.age_on(day)
        if age < 10 or (person.is_child and age >= 18 and rng.random() < 0.75):
            return False
        voluntary = rng.random() < _VOLUNTARY
        start = datetime.combine(day, self._clock(_OFFICE_HOURS if voluntary else _ARREST_HOURS))
        names, weights = zip(*_OFFENCES, strict=True)
        self._draft.append(
            Episode(
                "", CUSTODY, person, start, None, story, group,
                attendance="voluntary_attendance" if voluntary else "arrest",
                station=rng.choice(self._stations if voluntary else self._custody_suites),
                offence_group=rng.choices(names, weights)[0],
                place="" if voluntary else place or self._local("{street}, {locality}", person),
            )
        )  # fmt: skip
        return True

    def _returned(self, start: datetime, longer: float = 1.0) -> datetime:
        """Half are back within some ten hours, one in twenty after three days or more."""
        hours = self._rng.lognormvariate(2.2, 1.15) * longer
        return start + timedelta(minutes=max(25, int(min(hours, 24 * 40) * 60)))

    def _some_day(self) -> date:
        """A day of the year; weekends weigh more."""
        rng = self._rng
        while True:
            day = self._starts + timedelta(days=rng.randrange(self._days))
            if rng.random() * max(_DAYS) < _DAYS[day.weekday()]:
                return day

    def _clock(self, weights: Sequence[int]) -> time:
        return time(self._rng.choices(range(24), weights)[0], self._rng.randrange(60))

    def _found_near(self, child: Person) -> str:
        return self._local(self._rng.choice(self._found["local"]), child)

    def _local(self, words: str, person: Person) -> str:
        rng = self._rng
        home = self._localities.get(person.homes[-1][1].locality, "")
        at = home if home and rng.random() < 0.6 else rng.choice(list(self._localities.values()))
        postcodes = self._places.postcodes
        return words.format(locality=at, street=rng.choice(postcodes).street)

    def _numbered(self) -> tuple[Episode, ...]:
        told = sorted(self._draft, key=lambda e: (e.start, e.feed, e.person.id))
        return tuple(
            Episode(f"E{at:06d}", e.feed, e.person, e.start, e.end, e.story, e.group, e.attendance,
                    e.station, e.offence_group, e.place, e.missing_from)
            for at, e in enumerate(told)
        )  # fmt: skip


def _clock_change_days(starts: date, until: date) -> list[date]:
    """Return the last Sundays of March and October from `starts` on, before `until`."""
    days = [
        date(year, month, 31) for year in range(starts.year, until.year + 1) for month in (3, 10)
    ]
    sundays = [day - timedelta(days=(day.weekday() + 1) % 7) for day in days]
    return [day for day in sundays if starts < day < until]


def _weight(child: Person, day: date) -> int:
    """Older children come to notice more often: the square of the years past eight."""
    return max(1, child.age_on(day) - 8) ** 2

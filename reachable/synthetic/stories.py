"""What police see of the invented children in the year: custody and missing.

Most who appear have one event. Some go missing again and again, some are arrested again and
again, and some are exploited by groups over months: they go missing together, are found far away
and are arrested with what somebody else made them carry. Volumes follow a median English council
of 4,000 known children: some 1,300 attendances in custody and 1,800 missing episodes a year; the
split between the stories is ours, made for tests, and says nothing about any real place. What
other agencies see follows from it, in `drawn_in` and `ordinary`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from reachable.synthetic.families import CHILDREN_HOME, FOSTER, HOME, Person
from reachable.synthetic.formats import CUSTODY, MISSING
from reachable.synthetic.lines import Drawn, Line
from reachable.synthetic.places import Places
from reachable.synthetic.telling import (
    EVENING_HOURS,
    EXPLOITED,
    OFFICE_HOURS,
    REPEAT,
    SINGLE,
    Chooser,
    Episode,
    Teller,
)

CUSTODY_A_CHILD, MISSING_A_CHILD = 1300 / 4000, 1800 / 4000
EXPLOITED_A_CHILD = 90 / 4000
REPEAT_MISSING_A_CHILD, REPEAT_CUSTODY_A_CHILD = 110 / 4000, 150 / 4000
CHILDREN_A_GROUP = 13

_ARREST_HOURS = [10, 8, 6, 4, 3, 2, 3, 4, 4, 5, 5, 6, 6, 6, 7, 9, 11, 12, 12, 12, 13, 14, 14, 12]
_VOLUNTARY = 0.22
_OFFENCES = {
    "Drugs: possession with intent to supply": 16, "Drugs: possession": 12,
    "Weapon: bladed article": 12, "Violence: assault": 20, "Theft: from a shop": 11,
    "Theft: of a vehicle": 8, "Robbery": 9, "Criminal damage": 8, "Public order": 7, "": 5,
}  # fmt: skip


class Storyteller(Teller):
    """Draws the year's arrests and times missing, and the lines that are behind some of them."""

    def __init__(self, rng: Random, places: Places, starts: date, until: date) -> None:
        super().__init__(rng, places, starts, until)
        self.lines: list[Line] = []
        self._custody_suites = [s.name for s in places.stations if s.custody]
        self._stations = [s.name for s in places.stations]
        self._away: dict[str, list[tuple[datetime, datetime]]] = {}

    def tell(self, children: Sequence[Person], adults: Sequence[Person]) -> list[Episode]:
        """Return every episode, in no order."""
        grown = [c for c in children if c.age_on(self.until) >= 10]
        self.rng.shuffle(grown)
        custody = round(len(children) * CUSTODY_A_CHILD * self.years)
        missing = round(len(children) * MISSING_A_CHILD * self.years)
        self._exploitation(children, grown)
        self._repeats(children, grown)
        self._clock_changes(grown)
        self._singles(grown, custody, missing)
        for adult in adults:
            self._custody(adult, self.some_day(), SINGLE)
        return self.draft

    def _exploitation(self, children: Sequence[Person], grown: Sequence[Person]) -> None:
        rng = self.rng
        teenagers = [c for c in grown if 12 <= c.age_on(self.starts) <= 16]
        wanted = round(len(children) * EXPLOITED_A_CHILD)
        for at in range(0, min(wanted, len(teenagers)), CHILDREN_A_GROUP):
            members = tuple(teenagers[at : min(at + CHILDREN_A_GROUP, wanted)])
            town = rng.choice(self.places.elsewhere).name
            first = self.starts + timedelta(days=rng.randrange(max(1, self.days // 2)))
            last = min(first + timedelta(days=rng.randint(120, 300)), self.until)
            found = self.found_far(town)
            line = Line(f"group-{at // CHILDREN_A_GROUP + 1}", town, found, first, last)
            self.lines.append(self._exploited(line, members))

    def _exploited(self, line: Line, members: tuple[Person, ...]) -> Line:
        """Each child is drawn in for some weeks; half of the times two or three go together."""
        rng = self.rng
        span = max((line.ends - line.starts).days, 1)
        drawn = []
        for child in members:
            begins = line.starts + timedelta(days=rng.randrange(max(1, span // 2)))
            drawn.append(Drawn(child, begins, line.ends))
            weeks = max(1.0, (line.ends - begins).days / 7)
            for _ in range(max(1, round(rng.uniform(0.12, 0.36) * weeks))):
                day = begins + timedelta(days=rng.randrange(max(1, (line.ends - begins).days)))
                companions = [child]
                if rng.random() < 0.25:
                    others = [c for c in members if c is not child]
                    companions += rng.sample(others, min(len(others), rng.randint(1, 2)))
                self._missing_together(companions, day, line)
            for _ in range(rng.choices([0, 1, 2, 3, 5], [15, 30, 28, 20, 7])[0]):
                day = begins + timedelta(days=rng.randrange(max(1, (line.ends - begins).days)))
                place = line.found_at if rng.random() < 0.35 else ""
                self._custody(child, day, EXPLOITED, line.id, place)
        return line.with_children([self._since_first_seen(line, each) for each in drawn])

    def _since_first_seen(self, line: Line, drawn: Drawn) -> Drawn:
        """Whoever went along with another child was drawn in by then."""
        seen = [
            episode.start.date()
            for episode in self.draft
            if episode.group == line.id and episode.person is drawn.child
        ]
        return replace(drawn, since=min([drawn.since, *seen]))

    def _repeats(self, children: Sequence[Person], grown: Sequence[Person]) -> None:
        """Children in homes and with carers are reported missing more often than others."""
        rng = self.rng
        older = sorted(grown, key=lambda c: rng.random() ** (1 / _weight(c, self.starts)))[::-1]
        cared_for = [c for c in older if c.placement in (CHILDREN_HOME, FOSTER)]
        wanted = round(len(children) * REPEAT_MISSING_A_CHILD)
        at_home = [c for c in older[len(older) // 4 :] if c.placement == HOME]
        runaways = (cared_for + at_home)[:wanted]
        for child in runaways:
            often = 4.0 if child.placement == CHILDREN_HOME else 1.0
            for _ in range(max(2, round(rng.expovariate(1 / 4.0) * often**0.5 * self.years))):
                self._missing(child, self.some_day(), REPEAT)
        for child in older[: round(len(children) * REPEAT_CUSTODY_A_CHILD)]:
            for _ in range(max(1, round((1 + rng.expovariate(1 / 2)) * self.years))):
                self._custody(child, self.some_day(), REPEAT)

    def _clock_changes(self, grown: Sequence[Person]) -> None:
        """Somebody comes back in the hour that comes twice, somebody just before the clocks go
        forward: the 72 hours run through both."""
        teenagers = [c for c in grown if 13 <= c.age_on(self.starts) <= 16]
        for day in _clock_change_days(self.starts, self.until):
            if teenagers:
                end = datetime.combine(day, time(1 if day.month == 10 else 0, 30))
                child = self.rng.choice(teenagers)
                start = end - timedelta(hours=self.rng.randint(5, 30))
                self._add_missing(child, start, end, SINGLE, "", self.found_near(child))

    def _singles(self, grown: Sequence[Person], custody: int, missing: int) -> None:
        """Fill up to the year's volume with children who appear once, seldom twice."""
        pool = [c for c in grown if c.age_on(self.starts) >= 9]
        chooser = Chooser(self.rng, pool, [_weight(c, self.starts) for c in pool])
        for feed, volume, add in (
            (CUSTODY, custody, self._custody),
            (MISSING, missing, self._missing),
        ):
            rest = volume - sum(1 for episode in self.draft if episode.feed == feed)
            while rest > 0 and (child := chooser.choose()):
                rest -= add(child, self.some_day(), SINGLE)

    def _missing_together(self, children: Sequence[Person], day: date, line: Line) -> None:
        rng = self.rng
        start = self.at(day)
        end = self._returned(start, longer=1.8)
        far = rng.random() < 0.45
        for child in children:
            left = start + timedelta(minutes=rng.randint(-40, 40))
            back = end + timedelta(minutes=rng.randint(-90, 90))
            place = line.found_at if far else self.found_near(child)
            self._add_missing(child, left, back, EXPLOITED, line.id, place)

    def _missing(self, child: Person, day: date, story: str) -> bool:
        start = datetime.combine(day, self.clock(EVENING_HOURS))
        place = self.found_near(child)
        if self.rng.random() < 0.05:
            place = self.found_far(self.rng.choice(self.places.elsewhere).name)
        return self._add_missing(child, start, self._returned(start), story, "", place)

    def _add_missing(
        self, child: Person, start: datetime, end: datetime, story: str, group: str, place: str
    ) -> bool:
        """Return whether it was told: nobody goes missing twice at once, or outside the year."""
        end = max(end, start + timedelta(minutes=50))
        away = self._away.setdefault(child.id, [])
        inside = self.starts <= start.date() < self.until
        if not inside or child.age_on(start.date()) >= 18:
            return False
        if any(start < back and left < end for left, back in away):
            return False
        away.append((start, end))
        returned = end if end.date() < self.until else None
        home = child.home_on(start.date())
        from_home = child.placement == CHILDREN_HOME or self.rng.random() < 0.8
        says = {
            "missing_from": home.line if from_home else self.local("a street in {locality}", child),
            "placement": child.placement,
            "found_place": place if returned else "",
        }
        self.draft.append(
            Episode("", MISSING, child, start, returned, story, group, "missing", says)
        )
        return True

    def _custody(
        self, person: Person, day: date, story: str, group: str = "", place: str = ""
    ) -> bool:
        """Return whether it was told: nobody under ten is arrested, and few who have just turned
        18 slip into an extract that is meant for children."""
        rng = self.rng
        age = person.age_on(day)
        if age < 10 or (person.is_child and age >= 18 and rng.random() < 0.75):
            return False
        voluntary = rng.random() < _VOLUNTARY
        start = self.at(day, OFFICE_HOURS if voluntary else _ARREST_HOURS)
        says = {
            "station": rng.choice(self._stations if voluntary else self._custody_suites),
            "offence_group": self.choose(_OFFENCES),
            "arrest_place": ""
            if voluntary
            else place or self.local("{street}, {locality}", person),
        }
        what = "voluntary_attendance" if voluntary else "arrest"
        self.draft.append(Episode("", CUSTODY, person, start, None, story, group, what, says))
        return True

    def _returned(self, start: datetime, longer: float = 1.0) -> datetime:
        """Half are back within some ten hours, one in twenty after three days or more."""
        hours = self.rng.lognormvariate(2.2, 1.15) * longer
        return start + timedelta(minutes=max(25, int(min(hours, 24 * 40) * 60)))


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

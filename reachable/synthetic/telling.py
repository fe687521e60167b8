"""What every teller of stories shares: days, hours and places, and how an episode is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from reachable.synthetic.families import Person
from reachable.synthetic.formats import export_of
from reachable.synthetic.material import material
from reachable.synthetic.places import Places
from reachable.synthetic.schools import is_school_day

SINGLE, REPEAT, EXPLOITED = "single", "repeat", "exploited"

# Weight of each hour from 00 to 23, and of each day from Monday to Sunday.
EVENING_HOURS = [9, 6, 4, 2, 1, 1, 1, 2, 3, 3, 3, 3, 4, 4, 5, 8, 9, 10, 12, 13, 15, 17, 17, 14]
OFFICE_HOURS = [0] * 9 + [3, 5, 5, 3, 4, 5, 4, 3, 2] + [0] * 6
_DAYS = [9, 9, 9, 10, 14, 15, 12]


@dataclass(frozen=True, slots=True)
class Episode:
    """One thing that happened to somebody and that one agency writes down.

    Times are local wall-clock times; where `clocked` is false, the agency knows only the day.
    `what` is our code for it, `says` the agency's other columns by our names. `end` is the return
    of a missing child, or None while the child is still missing at the end of the year.
    """

    id: str
    feed: str
    person: Person
    start: datetime
    end: datetime | None
    story: str
    group: str = ""
    what: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    clocked: bool = True


class Teller:
    """Draws episodes into `draft`."""

    def __init__(self, rng: Random, places: Places, starts: date, until: date) -> None:
        self.rng = rng
        self.places = places
        self.starts = starts
        self.until = until
        self.days = (until - starts).days
        self.years = self.days / 364
        self.draft: list[Episode] = []
        self._localities = {at.code: at.name for at in places.localities}
        self._found = material("place")["found"]
        ahead = (starts + timedelta(days=at) for at in range(self.days))
        self._school_days = [day for day in ahead if is_school_day(day)]

    def add(
        self,
        feed: str,
        person: Person,
        at: datetime,
        what: str,
        story: str,
        group: str = "",
        **says: str,
    ) -> bool:
        """Return whether it was told: the year has it, and the person was a child.

        `says` are the agency's other columns. Where its export has no time, nobody wrote one down.
        """
        inside = self.starts <= at.date() < self.until
        if not inside or person.age_on(at.date()) >= 18:
            return False
        clocked = bool(export_of(feed).time)
        self.draft.append(Episode("", feed, person, at, None, story, group, what, says, clocked))
        return True

    def some_day(self) -> date:
        """A day of the year; weekends weigh more."""
        rng = self.rng
        while True:
            day = self.starts + timedelta(days=rng.randrange(self.days))
            if rng.random() * max(_DAYS) < _DAYS[day.weekday()]:
                return day

    def school_day(self, since: date, until: date) -> date | None:
        """A day on which schools are open, from `since` up to but without `until`, if any."""
        days = [day for day in self._school_days if since <= day < until]
        return self.rng.choice(days) if days else None

    def any_school_day(self) -> date | None:
        return self.rng.choice(self._school_days) if self._school_days else None

    def clock(self, weights: Sequence[int]) -> time:
        return time(self.rng.choices(range(24), weights)[0], self.rng.randrange(60))

    def at(self, day: date, weights: Sequence[int] = EVENING_HOURS) -> datetime:
        """Some time of a day."""
        return datetime.combine(day, self.clock(weights))

    def day_only(self, day: date) -> datetime:
        """A day of which nobody writes the time down; it is known at the end of the office day."""
        return datetime.combine(day, time(16, 30))

    def choose(self, weighted: Mapping[str, int]) -> str:
        """Choose one by its weight."""
        return self.rng.choices(list(weighted), list(weighted.values()))[0]

    def found_near(self, child: Person) -> str:
        return self.local(self.rng.choice(self._found["local"]), child)

    def found_far(self, town: str) -> str:
        return str(self.rng.choice(self._found["elsewhere"])).format(town=town)

    def local(self, words: str, person: Person) -> str:
        """Fill a place's words with a street and a locality, mostly the person's own."""
        rng = self.rng
        home = self._localities.get(person.homes[-1][1].locality, "")
        at = home if home and rng.random() < 0.6 else rng.choice(list(self._localities.values()))
        return words.format(locality=at, street=rng.choice(self.places.postcodes).street)


class Chooser:
    """Chooses children by chance, each as often as its weight says."""

    def __init__(self, rng: Random, children: Sequence[Person], weights: Sequence[float]) -> None:
        self._rng = rng
        self._children = children
        self._weights = list(accumulate(weights))

    def choose(self) -> Person | None:
        if not self._children or not self._weights[-1]:
            return None
        return self._rng.choices(self._children, cum_weights=self._weights)[0]


def numbered(told: Sequence[Episode]) -> tuple[Episode, ...]:
    """Number episodes in the order of time."""
    ordered = sorted(told, key=lambda e: (e.start, e.feed, e.person.id, e.what))
    return tuple(replace(episode, id=f"E{at:06d}") for at, episode in enumerate(ordered))

"""How schools and hospitals write something down, whatever is behind it."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from reachable.synthetic import formats
from reachable.synthetic.families import Person
from reachable.synthetic.material import material
from reachable.synthetic.places import Places
from reachable.synthetic.schools import Roll
from reachable.synthetic.telling import Teller

_REASONS = {"DB": 50, "PP": 14, "VA": 10, "PA": 8, "VP": 6, "DA": 5, "OW": 2, "DM": 2, "TH": 2}
_SESSIONS = {"1": 8, "2": 40, "4": 28, "6": 16, "10": 8}
_ALTERNATIVE_HOURS = "15"
_STILL_THERE = 0.2


class Witness(Teller):
    """A teller who knows which child goes to which school."""

    def __init__(self, rng: Random, places: Places, starts: date, until: date, roll: Roll) -> None:
        super().__init__(rng, places, starts, until)
        self._roll = roll

    def excluded(self, child: Person, day: date, what: str, story: str, group: str = "") -> bool:
        """Tell of an exclusion that was considered, a suspension or a permanent exclusion."""
        return self.add(
            formats.EXCLUSION,
            child,
            self.day_only(day),
            what,
            story,
            group,
            school=self._roll.school_of(child, day).name,
            reason=self.choose(_REASONS),
            sessions=self.choose(_SESSIONS) if what == "suspension" else "",
        )

    def changed(self, child: Person, day: date, what: str, story: str, group: str = "") -> bool:
        """Tell of a change of schooling."""
        school = self._roll.school_of(child, day)
        to_school, hours = "", ""
        if what == "alternative_provision":
            to_school, hours = self._roll.alternative(self.rng).name, _ALTERNATIVE_HOURS
        elif what == "managed_move":
            to_school = self._roll.other(self.rng, school).name
        elif what == "reduced_timetable":
            hours = str(self.rng.randint(5, 17))
        return self.add(
            formats.CHANGE,
            child,
            self.day_only(day),
            what,
            story,
            group,
            school=school.name,
            to_school=to_school,
            hours=hours,
        )

    def treated(self, child: Person, at: datetime, cause: str, story: str, group: str = "") -> bool:
        """Tell of an attendance at A&E."""
        return self.add(
            formats.URGENT_CARE,
            child,
            at,
            cause,
            story,
            group,
            hospital=self.rng.choice(material("place")["hospitals"]["names"]),
            still_there="yes" if self.rng.random() < _STILL_THERE else "no",
        )

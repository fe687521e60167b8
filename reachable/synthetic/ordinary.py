"""What is ordinary: most rows are about children of whom nothing more is ever to be said.

Suspensions and severe absence follow the published shares of pupils, permanent exclusions that of
children in need, referrals to the NRM those of the Home Office; `data/rates.toml` has them and
`report` holds the year against them. All other volumes are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from reachable.synthetic import formats
from reachable.synthetic.families import Person
from reachable.synthetic.justice import after_arrest, after_referral
from reachable.synthetic.schools import is_pupil
from reachable.synthetic.telling import (
    EVENING_HOURS,
    EXPLOITED,
    OFFICE_HOURS,
    SINGLE,
    Chooser,
    Episode,
)
from reachable.synthetic.witness import Witness

# A year's rows for each known child. Of 4,000 known children stand for an area of some 69,000, of
# whom 46,000 are pupils: 11.3 suspensions and 2.39 severely absent for each hundred of these.
SUSPENSIONS, PERMANENT, CONSIDERED = 1.28, 0.0095, 0.02
CHANGES = {
    "severe_absence": 0.32, "reduced_timetable": 0.045, "missing_education": 0.03,
    "home_education": 0.025, "alternative_provision": 0.02, "managed_move": 0.012,
}  # fmt: skip
ENCOUNTERS = {"searched": 0.1, "drugs": 0.015, "weapon": 0.01, "out_of_area": 0.006}
VIOLENCE = {"assault": 0.04, "robbery": 0.01, "threat": 0.006, "knife": 0.003, "kidnap": 0.0005}
URGENT_CARE = {"overdose": 0.015, "assault": 0.008, "knife": 0.001}
HOUSING = {"other": 0.008, "visitors": 0.004, "family_threatened": 0.003}
VOLUNTARY = {"other": 0.012, "things": 0.004, "fear": 0.006, "said": 0.004, "others": 0.003}
REFERRALS = {"Sexual": 0.0025, "Labour": 0.0025, "Criminal, sexual": 0.001, "Not known": 0.0005}
_TO_COURT, _AT_HOSPITAL = 0.35, 0.15

_FOUND = {"drugs": "Cannabis", "weapon": "Lock knife", "searched": "", "out_of_area": ""}
_HOUSING_SAYS = {
    "other": "Garden full of rubbish, children without coats",
    "visitors": "Neighbours complain of visitors by night",
    "family_threatened": "Dispute with a neighbour over parking, threats made",
}
_VOLUNTARY_SAYS = {
    "other": "Hungry again; asked for food to take home",
    "things": "New phone, a birthday present",
    "fear": "Afraid of a bully at school",
    "said": "“I don't like it at my dad's.”",
    "others": "Spends breaks with older pupils",
}


class Ordinary(Witness):
    """Draws the rows that the lines do not explain."""

    def tell(self, children: Sequence[Person], police: Sequence[Episode]) -> list[Episode]:
        """Return every ordinary episode outside custody and missing, in no order."""
        count = len(children)
        self._schools(children, count)
        teenagers = [c for c in children if c.age_on(self.until) >= 10]
        some = Chooser(self.rng, teenagers, [_street_weight(c, self.starts) for c in teenagers])
        self._each(ENCOUNTERS, count, some, self._met)
        self._each(VIOLENCE, count, some, self._hurt)
        self._each(URGENT_CARE, count, some, self._at_hospital)
        anybody = Chooser(self.rng, children, [1.0] * count)
        self._each(HOUSING, count, anybody, self._housing)
        self._each(VOLUNTARY, count, some, self._youth_work)
        self._each(REFERRALS, count, some, self._referred)
        self._to_court(police)
        return self.draft

    def _each(
        self,
        shares: Mapping[str, float],
        children: int,
        chooser: Chooser,
        tell: Callable[[Person, str], bool],
    ) -> None:
        """Tell each kind as often as its share says; who was too old that day is not told of."""
        for what, share in shares.items():
            for _ in range(self._times(share, children)):
                child = chooser.choose()
                if child is not None:
                    tell(child, what)

    def _times(self, share: float, children: int) -> int:
        """A whole number that is right on average, also for a small partnership."""
        return int(share * children * self.years + self.rng.random())

    def _schools(self, children: Sequence[Person], count: int) -> None:
        pupils = [c for c in children if is_pupil(c, self.starts) or is_pupil(c, self.until)]
        often = Chooser(
            self.rng, pupils, [_school_weight(self.rng, c, self.starts) for c in pupils]
        )
        for what, share in (
            ("suspension", SUSPENSIONS), ("considered", CONSIDERED), ("permanent", PERMANENT)
        ):  # fmt: skip
            for _ in range(self._times(share, count)):
                self._at_school(often, what, self.excluded)
        seldom = Chooser(self.rng, pupils, [max(1, c.age_on(self.starts) - 3) for c in pupils])
        for what, share in CHANGES.items():
            for _ in range(self._times(share, count)):
                self._at_school(seldom, what, self.changed)

    def _at_school(
        self, chooser: Chooser, what: str, tell: Callable[[Person, date, str, str], bool]
    ) -> None:
        """Tell of a pupil on a school day; another pupil where one was not at school that day."""
        for _ in range(10):
            child, day = chooser.choose(), self.any_school_day()
            if child is None or day is None:
                return
            if is_pupil(child, day) and tell(child, day, what, SINGLE):
                return

    def _met(self, child: Person, what: str) -> bool:
        far = what == "out_of_area"
        place = (
            self.found_far(self.rng.choice(self.places.elsewhere).name)
            if far
            else self.local("{street}, {locality}", child)
        )
        at = self.at(self.some_day(), EVENING_HOURS)
        return self.add(
            formats.ENCOUNTER, child, at, what, SINGLE, met_place=place, found=_FOUND[what]
        )

    def _hurt(self, child: Person, what: str) -> bool:
        at = self.at(self.some_day(), EVENING_HOURS)
        place = self.local("{street}, {locality}", child)
        if what in ("assault", "knife") and self.rng.random() < _AT_HOSPITAL:
            self.treated(child, at + timedelta(minutes=self.rng.randint(30, 200)), what, SINGLE)
        return self.add(formats.VIOLENCE, child, at, what, SINGLE, hurt_place=place)

    def _at_hospital(self, child: Person, what: str) -> bool:
        return self.treated(child, self.at(self.some_day(), EVENING_HOURS), what, SINGLE)

    def _housing(self, child: Person, what: str) -> bool:
        at = self.at(self.some_day(), OFFICE_HOURS)
        place = child.home_on(at.date()).line
        return self.add(
            formats.HOUSING, child, at, what, SINGLE, seen_place=place, said=_HOUSING_SAYS[what]
        )

    def _youth_work(self, child: Person, what: str) -> bool:
        at = self.at(self.some_day(), EVENING_HOURS)
        return self.add(
            formats.VOLUNTARY,
            child,
            at,
            what,
            SINGLE,
            noted_place=self.local("{locality} youth club", child),
            said=_VOLUNTARY_SAYS[what],
            told_child="yes" if self.rng.random() < 0.8 else "no",
        )

    def _referred(self, child: Person, exploitation: str) -> bool:
        day = self.some_day()
        told = [
            self.add(formats.NRM, child, step.at, step.what, SINGLE, **step.says)
            for step in after_referral(self.rng, child, day, exploitation)
        ]
        return any(told)

    def _to_court(self, police: Sequence[Episode]) -> None:
        for arrest in police:
            ordinary = arrest.story != EXPLOITED and arrest.person.is_child
            if arrest.what == "arrest" and ordinary and self.rng.random() < _TO_COURT:
                for step in after_arrest(self.rng, arrest, raised=0.05):
                    self.add(
                        formats.YOUTH_JUSTICE,
                        arrest.person,
                        step.at,
                        step.what,
                        arrest.story,
                        **step.says,
                    )


def _street_weight(child: Person, day: date) -> float:
    """Older children are out more, and boys are searched and hurt more."""
    return max(1, child.age_on(day) - 8) ** 2 * (1.6 if child.sex == "male" else 1.0)


def _school_weight(rng: Random, child: Person, day: date) -> float:
    """Most pupils are never suspended, and some again and again; most are 12 to 15."""
    age = child.age_on(day)
    years = 10.0 if 11 <= age <= 15 else 1.0
    return years * (1.7 if child.sex == "male" else 1.0) * rng.expovariate(1) ** 2

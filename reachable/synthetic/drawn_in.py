"""What other agencies see while a line draws a child in.

A child is seen less at school, then suspended; is searched, is found far away with what others
own; is robbed of it and owes a debt; is arrested, and comes to court; somebody refers the child as
a victim. No child has all of it, and no single row says that it is exploitation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from reachable.synthetic import formats
from reachable.synthetic.families import Person
from reachable.synthetic.justice import after_arrest, after_referral
from reachable.synthetic.lines import Drawn, Line
from reachable.synthetic.schools import is_pupil
from reachable.synthetic.telling import EVENING_HOURS, EXPLOITED, OFFICE_HOURS, Episode
from reachable.synthetic.witness import Witness

# Share of exploited children of whom each agency ever has something; all are ours. That of the
# NRM comes from 3,123 criminal referrals to 14,420 assessments with criminal exploitation in 2023.
_ABSENT, _SUSPENDED, _CONSIDERED, _EXCLUDED = 0.55, 0.7, 0.35, 0.1
_MOVED, _PART_TIME, _NOT_IN_SCHOOL = 0.25, 0.3, 0.15
_SEARCHED, _FOUND_WITH, _FOUND_FAR = 0.5, 0.35, 0.6
_HURT, _OVERDOSE = 0.4, 0.08
_TO_COURT, _REFERRED = 0.7, 0.24
_HOUSING, _YOUTH_WORK = 0.18, 0.4

_HARM = {"robbery": 35, "assault": 30, "threat": 20, "knife": 10, "kidnap": 5}
_AT_HOSPITAL = {"knife": "knife", "assault": "assault", "robbery": "assault"}
_SOON = timedelta(minutes=50)
_HOUSING_SEES = {"visitors": 35, "family_threatened": 30, "home_taken_over": 20, "child_alone": 15}
_HOUSING_SAYS = {
    "visitors": "Cars stop for a minute each, late at night",
    "family_threatened": "Door kicked in; the family will not say who",
    "home_taken_over": "Adults answer the door; the tenant is not seen",
    "child_alone": "A child with two older boys, none of them on the tenancy",
}
_WORRIES = {"things": 25, "debt": 20, "fear": 20, "others": 20, "away": 10, "said": 5}
_WORRY_SAYS = {
    "things": "Two phones and new trainers; says a friend gave them",
    "debt": "Says a bag was lost and has to be paid back",
    "fear": "Would not go home by the usual way",
    "others": "Collected by adults whom nobody here knows",
    "away": "Away for two nights; says it was a cousin's",
    "said": "“They said I owe them and I have to work it off.”",
}


class DrawnIn(Witness):
    """Tells the rows of exploited children that custody and missing do not hold."""

    def tell(self, lines: Sequence[Line], police: Sequence[Episode]) -> list[Episode]:
        """Return what follows from the lines and from what police saw of their children."""
        seen: dict[tuple[str, str], list[Episode]] = {}
        for episode in police:
            if episode.story == EXPLOITED:
                seen.setdefault((episode.group, episode.person.id), []).append(episode)
        for line in lines:
            for drawn in line.children:
                self._child(line, drawn, seen.get((line.id, drawn.child.id), []))
        return self.draft

    def _child(self, line: Line, drawn: Drawn, police: Sequence[Episode]) -> None:
        self._at_school(line, drawn)
        self._in_the_street(line, drawn, police)
        self._hurt(line, drawn)
        self._to_court(line, drawn.child, police)
        self._referred(line, drawn, police)
        self._at_home(line, drawn)

    def _at_school(self, line: Line, drawn: Drawn) -> None:
        """First absence, then suspensions, then a school that looks for a way out."""
        rng = self.rng
        if not is_pupil(drawn.child, drawn.since):
            return
        excluded = self._school_day_after(drawn, (60, 200)) if rng.random() < _EXCLUDED else None
        until = excluded or drawn.until
        if excluded:
            self.excluded(drawn.child, excluded, "permanent", EXPLOITED, line.id)
        suspensions = rng.choices([1, 2, 3, 5], [35, 30, 20, 15])[0]
        for _ in range(suspensions if rng.random() < _SUSPENDED else 0):
            self._exclusion(line, drawn, (10, 150), "suspension", until)
        if rng.random() < _CONSIDERED:
            self._exclusion(line, drawn, (30, 150), "considered", until)
        if rng.random() < _ABSENT:
            self._change(line, drawn, (20, 60), "severe_absence", until)
        if rng.random() < _PART_TIME:
            self._change(line, drawn, (30, 120), "reduced_timetable", until)
        if rng.random() < _MOVED:
            moved = "managed_move" if rng.random() < 0.4 else "alternative_provision"
            self._change(line, drawn, (50, 180), moved, drawn.until)
        if rng.random() < _NOT_IN_SCHOOL:
            self._change(line, drawn, (60, 200), "missing_education", drawn.until)

    def _exclusion(
        self, line: Line, drawn: Drawn, after: tuple[int, int], what: str, until: date
    ) -> None:
        day = self._school_day_after(drawn, after)
        if day and day < until:
            self.excluded(drawn.child, day, what, EXPLOITED, line.id)

    def _change(
        self, line: Line, drawn: Drawn, after: tuple[int, int], what: str, until: date
    ) -> None:
        day = self._school_day_after(drawn, after)
        if day and day < until:
            self.changed(drawn.child, day, what, EXPLOITED, line.id)

    def _in_the_street(self, line: Line, drawn: Drawn, police: Sequence[Episode]) -> None:
        """Whoever is found far away is met by that force's police first."""
        child, rng = drawn.child, self.rng
        if rng.random() < _SEARCHED:
            self._met(line, drawn, "searched", self.local("{street}, {locality}", child), "")
        if rng.random() < _FOUND_WITH:
            what = "weapon" if rng.random() < 0.25 else "drugs"
            found = "Kitchen knife" if what == "weapon" else "Wraps and cash"
            self._met(line, drawn, what, self.found_far(line.town), found)
        for episode in police:
            far = episode.end and line.town in episode.says.get("found_place", "")
            if episode.end and far and rng.random() < _FOUND_FAR:
                at = episode.end - timedelta(minutes=rng.randint(30, 120))
                place = episode.says["found_place"]
                self.add(
                    formats.ENCOUNTER,
                    child,
                    max(at, episode.start),
                    "out_of_area",
                    EXPLOITED,
                    line.id,
                    met_place=place,
                    found="Cash" if rng.random() < 0.4 else "",
                )

    def _met(self, line: Line, drawn: Drawn, what: str, place: str, found: str) -> None:
        at = self._some_time(drawn, (10, 160), EVENING_HOURS)
        self.add(
            formats.ENCOUNTER,
            drawn.child,
            at,
            what,
            EXPLOITED,
            line.id,
            met_place=place,
            found=found,
        )

    def _hurt(self, line: Line, drawn: Drawn) -> None:
        """Robbed of what was carried for others, then threatened for the debt."""
        child, rng = drawn.child, self.rng
        if rng.random() < _HURT:
            what = self.choose(_HARM)
            at = self._some_time(drawn, (20, 200), EVENING_HOURS)
            place = self.local("{street}, {locality}", child)
            self.add(formats.VIOLENCE, child, at, what, EXPLOITED, line.id, hurt_place=place)
            if what in _AT_HOSPITAL and rng.random() < 0.6:
                self.treated(child, at + _SOON, _AT_HOSPITAL[what], EXPLOITED, line.id)
        if rng.random() < _OVERDOSE:
            at = self._some_time(drawn, (30, 200), EVENING_HOURS)
            self.treated(child, at, "overdose", EXPLOITED, line.id)

    def _to_court(self, line: Line, child: Person, police: Sequence[Episode]) -> None:
        for episode in police:
            if episode.what == "arrest" and self.rng.random() < _TO_COURT:
                for step in after_arrest(self.rng, episode, raised=0.5):
                    self.add(
                        formats.YOUTH_JUSTICE,
                        child,
                        step.at,
                        step.what,
                        EXPLOITED,
                        line.id,
                        **step.says,
                    )

    def _referred(self, line: Line, drawn: Drawn, police: Sequence[Episode]) -> None:
        """Most are referred after an arrest, some while they are not."""
        if self.rng.random() >= _REFERRED:
            return
        arrests = [episode.start.date() for episode in police if episode.what == "arrest"]
        day = min(arrests, default=drawn.since + timedelta(days=60))
        day += timedelta(days=self.rng.randint(2, 30))
        for step in after_referral(self.rng, drawn.child, day, "Criminal"):
            self.add(
                formats.NRM,
                drawn.child,
                step.at,
                step.what,
                EXPLOITED,
                line.id,
                **step.says,
            )

    def _at_home(self, line: Line, drawn: Drawn) -> None:
        child, rng = drawn.child, self.rng
        if rng.random() < _HOUSING:
            what = self.choose(_HOUSING_SEES)
            at = self._some_time(drawn, (20, 200), EVENING_HOURS)
            says = {"seen_place": child.home_on(at.date()).line, "said": _HOUSING_SAYS[what]}
            if at.date() >= self.starts:
                self.add(formats.HOUSING, child, at, what, EXPLOITED, line.id, **says)
        if rng.random() < _YOUTH_WORK:
            for _ in range(rng.choices([1, 2, 3], [60, 28, 12])[0]):
                what = self.choose(_WORRIES)
                at = self._some_time(drawn, (5, 200), OFFICE_HOURS)
                place = self.local("{locality} youth club", child)
                self.add(
                    formats.VOLUNTARY,
                    child,
                    at,
                    what,
                    EXPLOITED,
                    line.id,
                    noted_place=place,
                    said=_WORRY_SAYS[what],
                    told_child="yes" if rng.random() < 0.7 else "no",
                )

    def _school_day_after(self, drawn: Drawn, after: tuple[int, int]) -> date | None:
        since, until = _between(drawn, after)
        day = self.school_day(since, until)
        return day if day and is_pupil(drawn.child, day) else None

    def _some_time(self, drawn: Drawn, after: tuple[int, int], hours: Sequence[int]) -> datetime:
        since, until = _between(drawn, after)
        days = max(1, (until - since).days)
        return self.at(since + timedelta(days=self.rng.randrange(days)), hours)


def _between(drawn: Drawn, after: tuple[int, int]) -> tuple[date, date]:
    """Return the days so many days after a child was drawn in, within the time that it lasts."""
    first, last = (drawn.since + timedelta(days=days) for days in after)
    first = min(first, drawn.until - timedelta(days=1))
    return max(first, drawn.since), max(min(last, drawn.until), first + timedelta(days=1))

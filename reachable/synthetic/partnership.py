"""A whole partnership that does not exist, made from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from reachable.synthetic.agencies import Agency, Rota, Staff, Team, Worker, make_staff
from reachable.synthetic.drawn_in import DrawnIn
from reachable.synthetic.families import Person, Population
from reachable.synthetic.lines import Line, dress
from reachable.synthetic.material import stream
from reachable.synthetic.ordinary import Ordinary
from reachable.synthetic.places import Places, make_places
from reachable.synthetic.schools import Roll, School, make_schools
from reachable.synthetic.stories import Storyteller
from reachable.synthetic.telling import Episode, numbered

DEFAULT_SEED, DEFAULT_CHILDREN, DEFAULT_MONTHS = 2026, 4000, 12
ADULTS_A_CHILD = 45 / 4000


@dataclass(frozen=True, slots=True)
class Partnership:
    """Places, agencies, people and what happened to them between `starts` and `until`.

    `until` is the day on which the last files are sent; nothing happens on it.
    """

    seed: int
    months: int
    starts: date
    until: date
    places: Places
    schools: tuple[School, ...]
    staff: Staff
    children: tuple[Person, ...]
    adults: tuple[Person, ...]
    lines: tuple[Line, ...]
    episodes: tuple[Episode, ...]

    @property
    def agencies(self) -> tuple[Agency, ...]:
        return self.staff.agencies

    @property
    def teams(self) -> tuple[Team, ...]:
        return self.staff.teams

    @property
    def workers(self) -> tuple[Worker, ...]:
        return self.staff.workers

    @property
    def rota(self) -> Rota:
        return self.staff.rota


def make(
    seed: int = DEFAULT_SEED,
    children: int = DEFAULT_CHILDREN,
    months: int = DEFAULT_MONTHS,
    *,
    until: date,
) -> Partnership:
    """Make the partnership; the same arguments always give the same one.

    `children` is how many agencies know in a year, `months` how long the story is (twelve months
    are 52 weeks). Raises ValueError where a number is not positive.
    """
    if children < 1 or months < 1:
        raise ValueError("a partnership needs at least one child and one month")
    return make_in(
        make_places(stream(seed, "places")),
        make_schools(),
        seed=seed,
        children=children,
        adults=round(children * ADULTS_A_CHILD),
        months=months,
        until=until,
    )


def make_in(
    places: Places,
    schools: tuple[School, ...],
    *,
    seed: int,
    children: int,
    adults: int,
    months: int,
    until: date,
) -> Partnership:
    """Make a partnership that lies there and has these schools."""
    starts = until - timedelta(weeks=round(months * 52 / 12))
    population = Population(stream(seed, "people"), places, starts, until)
    young = population.children(children)
    grown = population.adults(adults, young)
    roll = Roll(seed, schools)
    storyteller = Storyteller(stream(seed, "stories"), places, starts, until)
    police = storyteller.tell(young, grown)
    drawn_in = DrawnIn(stream(seed, "drawn in"), places, starts, until, roll)
    ordinary = Ordinary(stream(seed, "ordinary"), places, starts, until, roll)
    lines = storyteller.lines
    told = [*police, *drawn_in.tell(lines, police), *ordinary.tell(young, police)]
    return Partnership(
        seed=seed,
        months=months,
        starts=starts,
        until=until,
        places=places,
        schools=schools,
        staff=make_staff(stream(seed, "staff"), until),
        children=young,
        adults=grown,
        lines=dress(stream(seed, "lines"), lines, places),
        episodes=numbered(told),
    )

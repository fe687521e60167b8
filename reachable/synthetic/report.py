"""How the invented year compares with what is published: which rates agree, and which are not to.

The known children stand for the children in need of an area, which gives the size of the area.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.synthetic import truth
from reachable.synthetic.families import CHILDREN_HOME, FOSTER
from reachable.synthetic.feeds import MANIFEST_FILE, read_manifest
from reachable.synthetic.formats import CHANGE, EXCLUSION, MISSING, NRM
from reachable.synthetic.material import material
from reachable.synthetic.schools import LEAVES_AT, STARTS_AT
from reachable.synthetic.truth import TruthRow

PUPILS = (LEAVES_AT - STARTS_AT) / 18
"""Share of children who are pupils: twelve of eighteen years."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure; `year` is a year or a span, as the source has it."""

    key: str
    title: str
    figure: float
    unit: str
    year: str
    source: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the invented year beside the published one.

    They agree within `tolerance`, a share of the published figure; or `why` says why they are
    not meant to.
    """

    published: Published
    generated: float
    tolerance: float
    why: str

    @property
    def apart(self) -> float:
        """How far they are apart, as a share of the published figure."""
        return self.generated / self.published.figure - 1

    @property
    def agrees(self) -> bool:
        return abs(self.apart) <= self.tolerance


class Year:
    """What a folder's files tell in the end: each record once, none that was taken back."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        self.children = manifest.children
        self.years = round(manifest.months * 52 / 12) / 52
        rows = [row for row in truth.read_rows(folder) if row.expect == truth.ACCEPTED]
        self._records = {(row.feed, row.source_key): row for row in rows}
        self._people = {each["id"]: each for each in truth.read_lines(folder / truth.PEOPLE_FILE)}
        lines = truth.read_lines(folder / truth.LINES_FILE)
        self.exploited = {child["person"] for line in lines for child in line["children"]}
        self._criminal = {
            each["id"]
            for each in truth.read_lines(folder / truth.EPISODES_FILE)
            if each["feed"] == NRM and each["says"]["exploitation"] == "Criminal"
        }

    @cached_property
    def area(self) -> float:
        """How many children an area has of whom so many are in need in a year."""
        return self.children / published()["in_need"].figure * 1000

    @property
    def pupils(self) -> float:
        return self.area * PUPILS

    def records(self, feed: str, *events: str) -> list[TruthRow]:
        return [
            row
            for row in self._records.values()
            if row.feed == feed and row.event in events and not row.withdrawn
        ]

    def people(self, feed: str, *events: str) -> set[str]:
        return {row.person for row in self.records(feed, *events)}

    def referrals(self) -> tuple[int, int]:
        """Return the referrals to the NRM, and those of them for criminal exploitation alone."""
        rows = self.records(NRM, "nrm_referral")
        return len(rows), sum(row.episode in self._criminal for row in rows)

    def boys(self) -> float:
        sexes = [self._people[person]["sex"] for person in self.exploited]
        return sexes.count("male") / len(sexes) * 100

    def looked_after(self) -> set[str]:
        return {
            person
            for person, each in self._people.items()
            if each["placement"] in (CHILDREN_HOME, FOSTER)
        }


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a figure is worked out, and how near it has to be or why it need not."""

    of: Callable[[Year], float]
    tolerance: float = 0.0
    why: str = ""


def _suspensions(year: Year) -> float:
    return len(year.records(EXCLUSION, "suspended")) / year.years


def _missing_share(year: Year) -> float:
    cared_for = year.looked_after()
    missing = year.people(MISSING, "missing_reported", "returned_from_missing")
    return len(cared_for & missing) / len(cared_for) * 100


_ONLY_KNOWN = (
    "No child is invented whom no agency knows, so that all suspensions are those of known "
    "children: fewer children, each more often, than in the whole of an area."
)
_MEASURES: Mapping[str, _Measure] = {
    "exploited": _Measure(lambda y: len(y.exploited) / y.area * 1000, 0.15),
    "suspensions": _Measure(lambda y: _suspensions(y) / y.pupils * 100, 0.1),
    "suspended_pupils": _Measure(
        lambda y: len(y.people(EXCLUSION, "suspended")) / y.pupils * 100 / y.years,
        why=_ONLY_KNOWN,
    ),
    "severely_absent": _Measure(
        lambda y: len(y.people(CHANGE, "severe_absence")) / y.pupils * 100 / y.years, 0.25
    ),
    "permanently_excluded": _Measure(
        lambda y: len(y.people(EXCLUSION, "permanently_excluded")) / y.children * 100 / y.years,
        0.35,
    ),
    "suspended_in_need": _Measure(
        lambda y: len(y.people(EXCLUSION, "suspended")) / y.children * 100 / y.years,
        why=_ONLY_KNOWN,
    ),
    "suspensions_an_exploited": _Measure(lambda y: _suspensions(y) / len(y.exploited), 0.3),
    "referred": _Measure(lambda y: y.referrals()[0] / y.years / len(y.exploited), 0.35),
    "criminal_share": _Measure(lambda y: y.referrals()[1] / max(1, y.referrals()[0]) * 100, 0.35),
    "boys": _Measure(
        lambda y: y.boys(),
        why="Girls are found less often than they are exploited; here they are not to be "
        "overlooked, so that the story is told of as many girls as agencies name.",
    ),
    "looked_after": _Measure(
        lambda y: len(y.looked_after()) / y.area * 1000,
        why="Only children whom police or schools name have a home here; most children looked "
        "after are named by neither, and the demonstration would be filled with them.",
    ),
    "looked_after_missing": _Measure(
        _missing_share,
        why="The same few children in care carry most of the repeated missing episodes, so that "
        "these can be seen in a small place.",
    ),
}


def published() -> dict[str, Published]:
    """Return the published figures by their keys."""
    return {row["key"]: Published(**row) for row in material("rates")["rates"]}


def compare(folder: Path) -> list[Compared]:
    """Compare the year in a folder, written by `make`; raise BadInput where there is none."""
    if not (folder / MANIFEST_FILE).exists() or not (folder / truth.ROWS_FILE).exists():
        raise BadInput(
            f"{folder} holds no invented year.",
            kept="Nothing was changed.",
            next="Make one with `reachable synthetic make --out FOLDER`.",
        )
    year, figures = Year(folder), published()
    if not year.exploited:
        raise BadInput(
            "This year is too small to be compared: nobody in it is exploited.",
            kept="Nothing was changed.",
            next="Make one of 1,000 children or more.",
        )
    return [
        Compared(figures[key], round(measure.of(year), 3), measure.tolerance, measure.why)
        for key, measure in _MEASURES.items()
    ]


def in_words(compared: list[Compared]) -> list[str]:
    """Return the report as lines for people."""
    lines = []
    for each in compared:
        figure = each.published
        lines += [
            f"{figure.title}, {figure.unit}",
            f"  made {each.generated:.4g}, published {figure.figure:.4g} ({figure.year}), "
            f"{each.apart:+.0%}: {_verdict(each)}",
            f"  {figure.source}",
        ]
    return lines


def _verdict(each: Compared) -> str:
    if each.why:
        return f"different on purpose. {each.why}"
    within = f"within {each.tolerance:.0%}"
    return f"agrees, {within}" if each.agrees else f"does not agree, not {within}"


def as_json(compared: list[Compared]) -> list[dict[str, object]]:
    """Return the report for a program."""
    return [
        {
            "key": each.published.key,
            "unit": each.published.unit,
            "generated": each.generated,
            "published": each.published.figure,
            "year": each.published.year,
            "source": each.published.source,
            "apart": round(each.apart, 3),
            "tolerance": each.tolerance,
            "agrees": each.agrees,
            "why_not": each.why,
        }
        for each in compared
    ]

"""How records of people are compared. Levels are chosen here; their weights are trained."""

from __future__ import annotations

from reachable.people.linkage import keys, standard
from reachable.people.linkage.conditions import (
    Alike,
    Among,
    AtLeast,
    Condition,
    Crossed,
    Edits,
    Fits,
    Same,
    Shares,
    Within,
    all_of,
)
from reachable.people.linkage.plan import NUMBER, TEXT, TEXTS, Column, Comparison, Level, Plan

_SEVERAL = {"given_roots", "families", "names", "postcodes"}
_NUMBERS = {"given_rarity", "family_rarity", "born_number"}


def _kind(column: str) -> str:
    return TEXTS if column in _SEVERAL else NUMBER if column in _NUMBERS else TEXT


def _same(kind: str) -> tuple[Level, ...]:
    """The same `given` or `family` name: the fewer have it, the more it says."""
    rarity, same = f"{kind}_rarity", Same(kind)
    return (
        Level(
            "same_rare",
            f"the same {kind} name, which few have",
            all_of(same, AtLeast(rarity, 3)),
        ),
        Level(
            "same_uncommon",
            f"the same {kind} name, an uncommon one",
            all_of(same, AtLeast(rarity, 2)),
        ),
        Level(
            "same_usual",
            f"the same {kind} name, a usual one",
            all_of(same, AtLeast(rarity, 1)),
        ),
        Level("same_common", f"the same {kind} name, which many have", same),
    )


def _elsewhere(kind: str) -> Condition:
    """Names that changed places: two are shared, since brothers share one in any order."""
    return all_of(Among(kind, "names"), Shares("names", 2))


GIVEN = Comparison(
    "given",
    ("given", "names"),
    (
        *_same("given"),
        Level("short_form", "a short form or another spelling of it", Shares("given_roots")),
        Level("near", "one letter differs in the given name", Edits("given")),
        Level("gaps", "the given name, in which letters were lost", Fits("given_mask")),
        Level("sound", "given names that sound alike", Same("given_sound")),
        Level("elsewhere", "the given name is another of their names", _elsewhere("given")),
        Level("alike", "similar given names", Alike("given", 0.85)),
    ),
    "different given names",
)
FAMILY = Comparison(
    "family",
    ("family", "names", "families"),
    (
        *_same("family"),
        Level("part", "one part of the family name, or an earlier one", Shares("families")),
        Level("near", "one letter differs in the family name", Edits("family")),
        Level("gaps", "the family name, in which letters were lost", Fits("family_mask")),
        Level("sound", "family names that sound alike", Same("family_sound")),
        Level("elsewhere", "the family name is another of their names", _elsewhere("family")),
        Level("alike", "similar family names", Alike("family", 0.88)),
    ),
    "different family names",
)
BORN = Comparison(
    "born",
    ("born",),
    (
        Level("same", "the same birth date", Same("born")),
        Level("crossed", "day and month of birth changed places", Crossed("born", "born_crossed")),
        Level("near", "one figure differs in the birth date", Edits("born")),
        Level("days", "birth dates a few days apart", Within("born_number", 10)),
        Level("month", "born in the same month", Same("born_month")),
        Level("day", "born on the same day of another year", Same("born_day")),
        Level("two_figures", "two figures differ in the birth date", Edits("born", 2)),
    ),
    "different birth dates",
)
HOME = Comparison(
    "home",
    ("postcode", "postcodes"),
    (
        Level("same", "the same postcode", Same("postcode")),
        Level("earlier", "the postcode is an earlier one of theirs", Shares("postcodes")),
        Level("near", "one letter or figure differs in the postcode", Edits("postcode")),
        Level("district", "the same postcode district", Same("district")),
    ),
    "different districts",
)
SEX = Comparison("sex", ("sex",), (Level("same", "the same sex", Same("sex")),), "different sex")
NHS_NUMBER = Comparison(
    "nhs_number",
    ("nhs_number",),
    (Level("same", "the same NHS number", Same("nhs_number")),),
    "different NHS numbers",
)
UPN = Comparison("upn", ("upn",), (Level("same", "the same UPN", Same("upn")),), "different UPNs")

PEOPLE = Plan(
    name="people",
    standardiser=f"{standard.VERSION}.{keys.VERSION}",
    columns=tuple(Column(each, _kind(each)) for each in standard.COLUMNS),
    comparisons=(GIVEN, FAMILY, BORN, HOME, SEX, NHS_NUMBER, UPN),
    sessions=(("born",), ("given", "family"), ("postcode", "given")),
)

LABELS = {
    "given": "Given name",
    "family": "Family name",
    "born": "Birth date",
    "home": "Home",
    "sex": "Sex",
    "nhs_number": "NHS number",
    "upn": "UPN",
}

SAME = ("same_rare", "same_uncommon", "same_usual", "same_common")
MAY_LINK = {
    "given": (*SAME, "short_form", "near", "gaps", "elsewhere"),
    "family": (*SAME, "part", "near", "gaps", "elsewhere"),
    "born": ("same", "crossed", "near", "days"),
    "home": tuple(HOME.names),
    "sex": ("same",),
    "nhs_number": ("same",),
    "upn": ("same",),
}
"""From these levels the computer may link; from any other a person decides: twins share all but the
given name, a son his father's name and home."""
CONTRADICTS = {"given": ("other",), "born": ("two_figures", "other")}
"""Levels at which two records hardly ever speak of one person, whatever else agrees."""
NUMBERS_OF_ONE = ("nhs_number", "upn")
"""What the NHS and the Department for Education give to one person alone."""

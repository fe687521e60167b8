"""The page for whoever answers for the data says what the program does, with its numbers."""

from __future__ import annotations

import re

import pytest

from dev.paths import ROOT
from reachable.people.linkage.deciding import MARGIN, MOST_HOLDERS
from reachable.people.linkage.keys import BLOCK
from reachable.people.linkage.people import LABELS, PEOPLE
from reachable.people.reference import render

PAGE = (ROOT / "docs/explanation/how-identification-decides.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
SCREEN = 32
"""Lines of 110 letters: what a laptop shows of a page."""


@pytest.mark.parametrize(
    "sentence",
    [
        f"A key that more than {BLOCK} records share finds nobody",
        f"at least {2**MARGIN:.0f} times less likely",
        f"A number that more than {MOST_HOLDERS} people hold",
    ],
)
def test_its_numbers_are_those_of_the_program(sentence: str) -> None:
    assert sentence in WORDS


def test_it_names_all_that_is_compared() -> None:
    (said,) = re.findall(r"Seven things: ([^.]*)\.", WORDS)
    assert said.split(", ") == [
        LABELS[each.name].lower().replace("nhs", "NHS").replace("upn", "UPN")
        for each in PEOPLE.comparisons
    ]


def test_weights_stand_only_where_the_program_writes_them() -> None:
    assert not re.findall(r"[+-]?\d+\.\d+", PAGE)
    assert "## Two pairs, weighed step by step" in render()


def test_each_section_fits_on_a_screen() -> None:
    for section in PAGE.split("\n## ")[1:]:
        assert section.count("\n") <= SCREEN, section.partition("\n")[0]

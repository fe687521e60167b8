"""The published pages say what the data says."""

from __future__ import annotations

from pathlib import Path

import pytest

from reachable.practice import guidance
from reachable.practice.examples import all_examples, example_table
from reachable.practice.reference import render, render_clocks
from reachable.practice.tables import cell

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_published_pages_are_current() -> None:
    assert (REFERENCE / "practice.md").read_text("utf-8") == render()
    assert (REFERENCE / "clocks.md").read_text("utf-8") == render_clocks()


def test_the_page_shows_every_item_with_its_standing() -> None:
    page = render()
    for group in guidance.all_items():
        for item in group.items:
            assert item.title in page
            assert item.standing in page
    for source in guidance.sources():
        assert source.title in page
        assert source.address in page


def test_the_page_begins_with_what_is_not_known() -> None:
    page = render()
    assert page.index("## What is not known") < page.index("## Definitions")
    for item in guidance.not_known():
        assert item.unknown in page.partition("## Definitions")[0]


def test_every_example_is_published() -> None:
    page = render_clocks()
    assert [table.title for table in all_examples()] == [
        "How a date and a time are read",
        "When something is due",
        "How time left is said",
        "School days",
        "When somebody turns 16, 17, 17½ and 18",
    ]
    for table in all_examples():
        for row in table.rows:
            assert row["case"] in page
            assert cell("said", row[[*table.columns][-1]]) in page


@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29"])
def test_both_clock_changes_are_among_the_examples(day: str) -> None:
    assert any(str(row["day"]) == day for row in example_table("local_times").rows)

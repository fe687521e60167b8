"""Recall and review by group: whom linkage finds less often."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fairness import (
    Group,
    TruePairs,
    age_band,
    by_group,
    in_markdown,
    largest_gap,
)

TODAY = date(2026, 11, 24)


def pairs(linked: bool, reviewed: bool, number: int, **groups: str) -> TruePairs:
    return TruePairs(groups, linked, reviewed, number)


FOUND = [
    pairs(True, False, 900, origin="polish", sex="female"),
    pairs(False, True, 80, origin="polish", sex="male"),
    pairs(False, False, 20, origin="polish", sex="male"),
    pairs(True, False, 400, origin="somali", sex="female"),
    # Whatever is linked needs no person any more.
    pairs(True, True, 50, origin="somali", sex="male"),
    pairs(False, False, 50, origin="somali", sex=""),
    pairs(False, False, 3, origin="yoruba", sex="female"),
]


def test_each_true_pair_counts_once_in_each_kind() -> None:
    assert by_group(FOUND) == [
        Group("origin", "polish", 1000, 900, 80),
        Group("origin", "somali", 500, 450, 0),
        Group("origin", "yoruba", 3, 0, 0),
        Group("sex", "female", 1303, 1300, 0),
        Group("sex", "male", 150, 50, 80),
        Group("sex", "not known", 50, 0, 0),
    ]


def test_recall_is_what_was_linked_or_shown_to_a_person() -> None:
    polish = by_group(FOUND)[0]
    assert (polish.recall, polish.review_rate) == (0.98, 0.08)


def test_the_largest_gap_is_between_groups_that_chance_does_not_decide() -> None:
    gap = largest_gap(by_group(FOUND))
    assert gap is not None
    assert (gap.lowest.name, gap.highest.name) == ("somali", "polish")
    assert gap.points == pytest.approx(8.0)
    small = largest_gap(by_group(FOUND), least=3)
    assert small is not None
    assert small.lowest.name == "not known"
    assert small.points == pytest.approx(100 * 1300 / 1303)


def test_without_two_groups_there_is_no_gap() -> None:
    assert largest_gap([]) is None
    assert largest_gap(by_group(FOUND), least=1001) is None
    assert "so none are compared" in in_markdown(by_group(FOUND), least=1001)


def test_the_table_says_it_in_words() -> None:
    lines = in_markdown(by_group(FOUND)).splitlines()
    assert lines[2] == ("| origin | polish | 1,000 | 98.0 % | 96.9 % and 98.7 % | 90.0 % | 8.0 % |")
    assert lines[4].startswith("| origin | yoruba (few) | 3 | 0.0 % ")
    assert lines[-1] == (
        "The largest gap is 8.0 points, by origin: 90.0 % of “somali” are found, 98.0 % of "
        "“polish”. Groups of fewer than 400 true pairs are not compared."
    )
    assert len({line.count("|") for line in lines[:-2]}) == 1


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, "not known"),
        (date(2026, 11, 24), "under 5"),
        (date(2021, 11, 25), "under 5"),
        (date(2021, 11, 24), "5 to 9"),
        (date(2013, 11, 25), "10 to 12"),
        (date(2013, 11, 24), "13 to 15"),
        (date(2010, 11, 24), "16 and 17"),
        (date(2008, 11, 25), "16 and 17"),
        (date(2008, 11, 24), "18 to 24"),
        (date(1961, 11, 25), "45 to 64"),
        (date(1961, 11, 24), "65 and over"),
    ],
)
def test_age_bands_begin_on_the_birthday(born: date | None, band: str) -> None:
    assert age_band(born, TODAY) == band


def test_age_bands_stand_in_the_order_of_age() -> None:
    bands = ("65 and over", "5 to 9", "10 to 12", "under 5", "16 and 17")
    found = by_group(pairs(True, False, 1, age=band) for band in bands)
    assert [each.name for each in found] == [
        "under 5", "5 to 9", "10 to 12", "16 and 17", "65 and over",
    ]  # fmt: skip


@given(
    st.lists(
        st.builds(
            TruePairs,
            st.fixed_dictionaries({"sex": st.sampled_from(["female", "male"])}),
            st.booleans(),
            st.booleans(),
            st.integers(0, 50),
        )
    )
)
def test_however_true_pairs_are_counted_together_the_shares_are_the_same(
    found: list[TruePairs],
) -> None:
    one_by_one = [
        TruePairs(each.groups, each.linked, each.reviewed)
        for each in found
        for _ in range(each.pairs)
    ]
    groups = by_group(found)
    assert groups == by_group(one_by_one)
    assert sum(group.pairs for group in groups) == len(one_by_one)
    gap = largest_gap(groups, least=1)
    if gap is not None:
        shares = [group.recall for group in groups]
        assert gap.points == pytest.approx(100 * (max(shares) - min(shares)))

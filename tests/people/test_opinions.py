"""Second opinions and measured figures: the example tables, and what holds for all numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.people import estimates, opinions
from reachable.people.estimates import Sampled
from reachable.people.examples import example_table
from reachable.people.opinions import Said, Weighs


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", example_table(name).rows, ids=lambda row: row["case"])


def said(text: str) -> Said:
    what, _, whom = text.partition(" ")
    return Said(what, whom or None)


@rows("second_opinion")
def test_second_opinions_by_example(row: Mapping[str, Any]) -> None:
    settled = opinions.settle([said(each) for each in row["said"]], row["weighs"])
    assert " ".join(filter(None, (settled.stands, settled.same_as))) == row["stands"]


def test_the_policy_says_of_everything_what_it_asks() -> None:
    policy = opinions.second_opinions()
    assert {key for row in example_table("second_opinion").rows for key in row["weighs"]} == set(
        policy
    )
    assert [each.name for each in fields(Weighs)] == ["case", "same", "different", "said"]
    assert all(each.same or each.different for each in policy.values())


def test_what_is_no_part_of_an_identity_is_not_said_to_a_steward() -> None:
    hidden = ["restricted", "open_moments", "child_protection"]
    assert opinions.why_two("same", hidden) == [opinions.MUCH_HANGS_ON_IT]
    for each in hidden:
        assert opinions.why_two("same", [each]) == [opinions.MUCH_HANGS_ON_IT]
    assert opinions.why_two("same", ["numbers_differ"]) == ["the numbers differ"]
    assert opinions.why_two("different", ["numbers_differ"]) == []
    assert opinions.why_two("unsure", hidden) == []


SAYS = st.sampled_from([Said("same", "A"), Said("same", "B"), Said("different"), Said("unsure")])
WEIGHS = st.sets(st.sampled_from(sorted(opinions.second_opinions())))


@given(st.lists(SAYS, max_size=2), WEIGHS)
def test_nothing_is_decided_that_nobody_said(given_: list[Said], weighs: set[str]) -> None:
    settled = opinions.settle(given_, weighs)
    if settled.stands in {"same", "different"}:
        assert Said(settled.stands, settled.same_as) in given_
        assert len({each for each in given_ if each.said != "unsure"}) == 1
        if opinions.needs_two(settled.stands, weighs):
            assert [each.said for each in given_] == [settled.stands] * 2


@given(SAYS, SAYS, WEIGHS)
def test_after_two_the_order_does_not_matter(one: Said, two: Said, weighs: set[str]) -> None:
    assert opinions.settle([one, two], weighs) == opinions.settle([two, one], weighs)
    assert opinions.settle([one, two], weighs).stands not in {"open", "second"}


@rows("shares")
def test_shares_by_example(row: Mapping[str, Any]) -> None:
    found = estimates.wilson(row["yes"], row["of"])
    assert (round(found.low, 3), round(found.high, 3)) == (row["low"], row["high"])


@rows("recall")
def test_recall_by_example(row: Mapping[str, Any]) -> None:
    found = estimates.recall(Sampled(*row["linked"]), Sampled(*row["apart"]), row["joined"])
    assert ("not known" if found is None else f"{found.value:.3f}") == row["recall"]


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_share_lies_in_its_interval_which_narrows(yes: int, more: int) -> None:
    found = estimates.wilson(yes, yes + more)
    assert 0 <= found.low <= found.high <= 1
    if found.share is not None:
        assert found.low <= found.share <= found.high
        wider = estimates.wilson(yes * 10, found.of * 10)
        assert wider.high - wider.low <= found.high - found.low


@given(st.integers(1, 99), st.integers(1, 99), st.integers(0, 99), st.data())
def test_recall_lies_in_its_interval(judged: int, apart: int, joined: int, data: Any) -> None:
    linked = Sampled(1000, judged, data.draw(st.integers(0, judged)))
    kept = Sampled(5000, apart, data.draw(st.integers(0, apart)))
    found = estimates.recall(linked, kept, joined)
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        estimates.wilson(3, 2)

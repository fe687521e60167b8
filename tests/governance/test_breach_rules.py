"""Who read what they could not have read: beside a truth that was written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.governance.rules.breach import Look, Worked, readers

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA, BEN = frozenset({"ada"}), frozenset({"ben", "ben before"})


def at(hour: int) -> datetime:
    return T0 + timedelta(hours=hour)


def look(who: str, hour: int, page: str = "child") -> Look:
    return Look(who, at(hour), page, ADA, BEN)


CASES = [
    ("works with one, read the other", [Worked("u", "ada", at(0), None)], [5], {("u", False): 1}),
    ("works with the other", [Worked("u", "ben", at(0), None)], [5, 6], {("u", True): 2}),
    ("by an earlier name of them", [Worked("u", "ben before", at(0), None)], [5], {("u", True): 1}),
    (
        "works with both",
        [Worked("u", "ada", at(0), None), Worked("u", "ben", at(0), None)],
        [5],
        {},
    ),
    (
        "works with neither",
        [Worked("u", "cai", at(0), None)],
        [5],
        {("u", True): 1, ("u", False): 1},
    ),
    (
        "had ended before",
        [Worked("u", "ada", at(0), None), Worked("u", "ben", at(0), at(4))],
        [3, 5],
        {("u", False): 1},
    ),
    (
        "ended at that instant",
        [Worked("u", "ada", at(0), None), Worked("u", "ben", at(0), at(5))],
        [5],
        {("u", False): 1},
    ),
    (
        "began at that instant",
        [Worked("u", "ada", at(0), None), Worked("u", "ben", at(5), None)],
        [5],
        {},
    ),
    (
        "began after",
        [Worked("u", "ada", at(0), None), Worked("u", "ben", at(6), None)],
        [5],
        {("u", False): 1},
    ),
    ("somebody else works with both", [Worked("v", "ada", at(0), None)], [], {}),
]


@pytest.mark.parametrize(
    ("worked", "hours", "truth"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_promise_33_who_read_what_by_example(
    worked: list[Worked], hours: list[int], truth: dict[tuple[str, bool], int]
) -> None:
    found = readers([look("u", hour) for hour in hours], worked)
    assert {key: read.looks for key, read in found.items()} == truth


def test_when_and_on_which_pages() -> None:
    looks = [look("u", 7, "moment"), look("u", 5), look("u", 6)]
    (read,) = readers(looks, [Worked("u", "ada", at(0), None)]).values()
    assert (read.first, read.last, read.looks) == (at(5), at(7), 3)
    assert read.pages == ["child", "moment"]


spans = st.tuples(
    st.sampled_from(["u", "v"]),
    st.sampled_from(["ada", "ben", "ben before", "cai"]),
    st.integers(0, 9),
    st.one_of(st.none(), st.integers(1, 10)),
)


@given(
    st.lists(spans, max_size=8),
    st.lists(st.tuples(st.sampled_from(["u", "v"]), st.integers(0, 10)), max_size=8),
)
def test_promise_33_the_list_of_readers_is_exact(
    held: list[tuple[str, str, int, int | None]], looked: list[tuple[str, int]]
) -> None:
    """Hour by hour on a wall chart: who works with whom in each of them."""
    chart = {
        (who, child, hour)
        for who, child, began, ended in held
        for hour in range(11)
        if began <= hour < (11 if ended is None else ended)
    }
    truth: dict[tuple[str, bool], int] = {}
    for who, hour in looked:
        if (who, "ada", hour) not in chart:
            truth[who, True] = truth.get((who, True), 0) + 1
        if not {(who, "ben", hour), (who, "ben before", hour)} & chart:
            truth[who, False] = truth.get((who, False), 0) + 1
    worked = [
        Worked(who, child, at(began), None if ended is None else at(ended))
        for who, child, began, ended in held
    ]
    found = readers([look(who, hour) for who, hour in looked], worked)
    assert {key: read.looks for key, read in found.items()} == truth

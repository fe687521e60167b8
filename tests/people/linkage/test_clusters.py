"""Groups of records by the mean evidence between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.people.linkage.clusters import Pair, average_linkage

BY_EXAMPLE: list[tuple[str, int, list[Pair], list[int]]] = [
    ("nobody", 0, [], []),
    ("nothing in common", 3, [], [0, 1, 2]),
    ("a pair", 3, [(0, 2, 9.0)], [0, 1, 0]),
    ("evidence against", 2, [(0, 1, -1.0)], [0, 1]),
    ("just enough", 2, [(0, 1, 0.0)], [0, 0]),
    # Two families with one wrong link between: the four pairs that lack evidence outweigh it.
    (
        "one link between two families",
        6,
        [(0, 1, 9.0), (1, 2, 9.0), (0, 2, 9.0), (3, 4, 9.0), (4, 5, 9.0), (3, 5, 9.0), (2, 3, 8.0)],
        [0, 0, 0, 3, 3, 3],
    ),
    ("a chain of strong links", 3, [(0, 1, 20.0), (1, 2, 20.0)], [0, 0, 0]),
    ("a chain of weak links", 3, [(0, 1, 4.0), (1, 2, 3.0)], [0, 0, 2]),
    ("the strongest first", 3, [(0, 1, 5.0), (1, 2, 6.0)], [0, 1, 1]),
]


@pytest.mark.parametrize(
    ("records", "pairs", "groups"),
    [each[1:] for each in BY_EXAMPLE],
    ids=[each[0] for each in BY_EXAMPLE],
)
def test_groups_by_example(records: int, pairs: list[Pair], groups: list[int]) -> None:
    assert average_linkage(records, pairs, least=0, not_compared=-8) == groups


@st.composite
def weighed(draw: st.DrawFn) -> tuple[int, dict[tuple[int, int], float]]:
    records = draw(st.integers(1, 9))
    pairs = [(one, other) for one in range(records) for other in range(one + 1, records)]
    weights = st.floats(-8, 30, allow_nan=False)
    return records, draw(st.dictionaries(st.sampled_from(pairs), weights)) if pairs else {}


@given(weighed(), st.floats(-4, 12))
def test_no_two_groups_that_remain_have_enough_evidence_between_them(
    drawn: tuple[int, dict[tuple[int, int], float]], least: float
) -> None:
    records, weights = drawn
    pairs = [(one, other, weight) for (one, other), weight in weights.items()]
    groups = average_linkage(records, pairs, least=least, not_compared=-8)
    assert [groups[group] for group in groups] == groups, "a group is called by its lowest record"
    for one in set(groups):
        for other in set(groups) - {one}:
            between = [
                weights.get((min(a, b), max(a, b)))
                for a in range(records)
                for b in range(records)
                if (groups[a], groups[b]) == (one, other)
            ]
            if any(weight is not None for weight in between):
                known = [-8.0 if weight is None else weight for weight in between]
                assert sum(known) / len(known) < least + 1e-6

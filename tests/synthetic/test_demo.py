"""What the demonstration says when it has loaded its year."""

from __future__ import annotations

import pytest

from reachable.synthetic.demo import _in_words

FIGURES = ("signals", "people", "moments", "reached", "missed", "told_too_late", "overdue")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, ["1 signal about 1 person opened 1 reachable moment", "1 clock ran", "1 is overdue"]),
        (2, ["2 signals about 2 people opened 2 reachable", "2 clocks ran", "2 are overdue"]),
    ],
)
def test_the_summary_says_one_and_many_as_people_do(count: int, said: list[str]) -> None:
    words = _in_words({**dict.fromkeys(FIGURES, count), "quarantined": count, "seconds": 1.5})
    for part in said:
        assert part in words
    assert ("1 row waits" if count == 1 else "2 rows wait") in words

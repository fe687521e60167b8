"""Marks inside names and dates, and the waterfall: pure, on given values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.people import marks, waterfall
from reachable.people.rules import Identity
from reachable.people.waterfall import Part


def shown(pieces: list[marks.Piece]) -> str:
    return "".join(f"[{each.text}]" if each.marked else each.text for each in pieces)


@pytest.mark.parametrize(
    ("mine", "theirs", "here", "there", "said"),
    [
        ("Tamsin", "Tamsin", "Tamsin", "Tamsin", ""),
        ("TAMSIN", "Tamsin", "TAMSIN", "Tamsin", ""),
        ("Tamsin", "Tamsyn", "Tams[i]n", "Tams[y]n", "has “y” for “i”"),
        ("Ada", "Adda", "Ada", "Ad[d]a", "has “d” more"),
        ("Adda", "Ada", "Ad[d]a", "Ada", "lacks “d”"),
        ("Tamsin", "Tasmin", "Ta[ms]in", "Ta[sm]in", "“m” and “s” changed places"),
        (
            "Tamsin Orrell",
            "Orrell Tamsin",
            "Tamsin Orrell",
            "Orrell Tamsin",
            "the same words in another order",
        ),
        ("Hale-Okafor", "Hale Okafor", "Hale-Okafor", "Hale Okafor", "other marks or hyphens only"),
        ("Kofi", "Wren", "Kofi", "Wren", ""),
        ("9990000018", "9990000028", "99900000[1]8", "99900000[2]8", "has “2” for “1”"),
    ],
)
def test_marks_by_example(mine: str, theirs: str, here: str, there: str, said: str) -> None:
    found = marks.marked(mine, theirs)
    assert (shown(found.mine), shown(found.theirs), found.said) == (here, there, said)


@pytest.mark.parametrize(
    ("mine", "theirs", "there", "said"),
    [
        ("2012-03-05", "2012-05-03", "[3] [May] 2012", "day and month are swapped"),
        ("2012-03-05", "2012-03-06", "[6] March 2012", "the day only"),
        ("2012-03-05", "2011-03-05", "5 March [2011]", "the year only"),
        ("2012-03-05", "2011-04-05", "5 [April] [2011]", ""),
    ],
)
def test_days_by_example(mine: str, theirs: str, there: str, said: str) -> None:
    found = marks.marked_days(date.fromisoformat(mine), date.fromisoformat(theirs))
    assert (shown(found.theirs), found.said) == (there, said)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_letter_is_lost_or_added_by_marking(mine: str, theirs: str) -> None:
    found = marks.marked(mine, theirs)
    assert "".join(each.text for each in found.mine) == mine
    assert "".join(each.text for each in found.theirs) == theirs


PARTS = [
    Part("Prior", "few pairs are one child", -13.0),
    Part("Name", "the same", 9.5),
    Part("Born", "the same day", 8.2),
    Part("Postcode", "different", -0.04),
    Part("NHS number", "different", -6.0),
]


def test_each_bar_begins_where_the_last_ended() -> None:
    drawn = waterfall.draw(PARTS)
    assert [each.side for each in drawn.bars] == ["against", "for", "for", "silent", "against"]
    at = drawn.zero
    for bar in drawn.bars:
        start = bar.x if bar.side == "for" else bar.x + bar.width
        if bar.side != "silent":
            assert abs(start - at) < 0.3
        at = bar.line_to
    assert all(bar.x >= 0 and bar.x + bar.width <= drawn.width for bar in drawn.bars)
    assert [bar.y for bar in drawn.bars] == sorted(bar.y for bar in drawn.bars)
    assert drawn.height == 5 * waterfall.ROW


def test_the_picture_is_said_in_words() -> None:
    words = waterfall.draw(PARTS).words
    assert words.startswith("Prior speaks against it, 8,200 to one; Name speaks for it, 720 to one")
    assert words.endswith("All together it speaks against it, 2.5 to one.")
    assert waterfall.draw([]).words == "Nothing was compared."
    assert waterfall.in_words(0.04) == "says nothing either way"
    assert waterfall.in_words(25) == "speaks for it, more than a million to one"


WEIGHTS = st.lists(st.floats(-40, 40, allow_nan=False), min_size=1, max_size=12)


@given(WEIGHTS)
def test_the_total_is_the_sum_and_nothing_leaves_the_picture(weights: list[float]) -> None:
    parts = [Part(str(at), "", weight) for at, weight in enumerate(weights)]
    assert abs(waterfall.running(parts)[-1].after - sum(weights)) < 1e-9
    drawn = waterfall.draw(parts)
    assert all(-0.1 <= bar.x <= drawn.width for bar in drawn.bars)
    assert 0 <= drawn.zero <= drawn.width


def test_without_a_model_the_rules_say_what_agrees() -> None:
    one = Identity("orrell", "tamsin", date(2012, 3, 5), "FX11AA", "9990000018", "")
    two = Identity("orrell", "tamsyn", date(2012, 5, 3), "FX22BB", "9990000026", "A1")
    said = [(each.label, each.side) for each in waterfall.by_rule(one, two)]
    assert said == [
        ("Name", "for"),
        ("Born", "silent"),
        ("Postcode", "silent"),
        ("NHS number", "against"),
        ("UPN", "silent"),
    ]
    nobody = Identity("", "", None, "")
    assert {each.side for each in waterfall.by_rule(one, nobody)} == {"silent"}

"""The drawings beside words for children: small, of one kind, and one for each sentence."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from reachable.conversations.pictures import drawings
from reachable.conversations.rules.card import tells
from reachable.conversations.rules.parts import TOLD
from reachable.practice import guidance

MOST_BYTES = 1_500
SVG = "{http://www.w3.org/2000/svg}"


def test_every_sentence_has_a_drawing_of_its_own_and_no_drawing_is_left_over() -> None:
    named = [each.picture for each in guidance.child_words()]
    assert sorted(named) == sorted(drawings())
    assert all(each.shows for each in guidance.child_words())


@pytest.mark.parametrize("name", sorted(drawings()))
def test_a_drawing_is_small_and_of_lines_in_one_colour(name: str) -> None:
    drawn = drawings()[name]
    assert len(drawn.encode()) < MOST_BYTES
    root = ElementTree.fromstring(drawn)
    assert root.get("viewBox") == "0 0 64 64"
    assert {each.tag for each in root} <= {f"{SVG}path", f"{SVG}circle"}
    assert {value for each in root.iter() if (value := each.get("stroke"))} == {"#000"}
    assert {value for each in root.iter() if (value := each.get("fill"))} == {"none"}
    # Nothing reaches over the edge, where it would be cut off.
    assert all(0 <= float(each) <= 64 for each in _far(root))


def _far(root: ElementTree.Element) -> list[str]:
    circles = [each for each in root if each.tag == f"{SVG}circle"]
    ends = [
        str(float(each.get(at, "0")) + sign * float(each.get("r", "0")))
        for each in circles
        for at in ("cx", "cy")
        for sign in (1, -1)
    ]
    starts = [
        number
        for each in root
        for number in re.findall(r"M\s?(-?[\d.]+)[ ,](-?[\d.]+)", each.get("d", ""))
    ]
    return ends + [each for pair in starts for each in pair]


def test_everybody_who_may_read_has_a_sentence() -> None:
    who = next(field for field in TOLD.fields if field.key == "who")
    told = [each.told for each in guidance.child_words() if each.told]
    assert sorted(told) == sorted(key for key, _ in who.options)


def test_what_may_stand_on_a_card_tells_nothing() -> None:
    on_card = [each for each in guidance.child_words() if each.on_card]
    assert {each.key for each in on_card} >= {"stop", "skip", "come_back", "complain"}
    for each in on_card:
        assert tells("\n".join(each.easy), names=[], agencies=[]) == (), each.key
        assert not each.told

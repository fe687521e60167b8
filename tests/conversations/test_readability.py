"""What a child is told can be read, and understood, at eleven."""

from __future__ import annotations

import re

import pytest

from reachable.practice import guidance
from reachable.practice.items import ChildWords
from tests.support.reading import reading_age

OLDEST = 11


def test_the_formula_tells_a_letter_of_an_office_from_what_a_child_reads() -> None:
    office = (
        "Pursuant to statutory safeguarding responsibilities, the multi-agency partnership "
        "will undertake a comprehensive assessment of contextual vulnerabilities."
    )
    assert reading_age(office) > 18
    assert reading_age("The cat sat on the mat. It was warm there.") < 8


@pytest.mark.parametrize("guide", guidance.guides(), ids=lambda guide: guide.key)
def test_what_a_guide_says_to_a_child_is_understood_at_eleven(guide: object) -> None:
    say = guidance.guide(str(getattr(guide, "key", ""))).say
    assert reading_age(" ".join(say)) <= OLDEST
    for sentence in say:
        assert len(sentence.split()) <= 20, sentence


def test_each_kind_of_moment_has_one_guide_that_is_offered_first() -> None:
    for kind in guidance.moment_kinds():
        assert len([each for each in guidance.guides() if kind.key in each.moments]) == 1, kind.key


@pytest.mark.parametrize("words", guidance.child_words(), ids=lambda words: words.key)
def test_what_every_child_is_told_is_understood_at_eleven(words: ChildWords) -> None:
    assert reading_age(words.say) <= OLDEST
    for sentence in re.split(r"(?<=[.?!])\s+", words.say):
        assert len(sentence.split()) <= 20, sentence


@pytest.mark.parametrize("words", guidance.child_words(), ids=lambda words: words.key)
def test_easy_read_has_one_idea_a_line_in_short_words(words: ChildWords) -> None:
    assert reading_age(" ".join(words.easy)) <= OLDEST
    assert 1 < len(words.easy) <= 4
    for line in words.easy:
        assert len(line.split()) <= 10, line
        assert len(re.findall(r"[.?!]", line)) == 1, f"more than one idea: {line}"


def test_easy_read_is_easier_than_what_is_said() -> None:
    every = guidance.child_words()
    easy = reading_age(" ".join(line for each in every for line in each.easy))
    assert easy < reading_age(" ".join(each.say for each in every))
    assert easy < 9

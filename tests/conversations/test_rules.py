"""What a conversation holds, which version stands, and who reads a child’s own words."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.conversations.rules import parts, versions
from reachable.conversations.rules.audience import (
    TEAM,
    Reader,
    Told,
    for_reader,
    keeps_words,
    may_read_words,
    told_in,
)
from reachable.conversations.rules.card import tells
from reachable.conversations.rules.content import Unreadable, answer, lacks, read
from reachable.conversations.rules.thread import BROKEN_AFTER, between
from reachable.conversations.rules.versions import Written
from reachable.conversations.wording import AGENCY_KINDS
from reachable.moments.contact import WAYS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
TEXT = st.text(min_size=1, max_size=60)


@given(words=TEXT.filter(lambda said: bool(said.strip()) and "\0" not in said))
def test_a_childs_words_are_kept_to_the_letter(words: str) -> None:
    assert read({"words": {"words": words}}) == {"words": {"words": words}}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, {}),
        ({"words": {"words": "  \n "}}, {}),
        ({"words": {}}, {}),
        ({"invitation": {"answer": ""}}, {}),
        ({"communication": {"needs": []}}, {}),
        (
            {"communication": {"needs": ["welsh", "welsh"]}},
            {"communication": {"needs": ["welsh"]}},
        ),
        (
            {"noticed": {"things": [{}, {"what": " two phones", "how": "seen"}]}},
            {"noticed": {"things": [{"what": " two phones", "how": "seen"}]}},
        ),
        ({"next": {"day": "2026-12-01"}}, {"next": {"day": "2026-12-01"}}),
    ],
)
def test_what_is_empty_is_left_out_and_all_else_stays(sent: Any, kept: Any) -> None:
    assert read(sent) == kept


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([], "This is not a conversation."),
        ({"colour": {}}, "There is no part called “colour”."),
        ({"words": "hello"}, "“In the child’s own words” is not a list of answers."),
        ({"words": {"score": "9"}}, "“In the child’s own words” does not ask for “score”."),
        (
            {"words": {"words": ["a"]}},
            "“What the child said” in “In the child’s own words” is not text.",
        ),
        (
            {"safety": {"safe": "perhaps"}},
            "“Safe until you or somebody else sees them next?” in “Is the child safe now?” is none "
            "of the choices.",
        ),
        (
            {"next": {"day": "tomorrow"}},
            "“On which day?” in “When you meet again” is not a day.",
        ),
        (
            {"next": {"who": "Sol"}},
            "“Who meets the child?” in “When you meet again” names nobody.",
        ),
        (
            {"words": {"words": "a" * 10_001}},
            "“What the child said” in “In the child’s own words” has 10,001 characters; 10,000 is "
            "the most.",
        ),
        (
            {"noticed": {"things": [{"what": "a"}] * 21}},
            "“What?” in “What you noticed” has 21 rows; 20 is the most.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(sent: Any, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(sent)
    assert str(refused.value) == told


@given(sent=JSON)
def test_whatever_is_sent_is_read_or_refused(sent: Any) -> None:
    with suppress(Unreadable):
        kept = read(sent)
        assert read(json.loads(json.dumps(kept))) == kept


@pytest.mark.parametrize(
    ("given_answer", "lacking"),
    [
        ({}, 0),
        ({"answer": "talked"}, 0),
        ({"answer": "offered"}, 0),
        ({"answer": "declined"}, 2),
        ({"answer": "not_now", "again_on": "2026-12-01"}, 1),
        ({"answer": "not_now", "again_on": "2026-12-01", "again_by": str(uuid4())}, 0),
    ],
)
def test_only_a_no_has_to_say_when_it_is_asked_again_and_by_whom(
    given_answer: dict[str, str], lacking: int
) -> None:
    content = {"invitation": given_answer} if given_answer else {}
    assert len(lacks(content)) == lacking
    assert answer(content) == given_answer.get("answer", "")


A, B, C, D = (UUID(int=number) for number in range(1, 5))


@pytest.mark.parametrize(
    ("written", "stand"),
    [
        ([], set()),
        ([(A, ())], {A}),
        ([(A, ()), (B, (A,))], {B}),
        ([(A, ()), (B, ())], {A, B}),
        ([(A, ()), (B, (A,)), (C, (A,))], {B, C}),
        ([(A, ()), (B, (A,)), (C, (A,)), (D, (B, C))], {D}),
        ([(B, (A,))], {B}),
        ([(A, (A,))], {A}),
    ],
)
def test_a_version_stands_until_another_was_written_on_it(
    written: list[tuple[UUID, tuple[UUID, ...]]], stand: set[UUID]
) -> None:
    """In whatever order they come in: a phone without signal sends late."""
    for order in permutations(written):
        found = versions.standing([Written(key, frozenset(bases)) for key, bases in order])
        assert set(found) == stand


@pytest.mark.parametrize(
    ("written", "drafts", "last"),
    [
        ([(A, ()), (B, (A,))], "", {B}),
        ([(A, ()), (B, (A,))], "B", {A}),
        ([(A, ()), (B, (A,)), (C, (B,))], "B", {C}),
        ([(A, ()), (B, ())], "", {A, B}),
        ([(A, ())], "A", set()),
    ],
)
def test_a_finished_version_counts_until_another_was_finished_on_top(
    written: list[tuple[UUID, tuple[UUID, ...]]], drafts: str, last: set[UUID]
) -> None:
    """In whatever order they come in, and though a draft lies between the two."""
    begun = {{"A": A, "B": B}[name] for name in drafts}
    for order in permutations(written):
        versions_there = [Written(key, frozenset(bases)) for key, bases in order]
        finished = [key for key, _ in order if key not in begun]
        assert set(versions.last_finished(versions_there, finished)) == last


def test_what_nobody_has_begun_to_change_counts_most() -> None:
    begun = [Written(A, frozenset()), Written(B, frozenset()), Written(C, frozenset({B}))]
    for order in permutations(begun):
        assert versions.last_finished(order, [A, B])[-1] == A


HUB, OTHER, WRITER = UUID(int=10), UUID(int=11), UUID(int=20)


@pytest.mark.parametrize(
    ("who", "kind", "teams", "told", "shared", "reads"),
    [
        ("the writer", "council", {HUB}, (), (), True),
        ("the writer, who left the team", "council", set(), (), (), True),
        ("a colleague, nothing said", "council", {HUB}, (), (), False),
        ("a colleague, team named", "council", {HUB}, ("team",), (), True),
        ("another team, team named", "council", {OTHER}, ("team",), (), False),
        ("a school that was named", "school", set(), ("school",), (), True),
        ("a school that was not", "school", set(), ("health",), (), False),
        ("a school by a decision", "school", set(), (), ("school",), True),
        ("police who were named", "police", set(), ("police",), (), False),
        ("police in the team", "police", {HUB}, ("team", "police"), (), False),
        ("police by a decision", "police", set(), (), ("police",), True),
    ],
)
def test_who_reads_a_childs_words(
    who: str, kind: str, teams: set[UUID], told: Any, shared: Any, reads: bool
) -> None:
    reader = Reader(WRITER if "writer" in who else uuid4(), kind, frozenset(teams))
    assert may_read_words(reader, Told(WRITER, HUB, frozenset(told), frozenset(shared))) is reads


@given(told=st.frozensets(st.sampled_from([key for key, _ in parts.TOLD.fields[0].options])))
def test_police_read_a_childs_words_by_a_decision_only(told: frozenset[str]) -> None:
    reader = Reader(uuid4(), "police", frozenset({HUB}))
    assert not may_read_words(reader, Told(WRITER, HUB, told, frozenset({"school"})))


def test_what_others_read_leaves_out_words_and_wishes_and_nothing_else() -> None:
    content = {part.key: {"any": "thing"} for part in parts.PARTS}
    assert for_reader(content, reads_words=True) == content
    assert set(content) - set(for_reader(content, reads_words=False)) == {"words", "wishes"}


def test_the_thread_says_how_long_between_and_whether_it_is_the_same_adult() -> None:
    at = datetime(2026, 11, 1, 20, tzinfo=UTC)
    first, second = uuid4(), uuid4()
    long_after = at + BROKEN_AFTER + timedelta(minutes=1)
    found = between([(long_after, second), (at, first), (at - timedelta(days=3), first)])
    assert [(each.same_adult, each.broken) for each in found] == [
        (False, True),
        (True, False),
        (True, False),
    ]
    assert found[1].gap == timedelta(days=3)
    assert found[2].gap is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Thursday at four, by the bench.\n07700 900123", ()),
        ("I am here on Thursday, after school.", ()),
        ("Ask for Fern.", ("Fern",)),
        ("ask for fern", ("Fern",)),
        ("Under the ferns", ()),
        ("Hub of Fenmarch Council", ("council", "Fenmarch Council")),
        ("You are a victim of exploitation", ("exploit", "victim")),
        ("Your social\nworker rings", ("social work",)),
        ("Al is there", ()),
        ("Tamsin, see you", ("Tamsin",)),
    ],
)
def test_a_card_tells_whoever_finds_it_nothing(text: str, found: tuple[str, ...]) -> None:
    said = tells(
        text, names=["Fern First", "Al Orrell", "Tamsin Orrell"], agencies=["Fenmarch Council"]
    )
    assert said == found


def test_ways_and_agencies_are_called_here_as_they_are_elsewhere() -> None:
    """Rules know no other room, so the words stand twice; they must not part."""
    how = next(field for field in parts.INVITATION.fields if field.key == "how")
    assert how.options == WAYS
    told = {key for key, _ in parts.TOLD.fields[0].options}
    assert told - {TEAM} == AGENCY_KINDS.keys()


@pytest.mark.parametrize(
    ("content", "keeps"),
    [
        ({}, False),
        ({"invitation": {"answer": "talked"}}, False),
        ({"words": {"words": "Nobody asked."}}, True),
        ({"wishes": {"wants": "To go home."}, "invitation": {"answer": "talked"}}, True),
    ],
)
def test_a_version_keeps_words_where_a_part_of_it_is_for_an_audience(
    content: dict[str, dict[str, Any]], keeps: bool
) -> None:
    assert keeps_words(content) is keeps


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, set()),
        ({"told": {}}, set()),
        ({"told": {"how": "read aloud"}}, set()),
        ({"told": {"who": ["team", "police"]}}, {"team", "police"}),
        ({"words": {"who": ["police"]}}, set()),
    ],
)
def test_whom_a_child_was_told_about_stands_where_they_were_told(
    content: dict[str, Any], told: set[str]
) -> None:
    assert told_in(content) == told

"""What a candidate is known by, what it may be the same as, and which offers a talk leads to."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.conversations.rules import candidates as rules
from reachable.conversations.rules import parts
from reachable.conversations.rules.candidates import Known, Said, alike, candidate_id, said_in
from reachable.conversations.rules.content import Unreadable, read
from reachable.conversations.rules.offered import (
    Offered,
    chosen_service,
    gap_in,
    not_recordable,
    offered_in,
    service_key,
    services_in,
    to_record,
)
from reachable.conversations.wording import CANDIDATE_KINDS, MAY_BE_BY
from reachable.offers.rules.standing import ANSWERS
from reachable.provision import taxonomy

TALK = UUID(int=7)
ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))


def noted(*things: dict[str, str]) -> dict[str, Any]:
    return {"candidates": {"things": list(things)}}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({}, ()),
        (noted(), ()),
        (noted({"kind": "place"}), ()),
        (noted({"what": "the  arcade "}), (Said("", "the arcade"),)),
        (
            noted({"kind": "place", "what": "arcade"}, {"kind": "place", "what": "arcade"}),
            (Said("place", "arcade"),),
        ),
        (
            noted({"kind": "place", "what": "Dan"}, {"kind": "person", "what": "Dan"}),
            (Said("place", "Dan"), Said("person", "Dan")),
        ),
    ],
)
def test_a_row_with_words_is_a_candidate_once(
    content: dict[str, Any], found: tuple[Said, ...]
) -> None:
    assert said_in(content) == found


TEXTS = st.text(min_size=1, max_size=20)


@given(TEXTS, TEXTS)
def test_a_candidate_is_known_again_by_what_was_said_in_its_conversation(
    one: str, other: str
) -> None:
    said = Said("place", one)
    assert candidate_id(TALK, said) == candidate_id(TALK, Said("place", one))
    assert candidate_id(TALK, said) != candidate_id(UUID(int=8), said)
    same = candidate_id(TALK, said) == candidate_id(TALK, Said("place", other))
    assert same == (one == other)


TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("decision", "until", "stands"),
    [
        ("", None, "waiting"),
        ("confirmed", None, "confirmed"),
        ("set_aside", None, "set_aside"),
        ("taken_back", None, "waiting"),
        ("put_off", date(2026, 3, 3), "later"),
        ("put_off", TODAY, "waiting"),
        ("put_off", date(2026, 3, 1), "waiting"),
    ],
)
def test_where_a_candidate_stands_after_the_last_decision(
    decision: str, until: date | None, stands: str
) -> None:
    assert rules.state(decision, until, TODAY) == stands


KNOWN = (
    Known(ONE, "place", "The Arcade", "FX1 1AA"),
    Known(OTHER, "place", "Withyholm station"),
    Known(THIRD, "person", "“Uncle”"),
)


@pytest.mark.parametrize(
    ("said", "postcode", "found"),
    [
        (Said("place", "the ARCADE"), "", [(ONE, "name")]),
        (Said("place", "Arcáde"), "", [(ONE, "name")]),
        (Said("", "arcade"), "", [(ONE, "name")]),
        (Said("person", "the arcade"), "", []),
        (Said("place", "the flats, fx11aa"), "", [(ONE, "postcode")]),
        (Said("place", "the flats"), "FX1 1AA", [(ONE, "postcode")]),
        (Said("place", "the flats"), "FX1 1AB", []),
        (Said("place", "The station"), "", [(OTHER, "part")]),
        (Said("place", "behind the Arcade, upstairs"), "", [(ONE, "part")]),
        (Said("person", "Somebody called “Uncle”, twenty-five or so"), "", [(THIRD, "part")]),
        (Said("place", "Withyholm station"), "FX1 1AA", [(OTHER, "name"), (ONE, "postcode")]),
        (Said("travel", "Withyholm station"), "", []),
        (Said("place", "…"), "", []),
    ],
)
def test_what_may_be_the_same_is_suggested_by_name_and_by_postcode(
    said: Said, postcode: str, found: list[tuple[UUID, str]]
) -> None:
    assert [(each.id, each.why) for each in alike(said, KNOWN, postcode=postcode)] == found


@given(st.permutations(KNOWN), st.sampled_from(["arcade", "station, FX1 1AA", "uncle", "x"]))
def test_the_order_in_which_things_are_known_changes_nothing(known: list[Known], what: str) -> None:
    assert alike(Said("", what), known) == alike(Said("", what), KNOWN)


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("The arcade", "", ""),
        ("Tamsin’s bench", "tamsin", ""),
        ("TAMSIN", "tamsin", ""),
        ("Orrell, Tamsin", "tamsin", "tamsin orrell"),
        ("The Orrells", "", ""),
        ("Al goes there", "", ""),
    ],
)
def test_a_childs_name_is_found_in_what_others_read(text: str, part: str, whole: str) -> None:
    assert rules.names_child(text, ["Tamsin Orrell", "Al Li"]) == part
    assert rules.names_whole(text, ["Tamsin Orrell"]) == whole


def offered(*rows: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"offered": {"services": list(rows), **more}}


BUS = {"id": str(ONE), "name": "Night Bus"}
TYPED = {"name": "Somewhere else"}


@pytest.mark.parametrize(
    ("content", "noted_before", "made"),
    [
        ({}, {}, []),
        (offered({"service": BUS, "said": "yes"}), {}, ["wants"]),
        (offered({"service": BUS, "said": "thinks"}), {}, ["not_now"]),
        (offered({"service": BUS, "said": "no"}), {}, ["no"]),
        (offered({"service": BUS}), {}, []),
        (offered({"said": "yes"}), {}, []),
        (offered({"service": TYPED, "said": "yes"}), {}, []),
        (offered({"service": BUS, "said": "yes"}), {str(ONE): "wants"}, []),
        (offered({"service": BUS, "said": "no"}), {str(ONE): "wants"}, ["no"]),
        (
            offered({"service": BUS, "said": "thinks"}, {"service": BUS, "said": "yes"}),
            {},
            ["wants"],
        ),
    ],
)
def test_each_answer_is_recorded_once(
    content: dict[str, Any], noted_before: dict[str, str], made: list[str]
) -> None:
    found = to_record(content, noted_before)
    assert [each.answer for each in found] == made
    assert set(made) <= ANSWERS


def test_what_cannot_be_recorded_is_named() -> None:
    content = offered({"service": BUS}, {"service": TYPED, "said": "yes"})
    assert not_recordable(content, {}) == (
        Offered(ONE, "Night Bus", ""),
        Offered(None, "Somewhere else", "wants"),
    )
    # An answer that was taken out again leaves the offer as it was recorded.
    assert not_recordable(content, {str(ONE): "wants"}) == (
        Offered(None, "Somewhere else", "wants"),
    )
    assert len(offered_in(content)) == 2


@pytest.mark.parametrize(
    ("content", "help"),
    [
        ({}, None),
        (offered(help="legal"), None),
        (offered(nothing_fits="yes"), ""),
        (offered(nothing_fits="yes", help="legal"), "legal"),
    ],
)
def test_a_gap_is_what_somebody_says_is_one(content: dict[str, Any], help: str | None) -> None:
    assert gap_in(content) == help


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (BUS, BUS),
        ({"id": str(ONE).upper(), "name": "Night Bus"}, BUS),
        ("Night Bus", {"name": "Night Bus"}),
        ({"id": "", "name": " "}, None),
        ("", None),
    ],
)
def test_a_service_is_kept_with_its_name_as_it_was_read(sent: Any, kept: Any) -> None:
    found = read(offered({"service": sent, "said": "yes"}))
    row = {"said": "yes"} if kept is None else {"service": kept, "said": "yes"}
    assert found == offered(row)


@pytest.mark.parametrize(
    "sent",
    [
        {"id": "no-identifier", "name": "Night Bus"},
        {"id": str(ONE)},
        {"id": str(ONE), "name": "x" * 201},
        {"id": 7, "name": "Night Bus"},
        {"name": "Night Bus", "more": "x"},
        ["Night Bus"],
    ],
)
def test_what_is_no_service_is_refused_with_the_place(sent: Any) -> None:
    with pytest.raises(Unreadable, match="“Which service\\?” in “What you offered”"):
        read(offered({"service": sent, "said": "yes"}))


def test_a_list_knows_a_service_by_its_identifier_or_by_its_name() -> None:
    content = offered({"service": BUS}, {"service": TYPED}, {"said": "no"})
    names = services_in(content)
    assert names == {str(ONE): "Night Bus", "=Somewhere else": "Somewhere else"}
    assert [chosen_service(key, names) for key in names] == [BUS, TYPED]
    assert [service_key(each) for each in (BUS, TYPED)] == list(names)


def test_words_are_the_same_here_and_in_the_directory() -> None:
    """Rules know no directory, so the kinds of help stand twice; they must not part."""
    help = next(each for each in parts.HELP_OFFERED.fields if each.key == "help")
    terms = taxonomy.taxonomies()["help"].terms
    assert help.options == tuple((term.key, term.name) for term in terms)
    assert CANDIDATE_KINDS.keys() == {*rules.KINDS, ""}
    assert MAY_BE_BY.keys() == set(rules.WHY)

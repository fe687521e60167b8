"""What is within “exactly that much” of what was shared, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reachable.access.rules.seeing import Conflicted
from reachable.sharing.rules.given import Decided, KeptFrom, Read, Said, opens, reads
from reachable.sharing.rules.standing import ENDED, NOT_AGREED, OVER, WAITS

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def said(*values: str, at: str = "identity", agency: str = "council", **more: Any) -> Said:
    return Said(values, at, agency, **more)


@pytest.mark.parametrize(
    ("kind", "then", "now", "read"),
    [
        # What its records say of somebody now, put right or not.
        ("name", said("Orrell"), said("Orrell"), Read(said("Orrell"))),
        ("name", said("Orrel"), said("Orrell"), Read(said("Orrell"), changed=True)),
        ("birth_date", said("3 March"), said("4 March"), Read(said("4 March"), changed=True)),
        ("name", said("Orrell"), None, None),
        # Another agency says it now: that it does is no part of what was shared.
        (
            "name",
            said("Orrell"),
            said("Orrell", agency="police"),
            Read(said("Orrell", agency="")),
        ),
        # Where the child lives now is another fact; that it has changed is said.
        ("postcode", said("FX1 1AA"), said("FX1 1AA"), Read(said("FX1 1AA"))),
        ("postcode", said("FX1 1AA"), said("FX2 2BB"), Read(said(agency=""), changed=True)),
        # Only what was said then, and still is.
        (
            "also_known_as",
            said("Tam", "Tammy"),
            said("Tammy", "Lark"),
            Read(said("Tammy")),
        ),
        ("also_known_as", said("Tam"), said("Lark"), None),
        (
            "communication_needs",
            said("Short sentences", at="welfare"),
            said("An interpreter", at="welfare"),
            None,
        ),
        # An event as its agency puts it right, while it stays where it was.
        ("event", said("Arrest"), said("Arrest, corrected"), Read(said("Arrest, corrected"))),
        ("event", said("Arrest", at="justice"), said("Arrest", at="intelligence"), None),
        ("event", said("Arrest"), said("Arrest", on_conditions=True), None),
        ("name", said("Orrell"), said("Orrell", at="welfare"), None),
    ],
)
def test_what_is_read_of_a_piece(
    kind: str, then: Said, now: Said | None, read: Read | None
) -> None:
    assert reads(kind, then, now, met=False) == read


@pytest.mark.parametrize("kind", ["name", "birth_date", "nhs_number", "upn"])
def test_the_same_fact_put_right_is_read_as_it_says_now(kind: str) -> None:
    assert reads(kind, said("then"), said("now"), met=False) == Read(said("now"), changed=True)


@pytest.mark.parametrize("kind", ["also_known_as", "communication_needs"])
def test_what_was_added_is_not_read(kind: str) -> None:
    assert reads(kind, said("then"), said("then", "now"), met=False) == Read(said("then"))
    assert reads(kind, said("then"), said("now"), met=False) is None


@pytest.mark.parametrize("kind", ["moment", "event", "offer"])
def test_what_goes_on_is_read_as_it_stands(kind: str) -> None:
    assert reads(kind, said("then"), said("now"), met=False) == Read(said("now"))


def test_what_nobody_is_named_for_and_nobody_graded() -> None:
    plain = Said(("Orrell",), "identity")
    assert reads("name", plain, plain, met=False) == Read(
        Said(("Orrell",), "identity", agency="", on_conditions=False)
    )


def test_conditions_that_are_met_are_no_hindrance() -> None:
    now = said("Arrest", on_conditions=True)
    assert reads("event", said("Arrest"), now, met=True) == Read(now)


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ({}, True),
        ({"who": "another"}, False),
        ({"receives": False}, False),
        ({"stands": ENDED}, False),
        ({"stands": OVER}, False),
        ({"stands": WAITS}, False),
        ({"stands": NOT_AGREED}, False),
        # What was restricted before had been weighed; what came after closes it.
        ({"kept_from": [KeptFrom("child", AT - DAY)]}, True),
        ({"kept_from": [KeptFrom("child", AT)]}, True),
        ({"kept_from": [KeptFrom("child", AT + DAY)]}, False),
        ({"kept_from": [KeptFrom("twin", AT + DAY)]}, True),
        ({"kept_from": [KeptFrom("twin", AT + DAY)], "same": {"child", "twin"}}, False),
        ({"conflicted": [Conflicted("teacher", "child")]}, False),
        ({"conflicted": [Conflicted("another", "child")]}, True),
        ({"conflicted": [Conflicted("teacher", "twin")]}, True),
        ({"conflicted": [Conflicted("teacher", "twin")], "same": {"child", "twin"}}, False),
    ],
)
def test_whether_a_decision_opens_anything(given: dict[str, Any], opened: bool) -> None:
    held: dict[str, Any] = {
        "receives": True,
        "same": {"child"},
        "kept_from": [],
        "conflicted": [],
        **given,
    }
    stands = {"stands": held.pop("stands")} if "stands" in held else {}
    decided = Decided("teacher", "child", AT, **stands)
    assert opens(decided, held.pop("who", "teacher"), **held) is opened

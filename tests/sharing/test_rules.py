"""Where a decision stands, which pieces there are, and who may not decide."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from reachable.access.policy import policy
from reachable.sharing import words
from reachable.sharing.rules import standing as rules
from reachable.sharing.rules.deciding import may_agree, may_decide
from reachable.sharing.rules.pieces import FIELDS, PieceKey, needs_second, read_key

TODAY = date(2026, 11, 28)
A, B, C, D = (UUID(int=number) for number in range(1, 5))
STANDS = [
    ("refused", "refused", False, (), False, None),
    ("refused", "refused", False, (), False, TODAY),
    ("refused", "made", False, (), False, None),
    ("live", "made", False, (), False, TODAY),
    ("over", "made", False, (), False, TODAY - timedelta(days=1)),
    ("waits", "made", True, (), False, TODAY),
    ("live", "made", True, ("agreed", "document", "handed"), False, TODAY),
    ("declined", "made", True, ("not_agreed",), False, TODAY),
    ("ended", "made", True, ("agreed", "ended"), True, TODAY),
    ("superseded", "made", False, (), True, TODAY),
    ("over", "made", True, (), False, TODAY - timedelta(days=1)),
    ("ended", "made", False, ("ended",), False, TODAY - timedelta(days=9)),
]


@pytest.mark.parametrize(("stands", "outcome", "second", "steps", "superseded", "until"), STANDS)
def test_where_a_decision_stands(
    stands: str,
    outcome: str,
    second: bool,
    steps: tuple[str, ...],
    superseded: bool,
    until: date | None,
) -> None:
    assert stands == rules.standing(
        outcome=outcome,
        needs_second=second,
        steps=steps,
        superseded=superseded,
        until=until,
        today=TODAY,
    )


def test_a_step_is_recorded_under_the_name_that_a_page_has_words_for() -> None:
    named = {"agreed", "not_agreed", "document", "handed", "ended"}
    assert named == rules.STEPS == set(words.STEPS)


def test_every_field_belongs_to_a_compartment_of_the_policy() -> None:
    assert {each.compartment for each in FIELDS} <= set(policy().compartments)


def test_what_of_a_child_can_be_shared_and_what_it_belongs_to() -> None:
    who, help_given = "Who the child is", "What is in place"
    assert [(each.key, each.title, each.compartment, each.group) for each in FIELDS] == [
        ("name", "Name", "identity", who),
        ("also_known_as", "Other names", "identity", who),
        ("birth_date", "Birth date", "identity", who),
        ("postcode", "Postcode of the home", "identity", who),
        ("nhs_number", "NHS number", "identity", who),
        ("upn", "Number at school (UPN)", "identity", who),
        ("communication_needs", "How the child communicates", "welfare", who),
        ("moment", "That a reachable moment is open, and who has it", "welfare", help_given),
    ]
    for each in FIELDS:
        assert str(read_key(each.key)) == each.key


@pytest.mark.parametrize("text", ["name", f"event:{A}", f"offer:{A}", "moment"])
def test_a_key_is_read_as_it_is_written(text: str) -> None:
    assert str(read_key(text)) == text


def test_a_kind_of_which_there_is_one_is_named_by_itself() -> None:
    assert read_key("name") == PieceKey("name")


@pytest.mark.parametrize(
    "text",
    ["everything", "", "*", "event", "event:", "event:all", f"name:{A}", f"words:{A}"],
)
def test_there_is_no_everything_and_no_childs_own_words(text: str) -> None:
    assert read_key(text) is None


def test_outside_intelligence_and_legal_matters_need_a_second_person() -> None:
    assert needs_second(outside=True, compartments=["identity"])
    assert needs_second(outside=False, compartments=["identity", "intelligence"])
    assert needs_second(outside=False, compartments=["legal"])
    assert not needs_second(outside=False, compartments=["identity", "health", "justice"])


def test_promise_14_whoever_gains_from_it_decides_nothing() -> None:
    assert may_decide(A, asked_by=None, to=None)
    assert may_decide(A, asked_by=B, to=B)
    assert not may_decide(A, asked_by=A, to=None)
    assert not may_decide(A, asked_by=None, to=A)
    people = {"decided_by": A, "asked_by": B, "to": C}
    for one in (A, B, C):
        assert not may_agree(one, **people, sees=["name"], pieces=["name"])
    assert may_agree(D, **people, sees=["name", "upn"], pieces=["name"])
    assert may_agree(D, **people, sees=["name"], pieces=["name"])
    assert not may_agree(D, **people, sees=["name"], pieces=["name", "upn"])

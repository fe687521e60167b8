"""What the computer links, whom it asks about, and that no order changes what it must not do."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.people.examples import example_table, said
from reachable.people.linkage.deciding import MOST_HOLDERS, NOBODY, Judge, Known, Weighed
from reachable.people.linkage.in_force import OURS
from reachable.people.linkage.model import load
from reachable.people.linkage.people import MAY_LINK, PEOPLE
from reachable.people.linkage.scorer import NULL
from reachable.people.linkage.standard import Said, Standard, standardise
from reachable.people.rules import LINK, NEW, REVIEW
from tests.people.linkage.arriving import Register, all_arrived
from tests.people.linkage.families import as_it_is, records
from tests.people.linkage.models import eager, invented, plausible

PLAUSIBLE, EAGER, INVENTED = Judge(plausible()), Judge(eager()), Judge(invented())
JUDGES = [pytest.param(PLAUSIBLE, id="plausible"), pytest.param(EAGER, id="eager")]
SEEDS = st.integers(0, 100_000)
ROWS = example_table("weighed").rows


def decided(judge: Judge, row: Mapping[str, Any]) -> Weighed:
    """Decide a row: only what shares a key is compared."""
    register = Register(judge)
    for number, each in enumerate(row["known"]):
        who = standardise(said(each), judge.model.frequencies)
        register.add(number, each.get("person", number), who)
    claim = standardise(said(row["claim"]), judge.model.frequencies)
    return judge.decide(claim, register.candidates(claim))


def judges_of_examples() -> list[Any]:
    """The model that comes with us decides as the page says, where a version carries one."""
    ours = [pytest.param(Judge(load(OURS, PEOPLE)), id="ours")] if OURS.is_file() else []
    return [pytest.param(PLAUSIBLE, id="plausible"), *ours]


@pytest.mark.parametrize("judge", judges_of_examples())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_what_links_and_what_asks_by_example(row: Mapping[str, Any], judge: Judge) -> None:
    found = decided(judge, row)
    assert (found.outcome, found.rule) == (row["outcome"], row["rule"])
    assert (found.person_id is None) is (row["outcome"] != LINK)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row["outcome"] != LINK and row["rule"] != "likely"],
    ids=lambda row: row["case"],
)
def test_whom_the_computer_must_not_link_it_does_not_link_by_any_weight(
    row: Mapping[str, Any],
) -> None:
    assert decided(EAGER, row).outcome != LINK


@pytest.mark.parametrize("judge", JUDGES)
@given(seed=SEEDS)
@settings(max_examples=60)
def test_it_is_the_same_decision_the_other_way_round(judge: Judge, seed: int) -> None:
    for one, other in combinations(_standards(judge, seed), 2):
        there = judge.decide(one, [Known("r", "p", other)])
        back = judge.decide(other, [Known("r", "p", one)])
        assert there == back


@pytest.mark.parametrize("judge", [*JUDGES, pytest.param(INVENTED, id="invented")])
@given(seed=SEEDS)
@settings(max_examples=60)
def test_the_order_of_candidates_never_matters(judge: Judge, seed: int) -> None:
    claim, *others = _standards(judge, seed)
    rng = Random(seed)
    known = [Known(number, rng.randrange(4), who) for number, who in enumerate(others)]
    expected = judge.decide(claim, known)
    for _ in range(3):
        rng.shuffle(known)
        assert judge.decide(claim, known) == expected


def _standards(judge: Judge, seed: int) -> list[Standard]:
    return [standardise(who, judge.model.frequencies) for _, _, who in records(seed)]


@pytest.mark.parametrize("judge", JUDGES)
@given(seed=SEEDS)
@settings(max_examples=100)
def test_relatives_whose_records_are_right_never_become_one_in_any_order(
    judge: Judge, seed: int
) -> None:
    made = records(seed, as_it_is)
    person = {number: whose for number, whose, _ in made}
    for order in _orders(made, seed):
        for pair in all_arrived(judge, order).together:
            assert len({person[number] for number in pair}) == 1, order


@pytest.mark.parametrize("judge", JUDGES)
@given(seed=SEEDS)
@settings(max_examples=60)
def test_what_is_linked_in_any_order_may_be_linked_by_what_the_two_records_say(
    judge: Judge, seed: int
) -> None:
    """By the two alone: never a level that is for a person, never against the guards."""
    made = records(seed)
    who: dict[Any, Standard] = {
        number: standardise(each, judge.model.frequencies) for number, _, each in made
    }
    for order in _orders(made, seed):
        register = all_arrived(judge, order)
        for (number, _), decision in zip(order, register.decided, strict=True):
            if decision.outcome != LINK:
                continue
            evidence = decision.evidence
            assert evidence is not None
            for each, at in zip(PEOPLE.comparisons, evidence.outcomes, strict=True):
                assert at == NULL or each.names[at] in MAY_LINK[each.name]
            alone = judge.decide(who[number], [Known("r", "p", who[evidence.record_id])])
            assert alone.rule in ("weighed", "near_relative"), alone
            assert alone.outcome == LINK or not _complete(who[number], who[evidence.record_id])


def _complete(*both: Standard) -> bool:
    return all(each.given and each.family and each.born and each.postcode for each in both)


@pytest.mark.parametrize("judge", JUDGES)
@given(seed=SEEDS)
@settings(max_examples=100)
def test_nobody_gets_two_nhs_numbers_in_any_order(judge: Judge, seed: int) -> None:
    """Where all records of whoever is found are compared, and not only those that share a key."""
    for order in _orders(records(seed), seed):
        register = all_arrived(judge, order, whole_people=True)
        numbers: dict[Any, set[str]] = {}
        holders: dict[str, set[Any]] = {}
        for each in register.known:
            if each.who.nhs_number:
                numbers.setdefault(each.person_id, set()).add(each.who.nhs_number)
                holders.setdefault(each.who.nhs_number, set()).add(each.person_id)
        unusable = {number for number, people in holders.items() if len(people) > MOST_HOLDERS}
        assert all(len(held - unusable) < 2 for held in numbers.values())


@given(seed=SEEDS)
@settings(max_examples=60)
def test_a_record_that_arrives_changes_nobody_who_was_there(seed: int) -> None:
    register = Register(PLAUSIBLE)
    before: dict[Any, Any] = {}
    for number, _, who in records(seed):
        decision = register.arrive(number, who)
        after = register.people
        assert before.items() <= after.items()
        assert after[number] in before.values() or decision.outcome != LINK
        before = after


@given(seed=SEEDS)
@settings(max_examples=60)
def test_the_same_record_again_is_never_taken_for_nobody(seed: int) -> None:
    made = records(seed)
    register = all_arrived(PLAUSIBLE, [(number, who) for number, _, who in made])
    for _, _, who in made:
        again = standardise(who, PLAUSIBLE.model.frequencies)
        if _complete(again):
            found = PLAUSIBLE.decide(again, register.candidates(again))
            assert found.outcome in (LINK, REVIEW)


@given(seed=SEEDS, times=st.integers(2, 4))
@settings(max_examples=60)
def test_identical_records_end_together_where_nobody_else_is_like_them(
    seed: int, times: int
) -> None:
    for number, _, who in records(seed, as_it_is)[:3]:
        if not who.postcode:
            continue
        register = all_arrived(PLAUSIBLE, [(f"{number}.{n}", who) for n in range(times)])
        assert len(set(register.people.values())) == 1


NOBODYS = [
    Said(),
    Said(sex="female"),
    Said(given="Q"),
    Said(given="🦊", family="🦊"),
    Said(given="unknown", family="unknown", postcode="ZZ99 3VZ"),
    Said(given="Jade", family="Jones"),
]


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("who", NOBODYS)
def test_what_says_hardly_anything_is_never_linked_even_with_its_like(
    who: Said, judge: Judge
) -> None:
    register = all_arrived(judge, [(number, who) for number in range(3)])
    assert [each.outcome for each in register.decided] == [NEW] * 3


@given(seed=SEEDS)
@settings(max_examples=60)
def test_whoever_gives_no_birth_date_is_linked_by_a_number_alone(seed: int) -> None:
    """A son may have his father’s name and home, and only the son be known."""
    made = records(seed)
    who = {number: standardise(each, EAGER.model.frequencies) for number, _, each in made}
    order = [(number, each) for number, _, each in made]
    register = all_arrived(EAGER, order)
    for (number, _), decision in zip(order, register.decided, strict=True):
        if who[number].born is None and decision.outcome == LINK:
            number_of = who[number].nhs_number
            of = [each.who for each in register.known if each.person_id == decision.person_id]
            assert number_of is not None
            assert number_of in {each.nhs_number for each in of if each is not who[number]}


def test_without_anybody_known_there_is_nobody_like() -> None:
    assert PLAUSIBLE.decide(standardise(Said("Jade", "Jones"), {}), []) == NOBODY


def test_the_order_of_arrival_may_change_who_is_asked_about() -> None:
    """B is like A and like C, who have little in common. If A and C came first, two people fit."""
    a = said({"given": "Kofi", "family": "Brannigan", "born": "2010-05-04", "postcode": "FX1 1AA"})
    b = said({"given": "Kofi", "family": "Brannigan", "born": "2010-05-04"})
    c = said({"given": "Kofi", "family": "Brannigan", "born": "2010-05-04", "postcode": "FX9 9ZZ"})
    one_after_the_other = all_arrived(PLAUSIBLE, [("b", b), ("a", a), ("c", c)])
    the_two_first = all_arrived(PLAUSIBLE, [("a", a), ("c", c), ("b", b)])
    assert [each.rule for each in one_after_the_other.decided] == [
        "nobody_like",
        "weighed",
        "weighed",
    ]
    assert [each.rule for each in the_two_first.decided] == [
        "nobody_like",
        "likely",
        "several_people",
    ]


def _orders(made: list[tuple[int, int, Said]], seed: int) -> list[list[tuple[int, Said]]]:
    first = [(number, who) for number, _, who in made]
    other = first[:]
    Random(seed).shuffle(other)
    return [first, first[::-1], other]

"""Who is it? The example tables, and what holds for all names and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.people import rules
from reachable.people.examples import all_examples, example_table
from reachable.people.finding import keys_of
from reachable.people.linkage.keys import key_texts
from reachable.people.linkage.standard import said_of, standardise
from reachable.people.reference import render
from reachable.people.rules import Candidate, Identity, standard_name

SHARED = {
    "nhs": "NHS number",
    "upn": "UPN",
    "sound": "the sound of a name and birth date",
    "names": "both names and part of the birth date",
    "home": "home and birth date",
    "house": "home and the sound of a name",
}


def identity(said: Mapping[str, Any]) -> Identity:
    return Identity(
        family=standard_name(said.get("family", "")),
        given=standard_name(said.get("given", "")),
        birth_date=date.fromisoformat(said["born"]) if "born" in said else None,
        postcode=said.get("postcode", ""),
        nhs_number=said.get("nhs_number", ""),
        upn=said.get("upn", ""),
    )


def texts(who: Identity) -> list[str]:
    return key_texts(standardise(said_of(who), {}))


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", example_table(name).rows, ids=lambda row: row["case"])


@rows("names")
def test_names_by_example(row: Mapping[str, Any]) -> None:
    assert standard_name(row["name"]) == row["said"]


@rows("found")
def test_found_by_example(row: Mapping[str, Any]) -> None:
    claim, known = identity(row["claim"]), identity(row["known"])
    shared = set(texts(claim)) & set(texts(known))
    kinds = [SHARED[key.split("|")[0]] for key in texts(claim) if key in shared]
    assert list(dict.fromkeys(kinds)) == row["shared"]
    assert len(set(keys_of(claim)) & set(keys_of(known))) == len(shared)


@rows("one_known")
def test_one_known_by_example(row: Mapping[str, Any]) -> None:
    known = Candidate("record", "person", identity(row["known"]))
    decision = rules.decide(identity(row["claim"]), [known])
    assert (decision.outcome, decision.rule) == (row["outcome"], row["rule"])
    assert decision.person_id == ("person" if row["outcome"] == "link" else None)
    assert decision.beside == (("record",) if row["outcome"] == "review" else ())


@rows("one_known")
def test_it_is_the_same_decision_the_other_way_round(row: Mapping[str, Any]) -> None:
    claim, known = identity(row["claim"]), identity(row["known"])
    assert rules.compare(known, claim) == rules.compare(claim, known)


@rows("several_known")
def test_several_known_by_example(row: Mapping[str, Any]) -> None:
    known = [
        Candidate(number, each["person"], identity(each))
        for number, each in enumerate(row["known"])
    ]
    decision = rules.decide(identity(row["claim"]), known)
    assert (decision.outcome, decision.rule) == (row["outcome"], row["rule"])
    beside = [row["known"][number]["person"] for number in decision.beside]
    assert ([decision.person_id] if decision.person_id else beside) == row["who"]


@rows("own_number")
def test_own_number_by_example(row: Mapping[str, Any]) -> None:
    claim, known = identity(row["claim"]), identity(row["known"])
    assert (claim == known or rules.agree(claim, known)) == row["same"]


def test_every_rule_of_a_comparison_has_an_example() -> None:
    tables = ("one_known", "several_known", "weighed")
    shown = {row["rule"] for name in tables for row in example_table(name).rows}
    elsewhere = {"same_record", "details_changed", "check", "check_found", "linked_no_longer"}
    by_weight = {"weighed", "likely", "near_relative"}
    by_a_person = {"decided", "undone", "split", "split_undone"}
    assert shown | elsewhere | by_weight | by_a_person == rules.WHY.keys()


def test_the_page_shows_every_example() -> None:
    page = render()
    for table in all_examples():
        assert f"## {table.title}" in page
        for row in table.rows:
            assert f"| {row['case']} |" in page


words = st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=8)
identities = st.builds(
    Identity,
    family=st.sampled_from(["khan", "orrell", "hale orrell", ""]),
    given=st.sampled_from(["tom", "tim", "thomas", "muhammad ali", "muhammad hassan", ""]),
    birth_date=st.sampled_from([None, date(2010, 5, 4), date(2010, 4, 5), date(1981, 1, 1)]),
    postcode=st.sampled_from(["", "FX1 1AA", "FX2 1AA"]),
    nhs_number=st.sampled_from(["", "9990000018", "9990000026"]),
)


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=4))
def test_a_standard_name_stays_as_it_is(parts: list[str]) -> None:
    once = standard_name(" ".join(parts))
    assert standard_name(once) == once
    assert once == once.strip()
    assert once.isascii()


@given(identities, identities)
def test_no_link_without_two_things_that_agree(claim: Identity, known: Identity) -> None:
    outcome, _ = rules.compare(claim, known)
    if outcome != "link":
        return
    number = bool(claim.nhs_number) and claim.nhs_number == known.nhs_number
    name, born = rules.same_name(claim, known), rules.same_birth(claim, known)
    home = bool(claim.postcode) and claim.postcode == known.postcode
    assert (number and (name or born)) or (name and born and home)
    assert not rules.conflicting(claim, known)


@given(identities, identities)
def test_comparing_is_the_same_both_ways(claim: Identity, known: Identity) -> None:
    assert rules.compare(claim, known)[0] == rules.compare(known, claim)[0]


@given(identities, identities)
def test_whatever_is_not_new_is_found_by_a_key(claim: Identity, known: Identity) -> None:
    if rules.compare(claim, known)[0] != "new":
        assert set(keys_of(claim)) & set(keys_of(known))


@given(identities, st.lists(st.tuples(st.integers(1, 3), identities), max_size=5))
def test_a_decision_names_only_those_who_were_found(
    claim: Identity, known: list[tuple[int, Identity]]
) -> None:
    candidates = [Candidate(n, person, each) for n, (person, each) in enumerate(known)]
    decision = rules.decide(claim, candidates)
    assert (decision.outcome == "link") == (decision.person_id is not None)
    assert (decision.outcome == "review") == bool(decision.beside)
    people = {candidate.record_id: candidate.person_id for candidate in candidates}
    shown = [people[record] for record in decision.beside]
    assert len(shown) == len(set(shown))
    assert decision.person_id in {None, *(person for person, _ in known)}


@given(identities)
def test_keys_are_signed_64_bit_numbers_and_differ(who: Identity) -> None:
    keys = keys_of(who)
    assert len(keys) == len(set(keys)) == len(texts(who))
    assert all(-(2**63) <= key < 2**63 for key in keys)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=9))
def test_everybody_in_a_chain_of_merges_is_one_person(pairs: list[tuple[int, int]]) -> None:
    tops: dict[int, int] = {number: number for number in range(10)}
    merges = []
    for a, b in pairs:
        kept, joined = tops[a], tops[b]
        if kept == joined:
            continue
        merges.append((UUID(int=kept), UUID(int=joined)))
        tops = {who: kept if top == joined else top for who, top in tops.items()}
    found = rules.current_people(merges)
    for who, top in tops.items():
        assert found.get(UUID(int=who), UUID(int=who)) == UUID(int=top)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 5, 4), date(2026, 5, 3), 17),
        (date(2008, 5, 4), date(2026, 5, 4), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 5, 4), date(2026, 5, 4), 0),
    ],
)
def test_age(born: date, day: date, age: int) -> None:
    assert rules.age_on(born, day) == age


@pytest.mark.parametrize(("given_names", "rule"), [("idris", "several_people"), ("idriz", "")])
def test_promise_25_a_thousand_who_are_alike_ask_for_no_million_of_looks(
    given_names: str, rule: str
) -> None:
    born = date(2010, 7, 14)
    alike = [
        Candidate(number, number, Identity("vane", given_names, born, "FX11AB"))
        for number in range(1000)
    ]
    decision = rules.decide(Identity("vane", "idris", born, "FX11AB"), alike)
    assert decision.outcome == "review"
    assert decision.rule.startswith(rule)
    assert decision.beside == tuple(range(rules.BESIDE))

"""What the practice data of this release holds, and how sure it claims to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from reachable.practice import guidance
from reachable.practice.clocks import Start, Unit
from reachable.practice.errors import PracticeError
from reachable.practice.items import (
    Basis,
    Certainty,
    Compartment,
    InForce,
    Item,
    MomentKind,
    Source,
    Wording,
)

ITEMS = [item for group in guidance.all_items() for item in group.items]

# Facts known only from general knowledge; whoever checks one against its source moves it from here.
UNVERIFIED = {
    "appropriate_adult",
    "refused_bail",
    "lawful_basis",
    "sharing_recorded",
    "referral_decision",
    "assessment",
    "child_protection_conference",
    "child_criminal_exploitation",
    "referral",
    "communication",
    "solicitor",
    "who_must_not_be_told",
    "nrm_negative_decision",
}

# What has to be found out before anybody relies on it.
NOT_TO_BE_GUESSED = {
    "exploitation_offence",
    "exploitation_prevention_order",
    "cuckooing_offence",
    "duty_to_disclose",
    "duty_16la",
    "consistent_identifier",
    "nrm_local_decisions",
    "child_trafficking_guardians",
    "working_together",
}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item.group}: {item.key}")
def test_every_item_has_a_source_and_a_date_and_says_how_sure_we_are(item: Item) -> None:
    assert item.sources
    assert item.last_checked.year >= 2026
    assert item.certainty.words in item.standing
    assert item.basis.words in item.standing
    assert re.fullmatch(r"[0-9a-f]{12}", item.fingerprint)


def test_nothing_unverified_is_shown_as_certain() -> None:
    for item in ITEMS:
        if item.key in UNVERIFIED:
            assert item.certainty is Certainty.UNVERIFIED, item.key
        if item.certainty in (Certainty.UNVERIFIED, Certainty.DO_NOT_GUESS):
            assert item.in_force is not InForce.IN_FORCE, item.key
        if not any(source.seen for source in item.sources):
            assert item.certainty is not Certainty.SEEN, item.key
    assert {item.key for item in ITEMS} >= UNVERIFIED


def test_uncertain_law_is_shown_as_uncertain() -> None:
    marked = {item.key for item in ITEMS if item.certainty is Certainty.DO_NOT_GUESS}
    assert marked == NOT_TO_BE_GUESSED
    for item in ITEMS:
        if item.key in NOT_TO_BE_GUESSED:
            assert "Not known: take advice" in item.standing
            assert item.unknown in item.standing
            assert item in guidance.not_known()


def test_only_what_was_seen_is_in_force() -> None:
    in_force = {item.key for item in ITEMS if item.in_force is InForce.IN_FORCE}
    assert in_force == {"section_45_defence", "nrm_duty_to_notify"}


def test_every_source_is_used_and_addresses_are_whole() -> None:
    used = {source.key for item in ITEMS for source in item.sources}
    assert used == {source.key for source in guidance.sources()}
    for source in guidance.sources():
        assert not source.address or source.address.startswith("https://")


def test_every_key_that_is_referred_to_exists() -> None:
    for event in guidance.event_kinds():
        assert guidance.event_kind(event.key) is event
    for kind in guidance.moment_kinds():
        assert guidance.clock(kind.child_clock.key) is kind.child_clock
        assert guidance.clock(kind.acknowledge_clock.key) is kind.acknowledge_clock
        for step in guidance.pathway(kind.key).steps:
            assert step.clock is None or guidance.clock(step.clock.key) is step.clock
            assert guidance.pathway(kind.key).step(step.key) is step


def test_a_key_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(PracticeError) as caught:
        guidance.moment_kind("arrested")
    assert caught.value.sentence == (
        "There is no kind of moment “arrested” in this release. Known are: custody, "
        "return_from_missing, charge_decision, repeat_missing, police_encounter, "
        "found_far_from_home, violence, hospital, exclusion_considered, excluded, new_provision, "
        "out_of_school, court, release, nrm_decision, loss_or_move, growing_up, signal."
    )
    assert guidance.pathway("custody").step("confess") is None


def test_the_child_has_72_clock_hours_from_the_return() -> None:
    clock = guidance.moment_kind("return_from_missing").child_clock
    assert (clock.span.amount, clock.span.unit, clock.span.start) == (
        72,
        Unit.HOURS,
        Start.OCCURRED,
    )
    assert clock.basis is Basis.STATUTORY_GUIDANCE


@pytest.mark.parametrize("kind", guidance.moment_kinds(), ids=lambda kind: kind.key)
def test_our_clock_starts_when_we_are_told_and_is_local(kind: MomentKind) -> None:
    assert kind.acknowledge_clock.span.start is Start.RECEIVED
    assert kind.acknowledge_clock.basis is Basis.LOCAL
    assert kind.child_clock.span.start is Start.OCCURRED


@pytest.mark.parametrize(
    ("key", "compartment", "opens"),
    [
        ("arrest", Compartment.JUSTICE, "custody"),
        ("voluntary_attendance", Compartment.JUSTICE, "custody"),
        ("missing_reported", Compartment.WELFARE, ""),
        ("returned_from_missing", Compartment.WELFARE, "return_from_missing"),
        ("in_custody_now", Compartment.JUSTICE, "custody"),
        ("back_from_missing", Compartment.WELFARE, "return_from_missing"),
        ("came_to_hospital_hurt", Compartment.HEALTH, "hospital"),
        ("exclusion_considered", Compartment.EDUCATION, "exclusion_considered"),
        ("suspended", Compartment.EDUCATION, ""),
        ("alternative_provision", Compartment.EDUCATION, "new_provision"),
        ("other_worry", Compartment.WELFARE, "signal"),
    ],
)
def test_events_by_example(key: str, compartment: Compartment, opens: str) -> None:
    assert guidance.event_kind(key).compartment == compartment
    assert [rule.opens for rule in guidance.usual_rules().alone(key)] == ([opens] if opens else [])


def test_a_signal_from_a_phone_always_opens_a_moment() -> None:
    assert len(guidance.signal_kinds()) == 6
    for kind in guidance.signal_kinds():
        assert guidance.usual_rules().alone(kind.key)
        assert kind.hint


def test_only_reached_counts_as_reached() -> None:
    counted = [each.key for each in guidance.outcomes() if each.counts_as_reached]
    assert counted == ["reached"]
    assert not guidance.outcome("declined").counts_as_reached
    assert not guidance.outcome("held_elsewhere").counts_as_reached


def test_in_custody_the_worker_does_not_ask_about_the_offence() -> None:
    steps = guidance.pathway("custody").steps
    by_key = {step.key: step for step in steps}
    assert steps[0].key == "communication"
    assert by_key["visit"].avoid.startswith("Asking about the offence")
    assert "solicitor that exploitation is suspected" in by_key["solicitor"].title
    assert "section 38(6)" in by_key["refused_bail"].detail
    assert "local authority accommodation" in by_key["refused_bail"].detail
    assert by_key["refused_bail"].basis is Basis.STATUTE
    assert {"appropriate_adult", "liaison_and_diversion"} <= set(by_key)


@pytest.mark.parametrize("kind", guidance.moment_kinds(), ids=lambda kind: kind.key)
def test_every_pathway_thinks_of_those_around_the_child_and_of_the_next_time(
    kind: MomentKind,
) -> None:
    keys = [step.key for step in guidance.pathway(kind.key).steps]
    assert {"communication", "who_must_not_be_told", "brothers_and_sisters", "again"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_a_pathway_is_kept_by_its_version() -> None:
    newest = guidance.pathway("custody")
    assert guidance.pathway("custody", newest.version) is newest
    with pytest.raises(PracticeError, match="There is no version 99"):
        guidance.pathway("custody", 99)
    with pytest.raises(PracticeError, match="Restore its file"):
        guidance.pathway("picnic")


def test_a_definition_needs_its_core_and_one_limb() -> None:
    limbs = guidance.definition("child_criminal_exploitation").limbs
    assert [limb.key for limb in limbs] == ["core", "exchange", "advantage", "violence"]
    assert [limb.key for limb in limbs if limb.core] == ["core"]


def test_our_own_wording_follows_the_language_it_asks_for() -> None:
    avoid = [
        re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", 0 if phrase.isupper() else re.IGNORECASE)
        for wording in guidance.practice().wordings.values()
        for phrase in wording.avoid
    ]
    for item in ITEMS:
        if isinstance(item, Wording):
            continue
        for text in _own_words(item):
            for phrase in avoid:
                assert not phrase.search(text), f"{item.key}: {phrase.pattern} in {text}"
            assert not re.search(r"\bcases?\b", text), f"{item.key}: a child is never a case"


def _own_words(value: object) -> Iterator[str]:
    """Every text of an item; the titles of sources are other people's words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _own_words(each)
    elif is_dataclass(value) and not isinstance(value, Source):
        for field in fields(value):
            yield from _own_words(getattr(value, field.name))

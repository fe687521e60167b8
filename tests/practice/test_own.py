"""A partnership's own versions of a pathway: by example, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.moments.examples import example_table
from reachable.practice import guidance
from reachable.practice.clocks import Unit
from reachable.practice.items import OWN_FROM, Basis, Certainty, Pathway, Step, version_words
from reachable.practice.own import (
    StepWords,
    differences,
    names_somebody,
    own_pathway,
    read_words,
    step_words,
    to_look_at,
    wrong_with,
)

KINDS = [kind.key for kind in guidance.moment_kinds()]
OWNERS = {"Practitioner", "Night team"} | {
    step.owner for kind in KINDS for step in guidance.pathway(kind).steps
}


def words(moment: str) -> list[StepWords]:
    return [step_words(step) for step in guidance.pathway(moment).steps]


def own(moment: str, steps: list[StepWords]) -> Pathway:
    return own_pathway(
        guidance.published_pathways(moment),
        OWN_FROM,
        steps,
        written=date(2026, 11, 9),
        by="Fenmarch",
    )


def changed(row: Mapping[str, Any]) -> list[StepWords]:
    """Do to the published pathway what a row says."""
    steps, done, said = words(row["moment"]), row["done"], row["said"]
    if not done:
        return steps
    if done == "leave out all":
        return []
    if done == "add":
        last = steps[-1]
        return [*steps[:-1], replace(last, key=row["step"], title=said), last]
    at = next(i for i, step in enumerate(steps) if step.key == row["step"])
    step = steps[at]
    if done == "leave out":
        return steps[:at] + steps[at + 1 :]
    if done == "within":
        amount, unit, start = said.split()
        step = replace(step, amount=int(amount), unit=Unit(unit).value, start=start)
    elif done == "owner":
        step = replace(step, owner=said)
    elif done == "avoid":
        step = replace(step, avoid=said)
    elif done == "seen":
        step = replace(step, certainty=Certainty.SEEN.value)
    elif done == "reword and move up two":
        step = replace(step, title=said)
    places = {"move down two": 2, "reword and move up two": -2}.get(done, 0)
    del steps[at]
    steps.insert(at + places, step)
    return steps


@pytest.mark.parametrize("row", example_table("own_pathways").rows, ids=lambda row: row["case"])
def test_own_pathways_by_example(row: Mapping[str, Any]) -> None:
    kind, published = guidance.moment_kind(row["moment"]), guidance.pathway(row["moment"])
    steps = changed(row)
    assert " ".join(wrong_with(kind, steps, owners=OWNERS)) == row["wrong"]
    found = [f"{each.title}: {each.what}" for each in differences(published, steps)]
    if steps:
        assert "; ".join(found) == row["differs"]
        assert " ".join(to_look_at(kind, published, steps)) == row["look_at"]
    else:
        assert found == [f"{step.title}: left out" for step in published.steps]


@pytest.mark.parametrize("moment", KINDS)
def test_every_published_pathway_could_be_put_in_force_as_it_is(moment: str) -> None:
    kind, published = guidance.moment_kind(moment), guidance.pathway(moment)
    assert wrong_with(kind, words(moment), owners=OWNERS) == []
    assert differences(published, words(moment)) == []
    assert [each.title for each in own(moment, words(moment)).steps] == [
        each.title for each in published.steps
    ]


@pytest.mark.parametrize("moment", KINDS)
def test_what_is_not_changed_keeps_its_standing_and_its_clock(moment: str) -> None:
    assert own(moment, words(moment)).steps == guidance.pathway(moment).steps
    kept = [read_words(each.kept()) for each in words(moment)]
    assert own(moment, kept).steps == guidance.pathway(moment).steps


def _first_changed(**more: Any) -> Step:
    steps = words("custody")
    at = next(i for i, step in enumerate(steps) if step.key == "appropriate_adult")
    steps[at] = replace(steps[at], **more)
    return own("custody", steps).steps[at]


def test_what_is_changed_is_local_and_still_says_what_the_published_step_rests_on() -> None:
    step = _first_changed(owner="The Night team", certainty="agreed here")
    assert step.basis is Basis.LOCAL
    assert step.standing.startswith("Local choice, which a partnership may change")
    assert "Agreed by this partnership" in step.standing
    assert "As published it rests on: Statute" in step.standing
    assert step.sources[0].title == "Our own version, written 9 November 2026"
    assert "police and criminal evidence act" in step.sources[1].title.casefold()


def test_a_step_keeps_the_named_clock_until_its_time_is_changed() -> None:
    steps = words("hospital")
    at = next(i for i, step in enumerate(steps) if step.key == "be_there")
    steps[at] = replace(steps[at], title="Go to the ward")
    assert own("hospital", steps).steps[at].clock is guidance.moment_kind("hospital").child_clock
    steps[at] = replace(steps[at], amount=3)
    assert own("hospital", steps).steps[at].clock is None
    assert str(own("hospital", steps).steps[at].due) == "3 clock hours from when it happened"


def test_own_versions_are_counted_by_themselves() -> None:
    assert version_words(2) == "version 2"
    assert version_words(OWN_FROM + 1) == "our own version 2"
    assert max(version for _, version in guidance.practice().pathways) < OWN_FROM


def test_what_is_added_or_moved_says_where_it_stands_and_what_it_says() -> None:
    published, steps = guidance.pathway("custody"), words("custody")
    moved = steps.pop(2)
    steps.insert(5, moved)
    steps.insert(0, replace(moved, key="own_1", title="Ring the night team", amount=None))
    first, second = differences(published, steps)
    assert (first.what, first.after) == ("added", "")
    assert ("What to do", "", moved.detail) in first.changes
    assert (second.key, second.what, second.after) == (moved.key, "moved", steps[5].title)


@given(st.data())
def test_moving_is_told_of_the_fewest_steps_and_changes_nothing_else(data: st.DataObject) -> None:
    published = guidance.pathway("custody")
    steps = data.draw(st.permutations(words("custody")))
    found = differences(published, steps)
    assert {each.what for each in found} <= {"moved"}
    moved = {each.key for each in found}
    stayed = [each.key for each in steps if each.key not in moved]
    assert stayed == [step.key for step in published.steps if step.key not in moved]


@given(st.data())
def test_what_is_left_out_and_what_stays_are_all_there_is(data: st.DataObject) -> None:
    published = guidance.pathway("custody")
    kept = data.draw(st.lists(st.sampled_from(words("custody")), unique_by=lambda each: each.key))
    found = differences(published, kept)
    left_out = {each.key for each in found if each.what == "left out"}
    assert left_out | {each.key for each in kept} == {step.key for step in published.steps}
    assert not left_out & {each.key for each in kept}


@pytest.mark.parametrize(
    ("owner", "known"),
    [
        ("The night team, at once", True),
        ("NIGHT  TEAM", True),
        ("The nightteam", False),
        ("A practitioner or a nurse", True),
        ("Practitioners", False),
        ("", False),
    ],
)
def test_an_owner_is_known_by_whole_words(owner: str, known: bool) -> None:
    assert names_somebody(owner, {"Night team", "Practitioner", ""}) is known

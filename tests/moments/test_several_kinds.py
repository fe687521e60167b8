"""What helps where several kinds have come into one moment: every step once, under its kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.errors import NotFound
from reachable.foundation.time import now, travel
from reachable.moments import selectors, services, wording
from reachable.moments.merging import Called, Part, StepDone, merged
from reachable.moments.models import Trigger
from reachable.practice import guidance
from tests.support.moments import fresh
from tests.support.people import Partnership, child_with_moment, happen, make_hub

db = pytest.mark.db
START = datetime(2026, 3, 3, 12, tzinfo=UTC)
KINDS = [kind.key for kind in guidance.moment_kinds()]


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def called(*kinds: str) -> list[Called]:
    return [
        Called(kind, guidance.pathway(kind).version, START + timedelta(hours=at))
        for at, kind in enumerate(kinds)
    ]


def titles(part: Part) -> list[str]:
    return [step.title for step in part.steps]


@given(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6), data=st.data())
def test_every_step_of_every_kind_stands_once(kinds: list[str], data: st.DataObject) -> None:
    ones = called(*kinds)
    parts = merged(data.draw(st.permutations(ones)), ())
    assert [part.kind.key for part in parts] == list(dict.fromkeys(kinds))
    shown = [(step.key, step.title) for part in parts for step in part.steps]
    assert len(shown) == len(set(shown))
    assert set(shown) == {
        (step.key, step.title) for kind in kinds for step in guidance.pathway(kind).steps
    }
    assert shown[0][0] == "communication"
    steps = {(step.key, step.title): step for part in parts for step in part.steps}
    for kind in kinds:
        for step in guidance.pathway(kind).steps:
            merged_step = steps[step.key, step.title]
            assert kind in {each.key for each in merged_step.kinds}
            # Whatever a kind says not to do, and who must not be told, is said.
            assert step.avoid in {each.step.avoid for each in merged_step.told}
            assert step.detail in {each.step.detail for each in merged_step.told}


def test_one_kind_reads_as_its_pathway() -> None:
    (part,) = merged(called("custody", "custody"), ())
    assert titles(part) == [step.title for step in guidance.pathway("custody").steps]
    assert all(len(step.told) == 1 for step in part.steps)


def test_the_same_key_with_another_meaning_is_another_step() -> None:
    first, second = merged(called("return_from_missing", "repeat_missing"), ())
    assert "Ask before anybody reports the child for breaking a rule" in titles(first)
    assert "Change what pushes" in titles(second)
    done = [StepDone("home", "repeat_missing", START + timedelta(days=1))]
    first, second = merged(called("return_from_missing", "repeat_missing"), done)
    assert [s.title for s in first.steps if s.done_at] == []
    assert [s.title for s in second.steps if s.done_at] == ["Change what pushes"]


def test_what_was_done_before_another_kind_joined_is_asked_again() -> None:
    done = [StepDone("who_must_not_be_told", "custody", START + timedelta(minutes=5))]
    (part,) = merged(called("custody"), done)
    step = next(each for each in part.steps if each.key == "who_must_not_be_told")
    assert (step.done_at, step.done_before) == (START + timedelta(minutes=5), None)
    part, _ = merged(called("custody", "exclusion_considered"), done)
    step = next(each for each in part.steps if each.key == "who_must_not_be_told")
    assert (step.done_at, step.done_before) == (None, START + timedelta(minutes=5))
    assert "Sending the usual letter first." in {each.step.avoid for each in step.told}
    again = StepDone("who_must_not_be_told", "exclusion_considered", START + timedelta(hours=2))
    part, _ = merged(called("custody", "exclusion_considered"), [*done, again])
    step = next(each for each in part.steps if each.key == "who_must_not_be_told")
    assert step.done_at == START + timedelta(hours=2)


def test_the_same_kind_again_leaves_what_was_done() -> None:
    done = [StepDone("communication", "custody", START + timedelta(minutes=5))]
    (part,) = merged(called("custody", "custody"), done)
    assert part.steps[0].done_at


@db
def test_the_page_shows_the_pathway_of_every_kind_and_which_rule_fired(hub: Partnership) -> None:
    who, moment = child_with_moment(hub, kind="returned_from_missing")
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    services.do_step(by=fern, moment_id=moment.id, step="communication")
    with travel(now() + timedelta(hours=1), ticking=True):
        happen(who, hub.police, "arrest")
        services.take(by=fern, moment_id=moment.id)
        shown = selectors.moment(by=fern, moment_id=moment.id)
        assert [part.kind.key for part in shown.parts] == ["return_from_missing", "custody"]
        assert [
            [(each.rule, each.opened) for each in shown.fired[event.id]] for event in shown.events
        ] == [
            [("Back from missing", True)],
            [("Arrested, or interviewed as a volunteer", False)],
        ]
        first = shown.parts[0].steps[0]
        assert (first.key, first.done_at is None, first.done_before is not None) == (
            "communication",
            True,
            True,
        )
        services.do_step(by=fern, moment_id=moment.id, step="appropriate_adult", kind="custody")
        shown = selectors.moment(by=fern, moment_id=moment.id)
        done = [step.key for part in shown.parts for step in part.steps if step.done_at]
        assert done == ["appropriate_adult"]
        history = [wording.said(each, shown, {}) for each in shown.actions]
        assert "Fern did: An appropriate adult is with the child" in history
        assert "Something else happened, and joined this moment: in police custody, or at a " in (
            "".join(history)
        )


@db
def test_a_step_is_done_only_of_a_kind_that_stands_in_the_moment(hub: Partnership) -> None:
    _, moment = child_with_moment(hub, kind="returned_from_missing")
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    for step, kind in (("appropriate_adult", ""), ("communication", "custody")):
        with pytest.raises(NotFound):
            services.do_step(by=fern, moment_id=moment.id, step=step, kind=kind)


@db
def test_what_joined_keeps_the_version_of_its_pathway(hub: Partnership) -> None:
    who, moment = child_with_moment(hub, kind="returned_from_missing")
    happen(who, hub.police, "arrest")
    kept = Trigger.objects.filter(moment=moment).order_by("id")
    assert list(kept.values_list("kind", "pathway_version", "rule_version")) == [
        ("return_from_missing", guidance.pathway("return_from_missing").version, 1),
        ("custody", guidance.pathway("custody").version, 1),
    ]
    assert fresh(moment).kind == "return_from_missing"

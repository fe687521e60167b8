"""Candidates: they follow what stands, a person decides, and no child is named to whoever may not
see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.access import services as access
from reachable.audit.models import Entry
from reachable.conversations import candidates, cards, confirming, services
from reachable.conversations.candidates import CandidateFacts
from reachable.conversations.confirming import Naming
from reachable.conversations.models import (
    CandidateDecision,
    Card,
    ConfirmedContext,
    ConversationVersion,
)
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.geography import services as geography
from tests.support.conversations import writing
from tests.support.merging import make_hub_with_steward, merge
from tests.support.offers import child_of
from tests.support.people import child_with_moment
from tests.support.world import World

pytestmark = pytest.mark.db

ARCADE = {"kind": "place", "what": "The arcade by the station"}
DAN = {"kind": "person", "what": "Somebody called Dan"}
TRAIN = {"kind": "travel", "what": "The 16:04 to Withyholm"}


@pytest.fixture
def moment_id(world: World) -> UUID:
    return world.signal()


def note(
    world: World, moment_id: UUID, *things: dict[str, str], by: str = "first", **given: Any
) -> services.Writing:
    content = {"candidates": {"things": list(things)}, "safety": {"done": "Rang"}}
    held = writing(moment_id, content=content, **given)
    services.keep(by=world.actor(by), writing=held)
    return held


def waiting(world: World, username: str = "first", **asked: Any) -> list[CandidateFacts]:
    return candidates.waiting(by=world.actor(username), **asked)


def said(found: list[CandidateFacts]) -> list[str]:
    return [each.said for each in found]


def ids(each: CandidateFacts) -> dict[str, UUID]:
    return {"conversation_id": each.conversation_id, "candidate_id": each.id}


def confirm(world: World, each: CandidateFacts, name: str = "The arcade", **more: str) -> UUID:
    naming = Naming(**{"kind": each.kind or "place", "name": name, **more})
    return confirming.confirm(by=world.actor("first"), **ids(each), naming=naming)


def test_what_was_noted_waits_for_the_team_the_oldest_first(world: World, moment_id: UUID) -> None:
    note(world, moment_id, ARCADE, DAN)
    with travel(now() + timedelta(hours=1)):
        note(world, world.signal(family_name="Hallam"), TRAIN)
        for username in ("first", "second", "lead"):
            found = said(waiting(world, username))
            assert sorted(found[:2]) == sorted([ARCADE["what"], DAN["what"]])
            assert found[2:] == [TRAIN["what"]]
        assert said(waiting(world, kind="person")) == [DAN["what"]]
        (train,) = waiting(world, kind="travel")
    assert (train.child, train.noted_by) == ("Tamsin Hallam", "Fern First")


@pytest.mark.parametrize("username", ["teacher", "coordinator", "administrator", "steward"])
def test_only_whoever_holds_moments_goes_through_them(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        waiting(world, username)


def test_whoever_does_not_see_the_child_finds_nothing(world: World, moment_id: UUID) -> None:
    held = note(world, moment_id, ARCADE)
    (each,) = waiting(world)
    assert waiting(world, "outsider") == []
    by = world.actor("outsider")
    with pytest.raises(NotFound):
        candidates.of_conversation(by=by, conversation_id=held.conversation_id)
    naming = Naming("place", "The arcade")
    for act in (
        lambda: confirming.confirm(by=by, **ids(each), naming=naming),
        lambda: confirming.set_aside(by=by, **ids(each), reason="x"),
        lambda: confirming.put_off(by=by, **ids(each), until=today() + timedelta(days=1)),
        lambda: confirming.take_back(by=by, **ids(each), reason="x"),
    ):
        with pytest.raises(NotFound):
            act()
    assert not CandidateDecision.objects.exists()


def test_what_a_later_version_drops_or_changes_waits_no_more(world: World, moment_id: UUID) -> None:
    one = note(world, moment_id, ARCADE, DAN)
    same = {"conversation_id": one.conversation_id}
    changed = {"kind": "place", "what": "The arcade, upstairs"}
    note(world, moment_id, changed, DAN, by="second", based_on=(one.version_id,), **same)
    found = waiting(world)
    assert sorted(said(found)) == sorted([changed["what"], DAN["what"]])
    by_what = {each.said: each for each in found}
    # Who noted something first stays, whoever wrote it out again.
    assert by_what[DAN["what"]].noted_by == "Fern First"
    assert by_what[changed["what"]].noted_by == "Sol Second"


def test_where_two_versions_stand_both_wait_and_what_is_in_both_once(
    world: World, moment_id: UUID
) -> None:
    one = note(world, moment_id, ARCADE, DAN)
    note(world, moment_id, DAN, TRAIN, conversation_id=one.conversation_id)
    every = sorted([ARCADE["what"], DAN["what"], TRAIN["what"]])
    assert sorted(said(waiting(world))) == every


def test_confirming_keeps_who_and_where_from_and_leaves_the_conversation_as_it_was(
    world: World, moment_id: UUID
) -> None:
    geography.load_areas(by=system("tests"), areas=[("N", "North")], postcodes=[("FX1 1AA", "N")])
    held = note(world, moment_id, ARCADE)
    before = ConversationVersion.objects.get().content
    (each,) = waiting(world)
    made = confirm(world, each, postcode="fx11aa", note="Open until ten.")
    assert waiting(world) == []
    (context,) = candidates.confirmed_contexts(by=world.actor("second"), kind="place")
    assert context.id == made
    assert (context.name, context.postcode, context.area) == ("The arcade", "FX1 1AA", "North")
    (source,) = context.sources
    assert (source.conversation_id, source.child) == (held.conversation_id, "Tamsin Orrell")
    assert source.confirmed_by == "Fern First"
    assert candidates.confirmed_contexts(by=world.actor("second"), kind="person") == []
    assert ConversationVersion.objects.get().content == before
    entry = Entry.objects.get(action="conversations.candidate_confirmed")
    assert (entry.actor_id, entry.subject_id) == (world.users["first"], held.conversation_id)
    assert entry.details["context"] == made.hex
    assert "arcade" not in str(entry.details).casefold()


def test_what_is_confirmed_stays_when_a_later_version_says_it_no_more(
    world: World, moment_id: UUID
) -> None:
    one = note(world, moment_id, ARCADE)
    confirm(world, waiting(world)[0])
    note(world, moment_id, DAN, conversation_id=one.conversation_id, based_on=(one.version_id,))
    found = candidates.of_conversation(by=world.actor("first"), conversation_id=one.conversation_id)
    assert [(each.said, each.state, each.is_said) for each in found] == [
        (ARCADE["what"], "confirmed", False),
        (DAN["what"], "waiting", True),
    ]
    assert len(candidates.confirmed_contexts(by=world.actor("first"))) == 1


def test_confirmed_by_mistake_is_taken_back_and_waits_again(world: World, moment_id: UUID) -> None:
    note(world, moment_id, ARCADE)
    (each,) = waiting(world)
    confirm(world, each)
    by = world.actor("second")
    with pytest.raises(BadInput, match="say why"):
        confirming.take_back(by=by, **ids(each), reason=" ")
    confirming.take_back(by=by, **ids(each), reason="Another arcade")
    assert said(waiting(world)) == [ARCADE["what"]]
    assert candidates.confirmed_contexts(by=by) == []
    with pytest.raises(Conflict, match="not decided any more"):
        confirming.take_back(by=by, **ids(each), reason="Once more")
    decisions = CandidateDecision.objects.order_by("at", "id")
    assert list(decisions.values_list("decision", "by_id")) == [
        ("confirmed", world.users["first"]),
        ("taken_back", world.users["second"]),
    ]
    # What was confirmed once is never removed; nothing leads to it.
    assert ConfirmedContext.objects.count() == 1


def test_set_aside_says_why_and_put_off_comes_back_on_its_day(
    world: World, moment_id: UUID
) -> None:
    note(world, moment_id, ARCADE, DAN)
    arcade, dan = sorted(waiting(world), key=lambda each: each.kind, reverse=True)
    by = world.actor("first")
    with pytest.raises(BadInput, match="say why"):
        confirming.set_aside(by=by, **ids(dan), reason="")
    confirming.set_aside(by=by, **ids(dan), reason="A teacher of that name")
    confirming.put_off(by=by, **ids(arcade), until=today() + timedelta(days=7))
    (later,) = waiting(world)
    assert (later.said, later.state) == (ARCADE["what"], "later")
    with travel(now() + timedelta(days=8)):
        assert waiting(world)[0].state == "waiting"
    # It can be decided before its day.
    confirm(world, arcade)
    assert waiting(world) == []


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_a_day_to_come_back_lies_ahead_and_not_too_far(
    world: World, moment_id: UUID, days: int
) -> None:
    note(world, moment_id, ARCADE)
    (each,) = waiting(world)
    with pytest.raises(BadInput, match="within the next three months"):
        confirming.put_off(
            by=world.actor("first"), **ids(each), until=today() + timedelta(days=days)
        )


def test_what_somebody_decided_meanwhile_is_not_decided_twice(
    world: World, moment_id: UUID
) -> None:
    one = note(world, moment_id, ARCADE, DAN)
    arcade, dan = sorted(waiting(world), key=lambda each: each.kind, reverse=True)
    confirm(world, arcade)
    with pytest.raises(Conflict, match="while you had it open"):
        confirm(world, arcade)
    note(world, moment_id, TRAIN, conversation_id=one.conversation_id, based_on=(one.version_id,))
    with pytest.raises(NotFound):
        confirm(world, dan)


@pytest.mark.parametrize(
    ("naming", "sentence"),
    [
        (Naming("nonsense", "x"), "choose what it is"),
        (Naming("place", " "), "what it is called"),
        (Naming("place", "x" * 201), "what it is called"),
        (Naming("place", "x", postcode="FX1"), "whole postcode"),
        (Naming("place", "x", area="Z"), "area from the list"),
        (Naming("place", "x", postcode="FX1 1AA", area="S"), "FX1 1AA lies in North"),
        (Naming("place", "Tamsin’s flat"), "“Tamsin” is the child’s name"),
        (Naming("place", "The flat", note="Orrell lives near"), "“Orrell” is the child’s name"),
        (Naming("person", "Orrell Tamsin"), "is the child’s name"),
    ],
)
def test_what_cannot_be_confirmed_so_is_said_and_nothing_changed(
    world: World, moment_id: UUID, naming: Naming, sentence: str
) -> None:
    geography.load_areas(
        by=system("tests"),
        areas=[("N", "North"), ("S", "South")],
        postcodes=[("FX1 1AA", "N")],
    )
    note(world, moment_id, ARCADE)
    (each,) = waiting(world)
    with pytest.raises(BadInput, match=sentence) as refused:
        confirming.confirm(by=world.actor("first"), **ids(each), naming=naming)
    assert "Nothing was changed." in str(refused.value)
    assert not ConfirmedContext.objects.exists()


def test_somebody_with_the_childs_first_name_can_be_confirmed(
    world: World, moment_id: UUID
) -> None:
    note(world, moment_id, {"kind": "person", "what": "An older Tamsin"})
    (each,) = waiting(world)
    assert confirm(world, each, "Tamsin with the dog")


@pytest.mark.parametrize("called", ["Tamsin", "Robin"])
def test_no_name_that_any_agency_has_for_the_child_goes_further(db: None, called: str) -> None:
    hub = make_hub_with_steward()
    (kept, moment), (joined, _) = child_with_moment(hub), child_with_moment(hub, given="Robin")
    by = hub.actor("fern")
    merge(hub, kept, joined)
    services.keep(by=by, writing=writing(moment.id, content={"candidates": {"things": [ARCADE]}}))
    (each,) = candidates.waiting(by=by)
    for naming in (
        Naming("place", f"{called}’s flat"),
        Naming("place", "The flat", note=f"{called} lives near"),
    ):
        with pytest.raises(BadInput, match=f"“{called}” is the child’s name"):
            confirming.confirm(by=by, **ids(each), naming=naming)
    with pytest.raises(BadInput, match=f"would learn something: “{called}”"):
        cards.make(
            by=by,
            card_id=uuid4(),
            conversation_id=each.conversation_id,
            is_safe=True,
            text=f"See you on Friday, {called}",
        )
    assert not ConfirmedContext.objects.exists()
    assert not Card.objects.exists()


@pytest.mark.parametrize(
    ("naming", "is_kept"),
    [
        (Naming("place", "The flat", note="They drop me there every Friday at ten"), False),
        (Naming("place", "Where they drop me there every Friday"), False),
        (Naming("place", "The arcade", note="Open on Fridays. They drop me there often"), True),
        (Naming("place", "They drop me there"), True),
    ],
)
def test_the_childs_own_words_stay_where_they_were_told(
    world: World, moment_id: UUID, naming: Naming, is_kept: bool
) -> None:
    told = {
        "words": {"words": "They drop me there every Friday, and I wait"},
        "candidates": {"things": [ARCADE]},
    }
    services.keep(by=world.actor("first"), writing=writing(moment_id, content=told))
    (each,) = waiting(world)
    act: dict[str, Any] = {"by": world.actor("first"), **ids(each), "naming": naming}
    if is_kept:
        assert confirming.confirm(**act)
        return
    with pytest.raises(BadInput, match="the child’s own words: “.*drop me there every"):
        confirming.confirm(**act)
    assert not ConfirmedContext.objects.exists()


def two_children(world: World, moment_id: UUID) -> tuple[UUID, CandidateFacts]:
    """The arcade, confirmed with Tamsin, is also noted with Idris."""
    note(world, moment_id, ARCADE)
    context_id = confirm(world, waiting(world)[0])
    other = world.signal(given_names="Idris", family_name="Whitlock")
    note(world, other, {"kind": "place", "what": "arcade"})
    (each,) = waiting(world)
    return context_id, each


def test_the_same_as_one_confirmed_before_is_suggested_and_shared(
    world: World, moment_id: UUID
) -> None:
    context_id, each = two_children(world, moment_id)
    by = world.actor("first")
    ((context, why),) = candidates.may_be(by=by, kind=each.kind, what=each.said)
    assert (context.id, why.why) == (context_id, "name")
    confirming.confirm_same(by=by, **ids(each), same_as=context_id)
    (context,) = candidates.confirmed_contexts(by=by)
    assert sorted(context.children.values()) == ["Idris Whitlock", "Tamsin Orrell"]
    assert ConfirmedContext.objects.count() == 1
    # One that is taken back leaves it standing for the other child.
    confirming.take_back(by=by, **ids(each), reason="Another one")
    (context,) = candidates.confirmed_contexts(by=by)
    assert list(context.children.values()) == ["Tamsin Orrell"]


def test_things_of_two_kinds_are_never_the_same_whatever_a_form_says(
    world: World, moment_id: UUID
) -> None:
    context_id, _ = two_children(world, moment_id)
    note(world, moment_id, DAN, {"what": "That arcade again"})
    by = world.actor("first")
    found = {each.said: each for each in waiting(world)}
    with pytest.raises(Conflict, match="another kind"):
        confirming.confirm_same(by=by, **ids(found[DAN["what"]]), same_as=context_id)
    assert CandidateDecision.objects.count() == 1
    # Where no kind was chosen, nothing speaks against it.
    confirming.confirm_same(by=by, **ids(found["That arcade again"]), same_as=context_id)


def let_in(world: World, moment_id: UUID) -> None:
    """Let somebody outside the team work with the child of one moment, and with no other."""
    row = (world.users["outsider"], None, child_of(moment_id), "panel", moment_id)
    access.involve(by=system("tests"), rows=[row], kind="person")


def test_promise_12_a_child_whom_one_may_not_see_is_neither_named_nor_counted(
    world: World, moment_id: UUID
) -> None:
    context_id, each = two_children(world, moment_id)
    confirming.confirm_same(by=world.actor("first"), **ids(each), same_as=context_id)
    let_in(world, moment_id)
    outsider = world.actor("outsider")
    (context,) = candidates.confirmed_contexts(by=outsider)
    assert list(context.children.values()) == ["Tamsin Orrell"]
    assert len(context.sources) == 1
    page = world.client("outsider").get(
        f"/conversations/{context.sources[0].conversation_id}/candidates/"
    )
    assert "Idris" not in page.content.decode()
    assert "Whitlock" not in page.content.decode()


def test_what_comes_from_a_hidden_child_only_is_neither_suggested_nor_chosen(
    world: World, moment_id: UUID
) -> None:
    note(world, moment_id, ARCADE)
    context_id = confirm(world, waiting(world)[0])
    other = world.signal(given_names="Idris", family_name="Whitlock")
    note(world, other, ARCADE)
    (each,) = waiting(world)
    let_in(world, other)
    outsider = world.actor("outsider")
    assert candidates.confirmed_contexts(by=outsider) == []
    assert candidates.may_be(by=outsider, kind="place", what=ARCADE["what"]) == []
    with pytest.raises(Conflict, match="not among what is confirmed"):
        confirming.confirm_same(by=outsider, **ids(each), same_as=context_id)
    assert CandidateDecision.objects.count() == 1


def test_what_was_taken_back_meanwhile_is_not_the_same_as_anything(
    world: World, moment_id: UUID
) -> None:
    context_id, each = two_children(world, moment_id)
    by = world.actor("first")
    conversation_id = CandidateDecision.objects.get().conversation_id
    (first,) = candidates.of_conversation(by=by, conversation_id=conversation_id)
    confirming.take_back(by=by, **ids(first), reason="Mistake")
    with pytest.raises(Conflict, match="not among what is confirmed"):
        confirming.confirm_same(by=by, **ids(each), same_as=context_id)


def test_a_list_is_read_in_as_many_questions_however_many_wait(world: World) -> None:
    asked = []
    for number in range(3):
        note(world, world.signal(family_name=f"Lark{number}"), ARCADE, DAN)
        by = world.actor("first")
        with CaptureQueriesContext(connection) as questions:
            assert len(candidates.waiting(by=by)) == 2 * (number + 1)
        asked.append(len(questions))
    assert asked == [asked[0]] * 3

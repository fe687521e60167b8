"""What was written is kept once, to the letter, and its outcome is noted; words stay put."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.access import services as access
from reachable.audit.models import Entry
from reachable.conversations import selectors, services
from reachable.conversations.models import Conversation, ConversationVersion
from reachable.conversations.services import AGAIN, KEPT, Writing
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import today
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from tests.support.conversations import WORDS, writing
from tests.support.moments import kinds
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def moment_id(world: World) -> UUID:
    return world.signal()


def keep(by: Actor, moment_id: UUID, **given: Any) -> Writing:
    held = writing(moment_id, **given)
    assert services.keep(by=by, writing=held).state == KEPT
    return held


def test_promise_05_a_childs_words_are_kept_verbatim(world: World, moment_id: UUID) -> None:
    held = keep(world.actor("first"), moment_id)
    kept = ConversationVersion.objects.get(id=held.version_id)
    assert kept.content["words"]["words"] == WORDS
    read = selectors.conversation(by=world.actor("first"), conversation_id=held.conversation_id)
    assert read.versions[0].content["words"]["words"] == WORDS


def test_a_talk_counts_as_reached_and_the_moment_is_taken_by_whoever_talked(
    world: World, moment_id: UUID
) -> None:
    keep(world.actor("first"), moment_id)
    moment = Moment.objects.get(id=moment_id)
    assert moment.holder_id == world.users["first"]
    assert moment.reached_at is not None
    assert kinds(moment)[-3:] == ["acknowledged", "accepted", "reached"]


@pytest.mark.parametrize("said", ["declined", "not_now"])
def test_a_no_is_never_reached_and_comes_back_on_its_day(
    world: World, moment_id: UUID, said: str
) -> None:
    day = today() + timedelta(days=5)
    content = {
        "invitation": {
            "answer": said,
            "again_on": day.isoformat(),
            "again_by": str(world.users["second"]),
        }
    }
    keep(world.actor("first"), moment_id, content=content)
    moment = Moment.objects.get(id=moment_id)
    assert moment.reached_at is None
    assert moment.ask_again_at is not None
    assert kinds(moment)[-1] == "declined"


def test_a_no_without_a_day_is_refused_and_a_draft_of_it_is_kept(
    world: World, moment_id: UUID
) -> None:
    content = {"invitation": {"answer": "declined"}}
    with pytest.raises(BadInput, match="Choose a day"):
        services.keep(by=world.actor("first"), writing=writing(moment_id, content=content))
    assert not Conversation.objects.exists()
    keep(world.actor("first"), moment_id, content=content, finished=False)
    assert kinds(Moment.objects.get(id=moment_id))[-1] != "declined"


def test_what_is_sent_twice_counts_once(world: World, moment_id: UUID) -> None:
    by = world.actor("first")
    held = keep(by, moment_id)
    before = kinds(Moment.objects.get(id=moment_id))
    assert services.keep(by=by, writing=held).state == AGAIN
    assert ConversationVersion.objects.count() == 1
    assert kinds(Moment.objects.get(id=moment_id)) == before
    with pytest.raises(BadInput, match="Something else was sent under this number"):
        services.keep(by=by, writing=replace(held, content={"words": {"words": "other"}}))


def test_two_versions_stand_beside_each_other_until_one_is_written_on_both(
    world: World, moment_id: UUID
) -> None:
    by = world.actor("first")
    one = keep(by, moment_id)
    content = {"words": {"words": "on the other phone"}}
    other = writing(moment_id, conversation_id=one.conversation_id, content=content)
    assert services.keep(by=by, writing=other).beside
    found = selectors.conversation(by=by, conversation_id=one.conversation_id)
    assert [each.id for each in found.versions] == [one.version_id, other.version_id]
    both = writing(
        moment_id,
        conversation_id=one.conversation_id,
        based_on=(one.version_id, other.version_id),
    )
    assert not services.keep(by=by, writing=both).beside
    found = selectors.conversation(by=by, conversation_id=one.conversation_id)
    assert [each.id for each in found.versions] == [both.version_id]
    assert found.earlier == 2


def test_an_outcome_that_changes_is_noted_and_one_that_does_not_is_not_noted_twice(
    world: World, moment_id: UUID
) -> None:
    by = world.actor("first")
    first = keep(by, moment_id, content={"invitation": {"answer": "offered"}})
    same = {"conversation_id": first.conversation_id, "based_on": (first.version_id,)}
    keep(by, moment_id, content={"invitation": {"answer": "offered", "how": "spoken"}}, **same)
    assert kinds(Moment.objects.get(id=moment_id)).count("offered") == 1
    keep(by, moment_id, **same)
    assert kinds(Moment.objects.get(id=moment_id))[-2:] == ["accepted", "reached"]


def test_where_somebody_else_has_the_moment_it_is_kept_and_said_and_they_are_told(
    world: World, moment_id: UUID
) -> None:
    moments.take(by=world.actor("second"), moment_id=moment_id)
    kept = services.keep(by=world.actor("lead"), writing=writing(moment_id))
    assert kept.state == KEPT
    assert "not noted in the reachable moment" in kept.said[0]
    assert Moment.objects.get(id=moment_id).reached_at is None
    told = Notice.objects.filter(user_id=world.users["second"]).order_by("created_at")
    assert told.values_list("kind", flat=True).last() == "conversation.kept"


@pytest.mark.parametrize("username", ["outsider", "teacher", "coordinator", "administrator"])
def test_nobody_else_finds_it_or_writes_of_it(world: World, moment_id: UUID, username: str) -> None:
    held = keep(world.actor("first"), moment_id)
    by = world.actor(username)
    with pytest.raises(NotFound):
        selectors.conversation(by=by, conversation_id=held.conversation_id)
    with pytest.raises(NotFound):
        services.keep(by=by, writing=writing(moment_id))
    assert ConversationVersion.objects.count() == 1


def test_a_conversation_stays_with_the_moment_in_which_it_was_begun(
    world: World, moment_id: UUID
) -> None:
    held = keep(world.actor("first"), moment_id)
    other = world.signal(given_names="Wren", family_name="Lark")
    with pytest.raises(NotFound):
        services.keep(
            by=world.actor("first"),
            writing=writing(other, conversation_id=held.conversation_id),
        )


def _words_for(world: World, username: str, conversation_id: UUID) -> Any:
    found = selectors.conversation(by=world.actor(username), conversation_id=conversation_id)
    (version,) = found.versions
    return version.content.get("words"), version.words_kept_back


def test_words_stay_with_those_the_child_was_told_about(world: World, moment_id: UUID) -> None:
    content = {"words": {"words": WORDS}, "safety": {"safe": "yes"}}
    held = keep(world.actor("first"), moment_id, content=content)
    assert _words_for(world, "first", held.conversation_id) == ({"words": WORDS}, False)
    assert _words_for(world, "second", held.conversation_id) == (None, True)
    told = {**content, "told": {"who": ["team"]}}
    named = keep(world.actor("first"), moment_id, content=told)
    assert _words_for(world, "second", named.conversation_id) == ({"words": WORDS}, False)


def test_promise_05_police_read_words_by_a_recorded_decision_only(
    world: World, moment_id: UUID
) -> None:
    access.create_account(
        by=system("tests"),
        username="officer",
        name="Ona Officer",
        agency_id=world.actor("sergeant").own_agency_id,
        roles=["practitioner"],
        teams=[world.team],
        password_hash="",
    )
    content = {"words": {"words": WORDS}, "told": {"who": ["team", "police"]}}
    held = keep(world.actor("first"), moment_id, content=content)
    assert _words_for(world, "officer", held.conversation_id) == (None, True)
    services.share_words(
        by=world.actor("first"),
        conversation_id=held.conversation_id,
        agency_kind="police",
        reason="To show that the child was threatened",
        child_told="Tamsin agreed",
    )
    assert _words_for(world, "officer", held.conversation_id) == ({"words": WORDS}, False)
    entry = Entry.objects.get(action="conversations.words_shared")
    assert entry.subject_id == held.conversation_id
    assert WORDS not in str(entry.details)


def _share(world: World, username: str, conversation_id: UUID, **given: str) -> None:
    answers = {"agency_kind": "school", "reason": "To keep her safe there", "child_told": "Yes"}
    services.share_words(
        by=world.actor(username), conversation_id=conversation_id, **{**answers, **given}
    )


def test_the_writer_or_whoever_leads_the_team_decides_and_says_why(
    world: World, moment_id: UUID
) -> None:
    held = keep(world.actor("first"), moment_id)
    with pytest.raises(Conflict, match="Whoever wrote it down decides"):
        _share(world, "second", held.conversation_id)
    with pytest.raises(BadInput, match="say why"):
        _share(world, "first", held.conversation_id, reason=" ")
    _share(world, "lead", held.conversation_id)
    with pytest.raises(Conflict, match="read it already"):
        _share(world, "first", held.conversation_id)
    without = keep(world.actor("first"), moment_id, content={"safety": {"safe": "yes"}})
    with pytest.raises(Conflict, match="No words"):
        _share(world, "first", without.conversation_id)


def test_a_thread_is_read_in_as_many_questions_however_long_it_is(
    world: World, moment_id: UUID
) -> None:
    by = world.actor("first")
    keep(by, moment_id)
    person_id = Moment.objects.values_list("person_id", flat=True).get(id=moment_id)
    with CaptureQueriesContext(connection) as of_one:
        selectors.conversations_of_child(by=by, person_id=person_id)
    for _ in range(5):
        keep(by, moment_id, content={"safety": {"safe": "yes"}})
    with CaptureQueriesContext(connection) as of_many:
        assert len(selectors.conversations_of_child(by=by, person_id=person_id)) == 6
    assert len(of_many) == len(of_one)


def test_an_unknown_guide_and_an_empty_conversation_are_refused(
    world: World, moment_id: UUID
) -> None:
    by = world.actor("first")
    with pytest.raises(BadInput, match="where you talked"):
        services.keep(by=by, writing=writing(moment_id, guide="moon"))
    with pytest.raises(BadInput, match="Nothing is written"):
        services.keep(by=by, writing=writing(moment_id, content={}))
    with pytest.raises(NotFound):
        services.keep(by=by, writing=writing(uuid4()))

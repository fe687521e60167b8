"""Who talked with a child, and who is to meet them next, is asked first when more happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.conversations import services
from reachable.conversations.models import ConversationVersion
from reachable.conversations.services import KEPT
from reachable.foundation.actor import system
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.moments.knowing import acquainted, why_first
from tests.support.conversations import content, writing
from tests.support.people import Partnership, child_with_moment, happen, make_hub, moment_of

pytestmark = pytest.mark.db

BY = system("tests")


@dataclass(frozen=True)
class Child:
    hub: Partnership
    who: Any
    moment_id: UUID

    def talk(
        self, name: str, on: tuple[UUID, UUID] | None = None, **more: Any
    ) -> tuple[UUID, UUID]:
        """Let a worker write down a conversation, or another version of one."""
        given: dict[str, Any] = {"content": content(**more)}
        if on:
            given |= {"conversation_id": on[0], "based_on": (on[1],)}
        held = writing(self.moment_id, **given)
        assert services.keep(by=self.hub.actor(name), writing=held).state == KEPT
        return held.conversation_id, held.version_id

    def known(self) -> dict[str, set[str]]:
        names = {user: name for name, user in self.hub.workers.items()}
        found: dict[str, set[str]] = {}
        known = acquainted(by=BY, current_ids=[self.who.current_id])
        for each in known.get(self.who.current_id, []):
            found.setdefault(each.how, set()).add(names[each.user])
        return found


@pytest.fixture
def child(db: None) -> Child:
    hub = make_hub("fern", "sol")
    who, moment = child_with_moment(hub, "fern")
    return Child(hub, who, moment.id)


def meets(child: Child, name: str, days: int) -> dict[str, Any]:
    day = today() + timedelta(days=days)
    return {"next": {"day": day.isoformat(), "who": str(child.hub.workers[name])}}


def test_promise_45_who_talked_and_who_is_to_meet_them_are_known(child: Child) -> None:
    child.talk("fern", **meets(child, "sol", 2))
    known = child.known()
    assert known["talked"] == {"fern"}
    assert known["meets"] == {"sol"}
    month = f"{now():%B %Y}"
    assert why_first("talked", now(), you=True) == f"talked with them in {month}"
    assert why_first("meets", now(), you=True) == "are to meet them next"
    assert why_first("meets", now(), you=False) == "is to meet them next"


def test_promise_45_whoever_is_to_meet_the_child_is_asked_before_who_reached_them(
    child: Child,
) -> None:
    child.talk("fern", **meets(child, "sol", 2))
    moments.close(
        by=child.hub.actor("fern"),
        moment_id=child.moment_id,
        outcome="reached",
        reason="Meets weekly",
    )
    moment = moment_of(happen(child.who, child.hub.police, "returned_from_missing"))
    assert moment.asked_id == child.hub.workers["sol"]


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({"next": {"when": "Four, by the bench"}}, "meets"),
        ({"next": {"day": "2020-01-01"}}, "meets"),
        ({"invitation": {"answer": "accepted", "how": "message"}}, "talked"),
    ],
)
def test_what_was_not_said_makes_nobody_known(child: Child, said: dict[str, Any], how: str) -> None:
    child.talk("fern", **said)
    assert how not in child.known()


def test_a_day_that_has_passed_is_no_promise(child: Child) -> None:
    child.talk("fern", **meets(child, "sol", 2))
    with travel(now() + timedelta(days=3)):
        assert "meets" not in child.known()


def test_only_what_stands_of_a_conversation_counts(child: Child) -> None:
    """The later version names somebody else, and one that is not finished names nobody."""
    first = child.talk("fern", **meets(child, "fern", 2))
    child.talk("fern", first, **meets(child, "sol", 2))
    assert child.known()["meets"] == {"sol"}
    held = writing(child.moment_id, content=content(**meets(child, "fern", 2)), finished=False)
    services.keep(by=child.hub.actor("fern"), writing=held)
    assert child.known()["meets"] == {"sol"}
    assert ConversationVersion.objects.count() == 3


def test_more_conversations_take_no_more_questions(child: Child) -> None:
    child.talk("fern")
    few = questions(child)
    assert sum("conversationversion" in each for each in few) == 1
    for _ in range(3):
        child.talk("fern", **meets(child, "sol", 2))
    assert len(questions(child)) == len(few)


def questions(child: Child) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert acquainted(by=BY, current_ids=[child.who.current_id, new_id()])
    return [each["sql"] for each in asked]

"""What conversations/ shows on a child's page and on a moment's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reachable.conversations import candidates, selectors
from reachable.conversations.after import open_after
from reachable.conversations.rules.thread import between
from reachable.conversations.wording import ANSWERS
from reachable.foundation.actor import Actor
from reachable.moments.registries import MomentPanel
from reachable.people.registries import Panel

SHOWN = 4


def _thread(by: Actor, person_id: UUID) -> dict[str, Any]:
    thread = selectors.conversations_of_child(by=by, person_id=person_id)
    ids = [each.id for each in thread]
    gaps = between([(each.began_at, each.begun_by_id) for each in thread])
    return {
        "thread": list(zip(thread, gaps, strict=True)),
        "waiting": candidates.how_many_wait(by=by, conversation_ids=ids),
        "answers": ANSWERS,
        "shown": SHOWN,
        "open_after": open_after(by=by, found=thread),
    }


def _of_child(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    del query
    return {**_thread(by, person_id), "begins": False}


def _of_moment(by: Actor, person_id: UUID) -> dict[str, Any]:
    return {**_thread(by, person_id), "begins": by.can("moments.hold")}


OF_CHILD = Panel("conversations/thread.html", 15, _of_child)
OF_MOMENT = MomentPanel(
    "conversations/thread.html", 10, "conversations", "Write down a conversation", _of_moment
)

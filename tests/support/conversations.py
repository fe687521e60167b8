"""A conversation as somebody writes it at a desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from reachable.conversations import after_acts, services
from reachable.conversations.after import after
from reachable.conversations.after_acts import Wanted
from reachable.conversations.services import Writing
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from tests.support.world import World

WORDS = "they said id be  safe\n\nim not"


def writing(moment_id: UUID, **given: Any) -> Writing:
    content = {
        "invitation": {"answer": "talked", "how": "in_person"},
        "told": {"who": ["team"]},
        "words": {"words": WORDS},
        "safety": {"safe": "not_sure", "done": "Rang the home"},
    }
    at = now()
    held = Writing(new_id(), new_id(), moment_id, "return_interview", content, True, at, at)
    return replace(held, **given)


SAID = "He said I’d be safe if I go. I’m not going back there, ever"
KEEP = "Nobody lets him in: he waits at the gate."


def content(**more: Any) -> dict[str, Any]:
    """A talk from which something follows."""
    return {
        "invitation": {"answer": "talked", "how": "in_person"},
        "told": {"who": ["team"]},
        "words": {"words": SAID},
        "wishes": {"trusts": "my aunt Ray"},
        "instead": {
            "things": [
                {"given": "Lifts home", "instead": "A bus pass", "by_whom": "the Hub"},
                {"given": "Somewhere to sleep"},
            ]
        },
        "next": {"day": (today() + timedelta(days=2)).isoformat(), "when": "Four, by the bench"},
        "others": {
            "things": [
                {"who": "Custody desk", "what": KEEP},
                {"who": "School", "what": "She comes in by the back door this week."},
            ]
        },
        **more,
    }


def followed(world: World, moment_id: UUID) -> tuple[UUID, UUID]:
    """Let “first” write that down, make one task, tell senders and pass one thing on to the
    sergeant; return the conversation, and what was passed on."""
    held, by = writing(moment_id, content=content()), world.actor("first")
    talk = held.conversation_id
    services.keep(by=by, writing=held)
    found = after(by=by, conversation_id=talk)
    proposal = found.proposed[0].proposal
    due = today() + timedelta(days=4)
    wanted = [Wanted(proposal.text, world.users["second"], due, proposal.key)]
    after_acts.make_tasks(by=by, conversation_id=talk, wanted=wanted)
    after_acts.tell_senders(
        by=by, conversation_id=talk, said=["talked", "again"], own="Please ring before she leaves."
    )
    row = found.others[0].needed.key
    to = world.users["sergeant"]
    return talk, after_acts.pass_on(by=by, conversation_id=talk, row=row, to=to)

"""A conversation as somebody writes it at a desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from reachable.conversations.services import Writing
from reachable.foundation.ids import new_id
from reachable.foundation.time import now

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

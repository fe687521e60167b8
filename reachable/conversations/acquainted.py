"""Whom a child knows from a conversation: who talked with them, and who is to meet them next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from reachable.conversations.models import ConversationVersion
from reachable.conversations.rules.parts import TALKED
from reachable.conversations.rules.versions import Written, last_finished
from reachable.foundation.actor import Actor
from reachable.foundation.questions import Question
from reachable.foundation.time import today
from reachable.moments.registries import Acquaintance, Knows
from reachable.practice.time import LONDON


class _Version(NamedTuple):
    """What is asked of a finished version, and of nothing else in it."""

    person_id: UUID
    conversation_id: UUID
    id: UUID
    based_on: list[str]
    by_id: UUID
    written_at: datetime
    answer: str | None
    meets: str | None
    meets_on: str | None


@Question
def _finished(person_ids: Any) -> QuerySet[ConversationVersion, Any]:
    return (
        ConversationVersion.objects.filter(conversation__person_id__among=person_ids, finished=True)
        .order_by("received_at", "id")
        .values_list(
            "conversation__person_id",
            "conversation_id",
            "id",
            "based_on",
            "by_id",
            "written_at",
            "content__invitation__answer",
            "content__next__who",
            "content__next__day",
        )
    )


def _standing(people: Mapping[UUID, UUID]) -> Iterator[_Version]:
    """Yield of every conversation with these people the version that counts."""
    held: dict[UUID, list[_Version]] = defaultdict(list)
    for row in _finished(person_ids=people):
        version = _Version(*row)
        held[version.conversation_id].append(version)
    for versions in held.values():
        written = [Written(each.id, frozenset(map(UUID, each.based_on))) for each in versions]
        last = last_finished(written, [each.id for each in versions])
        yield next(each for each in versions if each.id == last[-1])


def _who_talked_or_meets(*, by: Actor, people: Mapping[UUID, UUID]) -> Iterable[Acquaintance]:
    """A day that has passed is no promise any more."""
    del by
    for each in _standing(people):
        current_id = people[each.person_id]
        if each.answer == TALKED:
            yield Acquaintance(current_id, each.by_id, each.written_at, "talked")
        if each.meets and each.meets_on and date.fromisoformat(each.meets_on) >= today():
            yield Acquaintance(current_id, UUID(each.meets), each.written_at, "meets")


MEETS = Knows(
    15,
    _who_talked_or_meets,
    lambda _, you: f"{'are' if you else 'is'} to meet them next",
)
TALKED_WITH = Knows(
    25,
    _who_talked_or_meets,
    lambda since, _: f"talked with them in {since.astimezone(LONDON):%B %Y}",
)

"""Which conversations go with a moment that turns out to be another child's."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from reachable.conversations.models import Conversation
from reachable.people.registries import PointsToPerson, RecordsMoved


def _with_their_moment(*, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]:
    held = Conversation.objects.filter(person_id__in=list(moved.from_ids), moment_id__in=list(gone))
    return list(held.values_list("id", flat=True))


GOES = PointsToPerson(
    Conversation,
    "person",
    "It goes with the moment in which it was held.",
    ("conversation", "conversations"),
    at="received_at",
    order=20,
    goes=_with_their_moment,
)

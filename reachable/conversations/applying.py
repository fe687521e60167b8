"""What a finished conversation does in its moment: what was offered, and what the child said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.conversations.rules.content import Content, answer
from reachable.conversations.rules.parts import ACCEPTED, ASKED_AGAIN, OFFERED, TALKED
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, ReachableError
from reachable.moments import contact, services
from reachable.moments.models import Moment

NOTE = "Written down in the conversation."
NO_REASON = "The child said no; why is not written down."
IN_PERSON = "in_person"
_REACHED = {
    IN_PERSON: "seen",
    "spoken": "spoken",
    "message": "answered",
    "through_somebody": "spoken",
}
Act = Callable[[datetime | None], None]


def apply(*, by: Actor, moment_id: UUID, content: Content, began_at: datetime) -> tuple[str, ...]:
    """Note the outcome in the moment; return sentences about what could not be noted, and why.

    A moment that nobody has is taken by whoever talked with the child. What cannot be noted stays
    in the conversation, and whoever has the moment is told of it.
    """
    try:
        with transaction.atomic():
            _take(by, moment_id)
            for act in _acts(by, moment_id, answer(content), content["invitation"]):
                _at(began_at, act)
    except ReachableError as error:
        return (f"It is kept, and not noted in the reachable moment: {error.sentence}",)
    return ()


def _take(by: Actor, moment_id: UUID) -> None:
    moment = Moment.objects.filter(id=moment_id).first()
    if moment is not None and moment.holder_id is None and moment.closed_at is None:
        services.take(by=by, moment_id=moment_id)


def _acts(by: Actor, moment_id: UUID, said: str, given: Mapping[str, Any]) -> list[Act]:
    """Return what is noted for an answer, each at a time that is given to it."""
    how = given.get("how") or IN_PERSON

    def decline(at: datetime | None) -> None:
        contact.decline(
            by=by,
            moment_id=moment_id,
            how=how,
            note=given.get("why") or NO_REASON,
            again_on=date.fromisoformat(given["again_on"]),
            by_whom=UUID(given["again_by"]),
            at=at,
        )

    def offer(at: datetime | None) -> None:
        contact.offer(by=by, moment_id=moment_id, how=how, note=NOTE, at=at)

    def accept(at: datetime | None) -> None:
        contact.accept(by=by, moment_id=moment_id, how=how, note=NOTE, at=at)

    def reach(at: datetime | None) -> None:
        services.reach(by=by, moment_id=moment_id, how=_REACHED[how], note=NOTE, at=at)

    if said in ASKED_AGAIN:
        return [decline]
    noted: dict[str, list[Act]] = {
        OFFERED: [offer],
        ACCEPTED: [accept],
        TALKED: [accept, reach],
    }
    return noted[said]


def _at(began_at: datetime, act: Act) -> None:
    """Note it for when the conversation began or, where that cannot be, for now.

    A phone's clock may say that it began before anything had happened.
    """
    try:
        with transaction.atomic():
            act(began_at)
    except BadInput:
        act(None)

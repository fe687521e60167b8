"""Somebody who goes alone says where, and when they are back; if they are not, somebody is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.conversations.models import LoneWorkerNote
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now
from reachable.notices import services as notices
from reachable.notices.services import Telling

LONGEST = timedelta(hours=24)
NOT_BACK = "lone_worker.not_back"
NOT_NOTED = "Nobody was told where you are."


@dataclass(frozen=True)
class Out:
    """Somebody who is out alone, or was not back in time."""

    note_id: UUID
    name: str
    phone: str
    place: str
    expected_back: datetime
    told_at: datetime | None


@transaction.atomic
def note(
    *, by: Actor, note_id: UUID, place: str, expected_back: datetime, tell: UUID, back: bool
) -> None:
    """Note where somebody is alone, change it, or note that they are back."""
    by.require("moments.hold")
    held = LoneWorkerNote.objects.select_for_update().filter(id=note_id).first()
    if held is not None and held.by_id != by.own_id:
        raise NotFound
    if back:
        if held is not None and held.back_at is None:
            held.back_at = now()
            held.save(update_fields=["back_at"])
            audit.record(by=by, action="conversations.back", subject=("lone_worker", note_id))
        return
    _check(by, place, expected_back, tell)
    held = held or LoneWorkerNote(id=note_id, by_id=by.own_id, noted_at=now())
    if held.back_at is not None:
        # What was written on the way is heard only after its writer was back.
        return
    held.place, held.expected_back, held.tell_id = place.strip()[:200], expected_back, tell
    held.told_at = None
    held.save()
    audit.record(by=by, action="conversations.out_alone", subject=("lone_worker", note_id))


def _check(by: Actor, place: str, expected_back: datetime, tell: UUID) -> None:
    if not place.strip():
        raise BadInput("Please say where you are going.", kept=NOT_NOTED)
    if expected_back - now() > LONGEST:
        raise BadInput("That is more than a day ahead.", kept=NOT_NOTED)
    if tell == by.own_id or tell not in access.able(capability="moments.hold", user_ids=[tell]):
        raise BadInput("Please choose a colleague who is told.", kept=NOT_NOTED)


def tell_who_is_not_back(*, by: Actor) -> int:
    """Tell, once, whoever is to be told of somebody who is not back; return how many."""
    at = now()
    with transaction.atomic():
        late = list(
            LoneWorkerNote.objects.select_for_update().filter(
                back_at=None, told_at=None, expected_back__lt=at
            )
        )
        tellings = [
            Telling(
                each.tell_id, "lone_worker.not_back", ("lone_worker", each.id), f"out:{each.id}"
            )
            for each in late
        ]
        told = notices.tell(by=by, tellings=tellings)
        LoneWorkerNote.objects.filter(id__in=[each.id for each in late]).update(told_at=at)
        for each in late:
            audit.record(by=by, action="conversations.not_back", subject=("lone_worker", each.id))
    return told


def out_now(*, by: Actor) -> list[Out]:
    """Return who is out alone of whom this person is told, and whoever was not back in time."""
    by.require("moments.hold")
    found = LoneWorkerNote.objects.select_related("by").filter(tell_id=by.own_id, back_at=None)
    return [
        Out(each.id, each.by.name, each.by.phone, each.place, each.expected_back, each.told_at)
        for each in found.order_by("expected_back")
    ]

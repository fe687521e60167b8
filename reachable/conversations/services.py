"""Keeping what somebody wrote of a conversation, and sharing a child's words by a decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.conversations import offering
from reachable.conversations.applying import apply
from reachable.conversations.models import Conversation, ConversationVersion, Device, Sharing
from reachable.conversations.rules import content as contents
from reachable.conversations.rules.audience import keeps_words
from reachable.conversations.rules.versions import Written, standing, written_after
from reachable.conversations.seeing import is_visible
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.moments.joined import standing_for
from reachable.moments.models import Moment
from reachable.moments.selectors import is_visible as moment_is_visible
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.practice import guidance

HOLDS, ASSIGNS = "moments.hold", "moments.assign"
MOST_BASES = 20
KEPT, AGAIN = "kept", "again"
NOTHING_KEPT = "Nothing was kept of it here; your words stay where you wrote them."


@dataclass(frozen=True)
class Writing:
    """A version as somebody wrote it; its identifiers were made where it was written."""

    version_id: UUID
    conversation_id: UUID
    moment_id: UUID
    guide: str
    content: Mapping[str, Any]
    finished: bool
    began_at: datetime
    written_at: datetime
    based_on: tuple[UUID, ...] = ()
    device_said_at: str = ""


@dataclass(frozen=True)
class Kept:
    """What became of a version. `beside` says that another one stands beside it, and `said` what
    its outcome did, or could not do, in the moment."""

    state: str
    beside: bool = False
    said: tuple[str, ...] = field(default=())


@transaction.atomic
def keep(*, by: Actor, writing: Writing, device: Device | None = None) -> Kept:
    """Keep a version, once, to the letter; a finished one has its outcome noted in the moment,
    unless a finished one that was written on it came in before.

    Whoever wrote of a child on a phone that had the moment is heard, though the child was given to
    somebody else, or their account was ended, before it came in.
    """
    content = _readable(writing)
    digest = _digest(writing, content)
    before = ConversationVersion.objects.filter(id=writing.version_id).first()
    if before is not None:
        if before.by_id != by.own_id or before.digest != digest:
            raise BadInput("Something else was sent under this number.", kept=NOTHING_KEPT)
        return Kept(AGAIN, _beside(before.conversation_id), tuple(before.said))
    moment, late = _moment(by, writing, device)
    conversation = _conversation(by, writing, moment)
    made = ConversationVersion.objects.create(
        id=writing.version_id,
        conversation=conversation,
        based_on=[str(each) for each in writing.based_on],
        content=content,
        finished=writing.finished,
        by_id=by.own_id,
        device=device,
        device_said_at=writing.device_said_at[:40],
        written_at=writing.written_at,
        received_at=now(),
        late=late,
        digest=digest,
    )
    audit.record(
        by=by,
        action="conversations.kept",
        subject=("conversation", conversation.id),
        version=writing.version_id,
        late=late,
    )
    said: tuple[str, ...] = ()
    if writing.finished:
        # It may have been joined to another one since it was put on a phone.
        stands = standing_for([moment])[moment.id]
        if not _overtaken(conversation.id, writing.version_id):
            said = _apply(by, conversation, stands, content)
            said += offering.record(by=by, conversation=conversation, content=content)
        made.said = list(said)
        made.save(update_fields=["said"])
        _tell_holder(by, stands, writing.version_id)
    return Kept(KEPT, _beside(conversation.id), said)


def _readable(writing: Writing) -> dict[str, dict[str, Any]]:
    try:
        content = contents.read(writing.content)
    except contents.Unreadable as error:
        raise BadInput(str(error), kept=NOTHING_KEPT) from None
    if len(writing.based_on) > MOST_BASES:
        raise BadInput("It names too many versions before it.", kept=NOTHING_KEPT)
    if writing.guide not in {each.key for each in guidance.guides()}:
        raise BadInput("Please choose where you talked.", kept=NOTHING_KEPT)
    if writing.finished and (lacking := contents.lacks(content)):
        raise BadInput(" ".join(lacking), kept=NOTHING_KEPT)
    if not content:
        raise BadInput("Nothing is written in it yet.", kept=NOTHING_KEPT)
    return content


def _digest(writing: Writing, content: Mapping[str, Any]) -> str:
    held = [str(writing.conversation_id), writing.finished, content]
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def _moment(by: Actor, writing: Writing, device: Device | None) -> tuple[Moment, bool]:
    """Return the moment that it is about, and whether it came in when `by` no longer had it."""
    found = Moment.objects.filter(id=writing.moment_id).first()
    if found is None:
        raise NotFound
    if by.can(HOLDS) and moment_is_visible(by=by, moment=found):
        by.require_to_write("welfare")
        return found, False
    if device is not None and str(found.id) in device.day_for:
        return found, True
    raise NotFound


def _conversation(by: Actor, writing: Writing, moment: Moment) -> Conversation:
    found = Conversation.objects.select_for_update().filter(id=writing.conversation_id).first()
    if found is not None:
        if found.moment_id != moment.id:
            raise NotFound
        return found
    return Conversation.objects.create(
        id=writing.conversation_id,
        person_id=moment.person_id,
        moment=moment,
        guide=writing.guide,
        begun_by_id=by.own_id,
        began_at=min(writing.began_at, now()),
        received_at=now(),
    )


def _apply(
    by: Actor, conversation: Conversation, moment_id: UUID, content: contents.Content
) -> tuple[str, ...]:
    """Note the outcome in the moment, unless a version before said the same."""
    answer = contents.answer(content)
    if not answer or answer == conversation.applied:
        return ()
    conversation.applied = answer
    conversation.save(update_fields=["applied"])
    return apply(by=by, moment_id=moment_id, content=content, began_at=conversation.began_at)


def _overtaken(conversation_id: UUID, version_id: UUID) -> bool:
    later = written_after(version_id, _written_in([conversation_id])[conversation_id])
    return ConversationVersion.objects.filter(id__in=later, finished=True).exists()


def _beside(conversation_id: UUID) -> bool:
    return len(standing(_written_in([conversation_id])[conversation_id])) > 1


def _written_in(conversation_ids: list[UUID]) -> dict[UUID, list[Written]]:
    """Return the versions of each conversation with what they are based on, the oldest first."""
    found: dict[UUID, list[Written]] = {each: [] for each in conversation_ids}
    rows = ConversationVersion.objects.filter(conversation_id__in=conversation_ids)
    ordered = rows.order_by("received_at", "id").values_list("conversation_id", "id", "based_on")
    for conversation_id, version_id, based_on in ordered:
        found[conversation_id].append(Written(version_id, frozenset(map(UUID, based_on))))
    return found


def _tell_holder(by: Actor, moment_id: UUID, version_id: UUID) -> None:
    """Tell whoever has the moment, where that is somebody else than the writer."""
    holder = Moment.objects.values_list("holder_id", flat=True).get(id=moment_id)
    if holder is not None and holder != by.id:
        key = f"conversation:{version_id}:{holder}"
        told = Telling(holder, "conversation.kept", ("moment", moment_id), key)
        notices.tell(by=by, tellings=[told])


@transaction.atomic
def share_words(
    *, by: Actor, conversation_id: UUID, agency_kind: str, reason: str, child_told: str
) -> None:
    """Decide that a kind of agency reads the child's words, which a court may ask to be disclosed.

    The writer decides, or somebody who leads the team.
    """
    by.require(HOLDS)
    by.require_to_write("welfare")
    found = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if found is None or not is_visible(by=by, conversation=found):
        raise NotFound
    versions = ConversationVersion.objects.filter(conversation=found)
    wrote = versions.filter(by_id=by.own_id).exists()
    if not wrote and not (by.can(ASSIGNS) and found.moment.team_id in by.team_ids):
        raise Conflict(
            "Whoever wrote it down decides, or somebody who leads the team.",
            kept="Nothing was shared.",
        )
    if not reason.strip() or not child_told.strip():
        raise BadInput(
            "Please say why, and what the child was told.",
            kept="Nothing was shared.",
        )
    if not any(keeps_words(each.content) for each in versions):
        raise Conflict("No words of the child’s are in it.", kept="Nothing was shared.")
    if Sharing.objects.filter(conversation=found, agency_kind=agency_kind).exists():
        raise Conflict("They read it already.", kept="Nothing was changed.")
    Sharing.objects.create(
        conversation=found,
        agency_kind=agency_kind,
        reason=reason.strip(),
        child_told=child_told.strip(),
        by_id=by.own_id,
        at=now(),
    )
    audit.record(
        by=by,
        action="conversations.words_shared",
        subject=("conversation", found.id),
        with_kind=agency_kind,
    )

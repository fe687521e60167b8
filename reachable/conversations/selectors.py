"""What was said, for those who work with the child; their words for those they were told about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.conversations.models import Conversation, ConversationVersion, Sharing
from reachable.conversations.rules.audience import (
    Reader,
    Told,
    for_reader,
    keeps_words,
    may_read_words,
    told_in,
)
from reachable.conversations.rules.content import answer
from reachable.conversations.rules.versions import Written, last_finished, replaced_by
from reachable.conversations.seeing import visible_conversations
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.moments.joined import families
from reachable.practice import guidance
from reachable.practice.items import Guide

Content = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class VersionFacts:
    """A version that stands, as far as this person may read it.

    `words_kept_back` says that it holds words of the child's that are not for them.
    """

    id: UUID
    writer: str
    writer_id: UUID
    written_at: datetime
    received_at: datetime
    finished: bool
    late: bool
    content: Content
    words_kept_back: bool


@dataclass(frozen=True)
class SharingFacts:
    """A decision by which others read the child's words."""

    agency_kind: str
    reason: str
    child_told: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ConversationFacts:
    """A conversation with the versions that stand: one, or two until they are put together.

    `earlier` counts the versions on which others were written. `may_share` says whether this person
    may decide that others read the child's words. `card_at` is when the child last got a card.
    """

    id: UUID
    moment_id: UUID
    person_id: UUID
    guide: Guide
    begun_by: str
    begun_by_id: UUID
    began_at: datetime
    answer: str
    finished: bool
    versions: tuple[VersionFacts, ...]
    earlier: int
    holds_words: bool
    may_share: bool
    sharings: tuple[SharingFacts, ...]
    card_at: datetime | None


def conversation(
    *, by: Actor, conversation_id: UUID, page: str = "conversation"
) -> ConversationFacts:
    """Return one conversation; hidden and absent are the same. The look is logged."""
    found = _facts(by, visible_conversations(by=by).filter(id=conversation_id))
    if not found:
        raise NotFound
    child = ("person", found[0].person_id)
    audit.looked(by=by, subject=("conversation", conversation_id), also=child, page=page)
    return found[0]


def conversations_of_child(*, by: Actor, person_id: UUID) -> list[ConversationFacts]:
    """Return the thread of conversations with a child, whoever held them, the newest first."""
    held = visible_conversations(by=by).filter(person__now__current_id=person_id)
    return _facts(by, held)


def conversations_of_children(
    *, by: Actor, person_ids: Sequence[UUID]
) -> dict[UUID, list[ConversationFacts]]:
    """Return the same of several children, in as many questions as of one."""
    held = visible_conversations(by=by).filter(person__now__current_id__in=list(person_ids))
    found: dict[UUID, list[ConversationFacts]] = {each: [] for each in person_ids}
    for facts in _facts(by, held):
        found[facts.person_id].append(facts)
    return found


def conversations_of_moment(*, by: Actor, moment_id: UUID) -> list[ConversationFacts]:
    """Return the conversations that a moment led to, with those of what was joined to it."""
    held = visible_conversations(by=by).filter(moment_id__in=list(families([moment_id])))
    return _facts(by, held)


def _facts(by: Actor, found: QuerySet[Conversation]) -> list[ConversationFacts]:
    rows = list(
        found.annotate(card_at=Max("cards__at"))
        .select_related("begun_by", "person__now", "moment")
        .order_by("-began_at", "-id")
    )
    ids = [each.id for each in rows]
    versions: dict[UUID, list[ConversationVersion]] = {each: [] for each in ids}
    for version in (
        ConversationVersion.objects.filter(conversation_id__in=ids)
        .select_related("by")
        .order_by("received_at", "id")
    ):
        versions[version.conversation_id].append(version)
    sharings: dict[UUID, list[Sharing]] = {each: [] for each in ids}
    for sharing in (
        Sharing.objects.filter(conversation_id__in=ids).select_related("by").order_by("at")
    ):
        sharings[sharing.conversation_id].append(sharing)
    reader = _reader(by)
    return [_one(by, reader, each, versions[each.id], sharings[each.id]) for each in rows]


def _reader(by: Actor) -> Reader:
    kind = access.agency_kind(by=by) if by.is_person else ""
    return Reader(by.id, kind, by.team_ids)


def _one(
    by: Actor,
    reader: Reader,
    held: Conversation,
    versions: list[ConversationVersion],
    sharings: list[Sharing],
) -> ConversationFacts:
    written = [Written(each.id, frozenset(map(UUID, each.based_on))) for each in versions]
    replaced = replaced_by(written)
    shared_with = frozenset(each.agency_kind for each in sharings)
    shown = tuple(
        _version(by, reader, held, each, shared_with)
        for each in versions
        if each.id not in replaced
    )
    finished = [each for each in versions if each.finished]
    last = last_finished(written, [each.id for each in finished])
    counts = next((each for each in finished if each.id in last[-1:]), versions[-1])
    wrote = any(each.by_id == by.id for each in versions)
    leads = by.can("moments.assign") and held.moment.team_id in by.team_ids
    return ConversationFacts(
        id=held.id,
        moment_id=held.moment_id,
        person_id=held.person.now.current_id,
        guide=guidance.guide(held.guide),
        begun_by=held.begun_by.name,
        begun_by_id=held.begun_by_id,
        began_at=held.began_at,
        answer=answer(counts.content),
        finished=bool(finished),
        versions=shown,
        earlier=len(versions) - len(shown),
        holds_words=any(keeps_words(each.content) for each in versions),
        may_share=wrote or leads,
        sharings=tuple(
            SharingFacts(each.agency_kind, each.reason, each.child_told, each.by.name, each.at)
            for each in sharings
        ),
        card_at=vars(held)["card_at"],
    )


def _version(
    by: Actor,
    reader: Reader,
    held: Conversation,
    version: ConversationVersion,
    shared_with: frozenset[str],
) -> VersionFacts:
    told = Told(
        version.by_id, held.moment.team_id, frozenset(told_in(version.content)), shared_with
    )
    reads = by.is_system or may_read_words(reader, told)
    return VersionFacts(
        id=version.id,
        writer=version.by.name,
        writer_id=version.by_id,
        written_at=version.written_at,
        received_at=version.received_at,
        finished=version.finished,
        late=version.late,
        content=for_reader(version.content, reads_words=reads),
        words_kept_back=not reads and keeps_words(version.content),
    )

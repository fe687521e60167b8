"""Candidates that wait to be confirmed, and what was confirmed, for who works with the child."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from reachable.audit import services as audit
from reachable.conversations.models import (
    CandidateDecision,
    ConfirmedContext,
    Conversation,
    ConversationVersion,
)
from reachable.conversations.rules import candidates as rules
from reachable.conversations.rules.candidates import (
    CONFIRMED,
    LATER,
    WAITING,
    Alike,
    Known,
    Said,
    alike,
    candidate_id,
    said_in,
)
from reachable.conversations.rules.parts import CANDIDATES
from reachable.conversations.rules.versions import Written, replaced_by
from reachable.conversations.seeing import visible_conversations
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import today
from reachable.geography.selectors import area_names
from reachable.people import selectors as people
from reachable.practice import guidance

HOLDS = "moments.hold"


@dataclass(frozen=True)
class SourceFacts:
    """A conversation from which something confirmed comes, and who confirmed it there."""

    conversation_id: UUID
    person_id: UUID
    child: str
    guide: str
    began_at: datetime
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True)
class ContextFacts:
    """Something that was confirmed, with those sources that the reader may see."""

    id: UUID
    kind: str
    name: str
    postcode: str
    area: str
    note: str
    sources: tuple[SourceFacts, ...]

    @property
    def children(self) -> dict[UUID, str]:
        """The children whom the reader may see, each once."""
        return {each.person_id: each.child for each in self.sources}


@dataclass(frozen=True)
class DecisionFacts:
    """What was decided last of a candidate."""

    decision: str
    reason: str
    until: date | None
    by: str
    at: datetime
    context_id: UUID | None


@dataclass(frozen=True)
class CandidateFacts:
    """A candidate as it was said, by whom it was noted first, and where it stands.

    `is_said` says that it stands in a version of the conversation that counts now.
    """

    id: UUID
    conversation_id: UUID
    person_id: UUID
    child: str
    guide: str
    began_at: datetime
    version_id: UUID
    kind: str
    said: str
    noted_by: str
    noted_at: datetime
    is_said: bool
    state: str
    decided: DecisionFacts | None

    @property
    def waits(self) -> bool:
        return self.is_said and self.state in (WAITING, LATER)


def waiting(*, by: Actor, kind: str | None = None) -> list[CandidateFacts]:
    """Return what waits for this person's teams, the oldest first; what was put off comes last."""
    by.require(HOLDS)
    ours = Q(moment__team_id__in=by.team_ids) | Q(begun_by_id=by.own_id)
    found = _candidates(by, visible_conversations(by=by).filter(ours))
    kept = [each for each in found if each.waits and kind in (None, each.kind)]
    kept.sort(key=lambda each: (each.state == LATER, each.noted_at, each.id))
    return kept


def of_conversation(*, by: Actor, conversation_id: UUID) -> list[CandidateFacts]:
    """Return the candidates of one conversation, decided or not; the look is logged."""
    by.require(HOLDS)
    held = visible_conversations(by=by).filter(id=conversation_id)
    person_id = held.values_list("person__now__current_id", flat=True).first()
    if person_id is None:
        raise NotFound
    child = ("person", person_id)
    audit.looked(by=by, subject=("conversation", conversation_id), also=child, page="candidates")
    return _candidates(by, held)


def candidate(*, by: Actor, conversation_id: UUID, candidate_id: UUID) -> CandidateFacts:
    """Return one candidate; hidden and absent are the same."""
    for each in of_conversation(by=by, conversation_id=conversation_id):
        if each.id == candidate_id:
            return each
    raise NotFound


def how_many_wait(*, by: Actor, conversation_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many candidates of each conversation wait, for whoever may confirm them; none
    where a conversation holds no candidate."""
    wanted = list(conversation_ids)
    if not wanted or not by.can(HOLDS):
        return {}
    found: dict[UUID, int] = {}
    for each in _candidates(by, visible_conversations(by=by).filter(id__in=wanted)):
        found[each.conversation_id] = found.get(each.conversation_id, 0) + each.waits
    return found


def _candidates(by: Actor, held: QuerySet[Conversation]) -> list[CandidateFacts]:
    """Return the candidates of conversations, in the order in which they were noted."""
    noted = ConversationVersion.objects.filter(
        conversation_id=OuterRef("id"), content__has_key=CANDIDATES.key
    )
    rows = {each.id: each for each in held.filter(Exists(noted)).select_related("person__now")}
    if not rows:
        return []
    names = people.names(by=by, current_ids={each.person.now.current_id for each in rows.values()})
    last = {
        each.candidate_id: each
        for each in CandidateDecision.objects.filter(conversation_id__in=list(rows))
        .select_related("by")
        .order_by("at", "id")
    }
    found: list[CandidateFacts] = []
    for conversation_id, versions in _versions(list(rows)).items():
        conversation = rows[conversation_id]
        known = names.get(conversation.person.now.current_id)
        found += _of_one(conversation, versions, known.name if known else "Name kept back", last)
    return found


def _versions(conversation_ids: list[UUID]) -> dict[UUID, list[ConversationVersion]]:
    found: dict[UUID, list[ConversationVersion]] = {each: [] for each in conversation_ids}
    rows = ConversationVersion.objects.filter(conversation_id__in=conversation_ids)
    for version in rows.select_related("by").order_by("received_at", "id"):
        found[version.conversation_id].append(version)
    return found


def _of_one(
    conversation: Conversation,
    versions: list[ConversationVersion],
    child: str,
    last: Mapping[UUID, CandidateDecision],
) -> list[CandidateFacts]:
    replaced = replaced_by(
        Written(each.id, frozenset(map(UUID, each.based_on))) for each in versions
    )
    first: dict[Said, ConversationVersion] = {}
    standing: dict[Said, ConversationVersion] = {}
    for version in versions:
        for said in said_in(version.content):
            first.setdefault(said, version)
            if version.id not in replaced:
                standing.setdefault(said, version)
    found = []
    for said, noted in first.items():
        id_ = candidate_id(conversation.id, said)
        decided = _decided(last.get(id_))
        stands = rules.state(
            decided.decision if decided else "", decided.until if decided else None, today()
        )
        if said not in standing and stands not in (CONFIRMED, rules.SET_ASIDE):
            continue
        found.append(
            CandidateFacts(
                id=id_,
                conversation_id=conversation.id,
                person_id=conversation.person.now.current_id,
                child=child,
                guide=guidance.guide(conversation.guide).title,
                began_at=conversation.began_at,
                version_id=standing.get(said, noted).id,
                kind=said.kind,
                said=said.what,
                noted_by=noted.by.name,
                noted_at=noted.written_at,
                is_said=said in standing,
                state=stands,
                decided=decided,
            )
        )
    return found


def _decided(last: CandidateDecision | None) -> DecisionFacts | None:
    if last is None:
        return None
    return DecisionFacts(
        last.decision, last.reason, last.until, last.by.name, last.at, last.context_id
    )


def confirmed_contexts(*, by: Actor, kind: str = "") -> list[ContextFacts]:
    """Return what was confirmed and stands, by name: of the children whom `by` may see and of
    nobody else. What comes from other children only is not among them."""
    return _contexts(by, Q(context__kind=kind) if kind else Q())


def confirmed_context(*, by: Actor, context_id: UUID) -> ContextFacts | None:
    """Return one of them, if it stands and comes from a child whom `by` may see."""
    return next(iter(_contexts(by, Q(context_id=context_id))), None)


def _contexts(by: Actor, wanted: Q) -> list[ContextFacts]:
    """A decision counts if it is the last of its candidate."""
    seen = visible_conversations(by=by)
    later = CandidateDecision.objects.filter(candidate_id=OuterRef("candidate_id")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))
    )
    decisions = list(
        CandidateDecision.objects.filter(
            wanted, context__isnull=False, conversation__in=seen.values("id")
        )
        .exclude(Exists(later))
        .select_related("context", "by", "conversation__person__now")
        .order_by("at", "id")
    )
    child_ids = {each.conversation.person.now.current_id for each in decisions}
    names = people.names(by=by, current_ids=child_ids)
    areas = area_names()
    sources: dict[UUID, list[SourceFacts]] = {}
    held: dict[UUID, ConfirmedContext] = {}
    for each in decisions:
        known = names.get(each.conversation.person.now.current_id)
        if known is None or each.context is None:
            continue
        held[each.context.id] = each.context
        sources.setdefault(each.context.id, []).append(_source(each, known.name))
    found = [
        ContextFacts(
            id=each.id,
            kind=each.kind,
            name=each.name,
            postcode=each.postcode,
            area=areas.get(each.area, ""),
            note=each.note,
            sources=tuple(sources[each.id]),
        )
        for each in held.values()
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.id))


def _source(decision: CandidateDecision, child: str) -> SourceFacts:
    conversation = decision.conversation
    return SourceFacts(
        conversation_id=conversation.id,
        person_id=conversation.person.now.current_id,
        child=child,
        guide=guidance.guide(conversation.guide).title,
        began_at=conversation.began_at,
        confirmed_by=decision.by.name,
        confirmed_at=decision.at,
    )


def may_be(
    *, by: Actor, kind: str, what: str, postcode: str = ""
) -> list[tuple[ContextFacts, Alike]]:
    """Return what was confirmed and may be the same, each with why. A person decides."""
    held = {each.id: each for each in confirmed_contexts(by=by)}
    known = (Known(each.id, each.kind, each.name, each.postcode) for each in held.values())
    return [(held[each.id], each) for each in alike(Said(kind, what), known, postcode=postcode)]

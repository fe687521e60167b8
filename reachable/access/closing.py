"""What closes a record to somebody who works with it: a conflict of interest, or a restriction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, UUIDField, When
from django.db.models.functions import Coalesce

from reachable.access.models import ConflictOfInterest, Restriction, RestrictionReader
from reachable.foundation.actor import Actor
from reachable.foundation.questions import Question


def in_conflict(*, by: Actor, kind: str) -> QuerySet[ConflictOfInterest, UUID]:
    """Return, as a subquery, with whom this person has a conflict of interest now."""
    return in_conflict_with(user_id=by.own_id, kind=kind)


def in_conflict_with(*, user_id: Any, kind: Any) -> QuerySet[ConflictOfInterest, UUID]:
    """Return `in_conflict` of whom `user_id` names: a worker, or a place of a `Question`."""
    held = ConflictOfInterest.objects.filter(user_id=user_id, subject_kind=kind, ended_at=None)
    return held.values_list("subject_id", flat=True)


def kept_from(*, by: Actor, kind: str) -> QuerySet[Restriction, UUID]:
    """Return, as a subquery, whose records are restricted now to others than this person."""
    return kept_from_whom(user_id=by.own_id, kind=kind)


def kept_from_whom(*, user_id: Any, kind: Any) -> QuerySet[Restriction, UUID]:
    """Return `kept_from` of whom `user_id` names: a worker, or a place of a `Question`."""
    reads = RestrictionReader.objects.filter(
        restriction_id=OuterRef("id"), user_id=user_id, ended_at=None
    )
    held = Restriction.objects.filter(~Exists(reads), subject_kind=kind, ended_at=None)
    return held.values_list("subject_id", flat=True)


def kept_from_since(
    *, by: Actor, kind: str, subject_ids: Collection[UUID]
) -> list[tuple[UUID, datetime]]:
    """Return which of these are restricted to others than this person, and since when for them:
    since it was restricted, or since they are not a reader of it any more."""
    held = Restriction.objects.filter(
        subject_id__in=kept_from(by=by, kind=kind), subject_kind=kind, ended_at=None
    ).filter(subject_id__in=list(subject_ids))
    own_end = Max("readers__ended_at", filter=Q(readers__user_id=by.own_id))
    return list(
        held.annotate(since=Coalesce(own_end, F("set_at"))).values_list("subject_id", "since")
    )


def closes(*, by: Actor, kind: str, subject: Any) -> Q:
    """Say of one subject, such as `OuterRef("person_id")`, whether it is closed to this person."""
    return closes_to(user_id=by.own_id, kind=kind, subject=subject)


def closes_to(*, user_id: Any, kind: Any, subject: Any) -> Q:
    """Say `closes` of whom `user_id` names: a worker, or a place of a `Question`."""
    conflict = in_conflict_with(user_id=user_id, kind=kind).filter(subject_id=subject)
    restricted = kept_from_whom(user_id=user_id, kind=kind).filter(subject_id=subject)
    return Q(Exists(conflict)) | Q(Exists(restricted))


def closed_among(*, by: Actor, kind: str, subject_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these are closed to this person, for what stands on them itself."""
    asked = {"user_id": by.own_id, "kind": kind, "subject_ids": subject_ids}
    return {subject for (subject,) in (*_kept_from(**asked), *_in_conflict(**asked))}


@Question
def _kept_from(user_id: Any, kind: Any, subject_ids: Any) -> QuerySet[Restriction, Any]:
    reads = RestrictionReader.objects.filter(
        restriction_id=OuterRef("id"), user_id=user_id, ended_at=None
    )
    return Restriction.objects.filter(
        ~Exists(reads), subject_kind=kind, subject_id__among=subject_ids, ended_at=None
    ).values_list("subject_id")


@Question
def _in_conflict(user_id: Any, kind: Any, subject_ids: Any) -> QuerySet[ConflictOfInterest, Any]:
    return ConflictOfInterest.objects.filter(
        user_id=user_id, subject_kind=kind, subject_id__among=subject_ids, ended_at=None
    ).values_list("subject_id")


@dataclass(frozen=True)
class Closed:
    """To whom some people are closed: who has a conflict with them, and who alone may read them.

    `readers` has only those who are restricted.
    """

    conflicts: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    readers: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def opens(self, subject: UUID, user: UUID) -> bool:
        """Say whether nothing closes this subject to that user. It does not say that it is open."""
        if user in self.conflicts.get(subject, ()):
            return False
        return subject not in self.readers or user in self.readers[subject]


def closed(*, by: Actor, kind: str, same: Mapping[UUID, UUID]) -> Closed:
    """Return to whom these are closed, by who stands for them now: `same` is person → current.

    For services that choose whom to ask and to tell, whoever acts: no page shows it.
    """
    del by
    conflicts: dict[UUID, frozenset[UUID]] = {}
    for subject, user in _conflicts(kind=kind, subject_ids=same):
        conflicts[same[subject]] = conflicts.get(same[subject], frozenset()) | {user}
    named: dict[UUID, tuple[UUID, set[UUID]]] = {}
    for restriction, subject, reader in _readers(kind=kind, subject_ids=same):
        held = named.setdefault(restriction, (same[subject], set()))[1]
        if reader is not None:
            held.add(reader)
    readers: dict[UUID, frozenset[UUID]] = {}
    for current, held in named.values():
        # Two records of one child may each be restricted: who reads the child reads both.
        readers[current] = readers.get(current, frozenset(held)) & held
    return Closed(conflicts, readers)


@Question
def _conflicts(kind: Any, subject_ids: Any) -> QuerySet[ConflictOfInterest, Any]:
    return ConflictOfInterest.objects.filter(
        subject_kind=kind, subject_id__among=subject_ids, ended_at=None
    ).values_list("subject_id", "user_id")


@Question
def _readers(kind: Any, subject_ids: Any) -> QuerySet[Restriction, Any]:
    """A restriction with a row for each reader that it ever had; None stands for one who ended."""
    reads = Case(When(readers__ended_at=None, then="readers__user_id"), output_field=UUIDField())
    return Restriction.objects.filter(
        subject_kind=kind, subject_id__among=subject_ids, ended_at=None
    ).values_list("id", "subject_id", reads)

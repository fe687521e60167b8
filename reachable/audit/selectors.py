"""Who did and who looked, for those who may ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.audit.models import Entry
from reachable.audit.services import looked
from reachable.foundation.actor import Actor
from reachable.practice.time import start_of_day

PAGE = 50


@dataclass(frozen=True)
class EntryFacts:
    """One act, by identifiers only."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    part: str
    action: str
    subject_kind: str
    subject_id: UUID | None
    details: dict[str, Any]


@dataclass(frozen=True)
class Entries:
    """One page of entries, newest first; `more` where older ones follow."""

    entries: list[EntryFacts]
    number: int
    more: bool


def looks_at(*, by: Actor, kind: str, subject_ids: Iterable[UUID], page: int = 1) -> Entries:
    """Return who looked at a record. The caller has made sure that `by` may see it."""
    del by
    held = Entry.objects.filter(
        action="looked", subject_kind=kind, subject_id__in=list(subject_ids)
    )
    return _page(held, page, "-id")


def about_oneself(
    *, by: Actor, actions: Iterable[str], since: datetime, most: int
) -> list[EntryFacts]:
    """Return which of these acts were done to this person's own account, newest first.

    It is no look: nobody else is in it.
    """
    held = Entry.objects.filter(
        subject_id=by.own_id, subject_kind="user", action__in=list(actions), at__gte=since
    )
    return [_facts(row) for row in held.order_by("-id")[:most]]


def looks_of(
    *,
    by: Actor,
    actor_id: UUID,
    kind: str,
    subject_ids: Iterable[UUID],
    first: datetime,
    last: datetime,
) -> list[EntryFacts]:
    """Return what one person looked at of these in that time, oldest first, for its review."""
    by.require("people.oversee")
    looked(by=by, subject=("audit", None), page="review of an emergency")
    held = Entry.objects.filter(
        action="looked",
        actor_id=actor_id,
        subject_kind=kind,
        subject_id__in=list(subject_ids),
        at__gte=first,
        at__lte=last,
    )
    return [_facts(row) for row in held.order_by("at", "id")[: 10 * PAGE]]


def entries(
    *,
    by: Actor,
    actor_ids: Iterable[UUID] | None = None,
    subject_id: UUID | None = None,
    day: date | None = None,
    page: int = 1,
) -> Entries:
    """Return entries of these people, about this subject, of this day in London; or all.

    To read the audit is itself a look, and is noted.
    """
    by.require("audit.read")
    looked(by=by, subject=("audit", None), page="who looked")
    held = Entry.objects.all()
    if actor_ids is not None:
        held = held.filter(actor_id__in=list(actor_ids))
    if subject_id is not None:
        held = held.filter(subject_id=subject_id)
    if day is not None:
        held = held.filter(at__gte=start_of_day(day), at__lt=start_of_day(day + timedelta(days=1)))
        return _page(held, page, "-at", "-id")
    return _page(held, page, "-id")


def _page(held: QuerySet[Entry], page: int, *order: str) -> Entries:
    """Read one page and one entry more: to count millions would take longer than to read fifty."""
    number = max(1, page)
    first = (number - 1) * PAGE
    rows = list(held.order_by(*order)[first : first + PAGE + 1])
    return Entries([_facts(row) for row in rows[:PAGE]], number, len(rows) > PAGE)


def _facts(row: Entry) -> EntryFacts:
    return EntryFacts(
        row.id,
        row.at,
        row.actor_id,
        row.actor_name,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.details,
    )

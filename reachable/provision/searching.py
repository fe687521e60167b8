"""Services that are listed, narrowed by what is asked, for pages and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from reachable.provision.models import Opening, Service

MOST_WORDS = 8


@dataclass(frozen=True)
class Asked:
    """What is asked for; whatever is empty narrows nothing.

    `age` is that of a child. The standard's `minimum_age` and `maximum_age` are bounds of what the
    service itself says.
    """

    words: str = ""
    age: int | None = None
    help: str = ""
    term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    weekday: int | None = None
    opens_from: time | None = None
    closes_by: time | None = None
    due_before: datetime | None = None
    """Not checked since, and listed before."""


def listed(asked: Asked) -> QuerySet[Service, Any]:
    """Return the services by name, each once. An entry without an age is there for every age."""
    found = Service.objects.filter(ended_at=None, current__isnull=False)
    for word in asked.words.casefold().split()[:MOST_WORDS]:
        found = found.filter(words__contains=word)
    if asked.age is not None:
        found = found.filter(
            Q(minimum_age=None) | Q(minimum_age__lte=asked.age),
            Q(maximum_age=None) | Q(maximum_age__gte=asked.age),
        )
    if asked.help:
        found = found.filter(terms__taxonomy="help", terms__key=asked.help)
    if asked.term_id is not None:
        found = found.filter(terms__term_id=asked.term_id)
    if asked.taxonomy_id is not None:
        found = found.filter(terms__taxonomy_id=asked.taxonomy_id)
    if asked.minimum_age is not None:
        found = found.filter(minimum_age__gte=asked.minimum_age)
    if asked.maximum_age is not None:
        found = found.filter(maximum_age__lte=asked.maximum_age)
    if asked.due_before is not None:
        found = found.filter(
            Q(last_checked_at__lt=asked.due_before)
            | Q(last_checked_at=None, listed_at__lt=asked.due_before)
        )
    if (hours := _open(asked)) is not None:
        found = found.filter(id__in=hours)
    return found.order_by("name", "id").distinct()


def _open(asked: Asked) -> QuerySet[Opening, Any] | None:
    if asked.weekday is None and asked.opens_from is None and asked.closes_by is None:
        return None
    found = Opening.objects.all()
    if asked.weekday is not None:
        found = found.filter(weekday=asked.weekday)
    if asked.opens_from is not None:
        found = found.filter(opens_at__gte=asked.opens_from)
    if asked.closes_by is not None:
        found = found.filter(closes_at__lte=asked.closes_by)
    return found.values_list("service_id", flat=True)

"""Who in the register turns an age, and what is recorded of it: for work of the system only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from reachable.chronology.models import Event
from reachable.foundation.actor import Actor
from reachable.foundation.questions import Question
from reachable.people.models import CurrentPerson, Record


@dataclass(frozen=True, slots=True)
class Turning:
    """Somebody whose birth date says that they may turn an age now.

    `first_known` is when anything came of them first; `first_news` the day of the first thing that
    did not come only to build up the record.
    """

    record_id: UUID
    agency_id: UUID
    person_id: UUID
    current_id: UUID
    birth_date: date
    first_known: datetime | None
    first_news: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A birthday that is recorded, and the birth date that the newest record gives now."""

    signal_id: UUID
    kind: str
    record_id: UUID
    agency_id: UUID
    compartment: str
    source: str
    current_id: UUID
    occurred_on: date
    received_at: datetime
    news: bool
    birth_date: date | None


def turning(
    *,
    by: Actor,
    born: Mapping[str, tuple[date, date]],
    signs: Collection[str],
    since: date,
) -> list[Turning]:
    """Return, in one question, who was born in one of these times and had a sign since a day.

    A child's birth date is that of the newest record which gives one.
    """
    by.require("rebuild")
    ranges = Q()
    for first, last in born.values():
        ranges |= Q(birth_date__gte=first, birth_date__lte=last)
    child = "record__person__now__current_id"
    of_child = Event.objects.filter(**{child: OuterRef("person__now__current_id")}).exclude(
        kind__in=list(born)
    )
    newer = Record.objects.filter(
        Q(detail_at__gt=OuterRef("detail_at"))
        | Q(detail_at=OuterRef("detail_at"), id__gt=OuterRef("id")),
        person__now__current_id=OuterRef("person__now__current_id"),
        birth_date__isnull=False,
    )
    rows = (
        Record.objects.filter(ranges)
        .filter(
            ~Exists(newer),
            Exists(of_child.filter(kind__in=list(signs), occurred_on__gte=since)),
        )
        .annotate(
            first_known=_first(of_child, "received_at"),
            first_news=_first(of_child.filter(news=True), "occurred_on"),
        )
        .order_by("id")
        .values_list(
            *("id", "agency_id", "person_id", "person__now__current_id", "birth_date"),
            *("first_known", "first_news"),
        )
    )
    return [Turning(*facts) for facts in rows]


def _first(events: QuerySet[Event], field: str) -> Subquery:
    return Subquery(events.order_by(field).values(field)[:1])


def kept(
    *, by: Actor, kinds: Iterable[str], current_ids: Collection[UUID] | None = None
) -> list[Kept]:
    """Return the birthdays that are recorded, of these children or of everybody, in one question.

    A birthday is recorded under its person, as other events are under their signal.
    """
    by.require("rebuild")
    if current_ids is not None:
        rows: Any = _kept_of(kinds=list(kinds), current_ids=set(current_ids))
    else:
        rows = _kept(Event.objects.filter(kind__in=list(kinds)))
    return [Kept(*facts) for facts in rows]


@Question
def _kept_of(kinds: Any, current_ids: Any) -> QuerySet[Event, Any]:
    people = CurrentPerson.objects.filter(current_id__among=current_ids)
    return _kept(Event.objects.filter(kind__among=kinds, signal_id__in=people.values("person_id")))


def _kept(held: QuerySet[Event]) -> QuerySet[Event, Any]:
    newest = Record.objects.filter(
        person__now__current_id=OuterRef("record__person__now__current_id"),
        birth_date__isnull=False,
    ).order_by("-detail_at", "-id")
    return held.annotate(born_now=Subquery(newest.values("birth_date")[:1])).values_list(
        *("signal_id", "kind", "record_id", "agency_id", "compartment", "source"),
        *("record__person__now__current_id", "occurred_on", "received_at", "news", "born_now"),
    )

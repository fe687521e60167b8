"""A child's time line, as far as somebody may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Min, QuerySet
from django.db.models.fields.json import KT

from reachable.chronology.models import FACTS, Event
from reachable.chronology.wording import in_words
from reachable.foundation.actor import Actor
from reachable.foundation.questions import Question
from reachable.people.selectors import visible_now
from reachable.practice import guidance
from reachable.practice.time import Precision, When

PAGE = 50
WITHDRAWN = "withdrawn"
"""What an event says of itself whose agency took it back."""


@dataclass(frozen=True)
class EventFacts:
    """One thing that happened, its source and its three times."""

    id: UUID
    signal_id: UUID
    kind: str
    compartment: str
    occurred: When
    received_at: datetime
    recorded_at: datetime
    agency: str
    source: str
    place: str
    details: dict[str, Any]

    @property
    def title(self) -> str:
        return guidance.event_kind(self.kind).title

    @property
    def told(self) -> list[tuple[str, str]]:
        """What else was said, as pairs of a label and words."""
        return in_words(self.details, self.place)


@dataclass(frozen=True)
class TimeLine:
    """One page of events, newest first, of the `compartments` that the reader may see."""

    events: list[EventFacts]
    total: int
    page: int
    pages: int
    compartments: frozenset[str]


def time_line(*, by: Actor, person_id: UUID, page: int = 1) -> TimeLine:
    """Return events of one current person, in the compartments that `by` may read."""
    held = Event.objects.filter(
        record__person__now__current_id=person_id,
        record__person__now__current_id__in=visible_now(by=by),
        compartment__in=by.compartments(),
    )
    total = held.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = held.select_related("agency").order_by(
        "-occurred_on", F("occurred_at").desc(nulls_last=True), "-id"
    )[(page - 1) * PAGE : page * PAGE]
    return TimeLine([_facts(row) for row in rows], total, page, pages, by.compartments())


def events(*, by: Actor, event_ids: Iterable[UUID]) -> dict[UUID, EventFacts]:
    """Return these events, without those in compartments that `by` may not read."""
    held = Event.objects.filter(id__in=list(event_ids)).select_related("agency")
    if not by.is_system:
        held = held.filter(
            compartment__in=by.compartments(),
            record__person__now__current_id__in=visible_now(by=by),
        )
    return {row.id: _facts(row) for row in held}


def events_of(*, by: Actor, person_id: UUID, event_ids: Iterable[UUID]) -> dict[UUID, EventFacts]:
    """Return those of these events that are of one current person now, and that `by` may read."""
    held = Event.objects.filter(
        id__in=list(event_ids),
        compartment__in=by.compartments(),
        record__person__now__current_id=person_id,
        record__person__now__current_id__in=visible_now(by=by),
    )
    return {row.id: _facts(row) for row in held.select_related("agency")}


def agencies_of(*, by: Actor, event_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return event → the agency that sent it, in compartments that `by` may read.

    Only for events of children whom the caller has already found visible to `by`.
    """
    held = Event.objects.filter(id__among=set(event_ids))
    if not by.is_system:
        held = held.filter(compartment__in=by.compartments())
    return dict(held.values_list("id", "agency_id"))


@dataclass(frozen=True)
class Owner:
    """Whose event it is: the person first chosen for the record, and who stands for them now."""

    person_id: UUID
    current_id: UUID
    received_at: datetime
    postcode: str


def owners(*, by: Actor, event_ids: Iterable[UUID]) -> dict[UUID, Owner]:
    """Return event → whose it is now, whoever may see it: for work of the system only."""
    by.require("rebuild")
    rows = Event.objects.filter(id__in=list(event_ids)).values_list(
        *("id", "record__person_id", "record__person__now__current_id"),
        *("received_at", "record__postcode"),
    )
    return {event_id: Owner(*facts) for event_id, *facts in rows}


@dataclass(frozen=True, slots=True)
class Recent:
    """Something that happened to a child, as far as rules ask about it."""

    event_id: UUID
    signal_id: UUID
    kind: str
    occurred: When
    received_at: datetime
    news: bool
    person_id: UUID
    current_id: UUID
    birth_date: date | None
    postcode: str


def recent(
    *, by: Actor, current_ids: Iterable[UUID], kinds: Iterable[str], since: date
) -> list[Recent]:
    """Return what happened to these people since a day, whoever may see it: for rules only.

    What its agency took back is left out.
    """
    by.require("rebuild")
    rows = _recent(current_ids=set(current_ids), kinds=list(kinds), since=since)
    return [
        Recent(event_id, signal_id, kind, _when(at, day, precision), *facts)
        for event_id, signal_id, kind, at, day, precision, status, *facts in rows
        if status != WITHDRAWN
    ]


@Question
def _recent(current_ids: Any, kinds: Any, since: Any) -> QuerySet[Event, Any]:
    return Event.objects.filter(
        record__person__now__current_id__among=current_ids,
        kind__among=kinds,
        occurred_on__gte=since,
    ).values_list(
        *("id", "signal_id", "kind", "occurred_at", "occurred_on", "precision"),
        KT("details__record_status"),
        *("received_at", "news", "record__person_id", "record__person__now__current_id"),
        *("record__birth_date", "record__postcode"),
    )


def with_news(
    *, by: Actor, current_ids: Iterable[UUID], kinds: Iterable[str], since: date
) -> set[UUID]:
    """Return of which of these people `recent` has news: most have none, and need no more said."""
    by.require("rebuild")
    rows = _news(current_ids=set(current_ids), kinds=list(kinds), since=since)
    return {current_id for current_id, status in rows if status != WITHDRAWN}


@Question
def _news(current_ids: Any, kinds: Any, since: Any) -> QuerySet[Event, Any]:
    return (
        Event.objects.filter(
            record__person__now__current_id__among=current_ids,
            kind__among=kinds,
            occurred_on__gte=since,
            news=True,
        )
        .values_list("record__person__now__current_id", KT("details__record_status"))
        .distinct()
    )


def first_day(*, by: Actor) -> date | None:
    """Return the first day of which anything is recorded of anybody; None where nothing is."""
    by.require("moments.rules")
    day: date | None = Event.objects.aggregate(first=Min("occurred_on"))["first"]
    return day


def whole_past(
    *, by: Actor, kinds: Iterable[str], since: date
) -> Iterator[tuple[UUID, str, When, date | None]]:
    """Yield what happened since a day, child by child: (who, kind, when, birth date).

    For counting only: whoever asks is shown no child. What its agency took back is left out.
    """
    by.require("moments.rules")
    rows = Event.objects.filter(kind__in=list(kinds), occurred_on__gte=since).order_by(
        "record__person__now__current_id"
    )
    for child, kind, at, day, precision, status, born in rows.values_list(
        *("record__person__now__current_id", "kind", "occurred_at", "occurred_on", "precision"),
        *(KT("details__record_status"), "record__birth_date"),
    ).iterator(chunk_size=5000):
        if status != WITHDRAWN:
            yield child, kind, _when(at, day, precision), born


def fingerprints(*, by: Actor, signal_ids: Iterable[UUID]) -> dict[tuple[UUID, str], str]:
    """Return (signal, kind) → what its event says, to tell whether a rebuild changed anything."""
    by.require("rebuild")
    rows = Event.objects.filter(signal_id__in=list(signal_ids)).values_list(
        "signal_id", "kind", *FACTS
    )
    return {(signal_id, kind): repr(facts) for signal_id, kind, *facts in rows}


def _facts(row: Event) -> EventFacts:
    return EventFacts(
        id=row.id,
        signal_id=row.signal_id,
        kind=row.kind,
        compartment=row.compartment,
        occurred=_when(row.occurred_at, row.occurred_on, row.precision, row.time_note),
        received_at=row.received_at,
        recorded_at=row.recorded_at,
        agency=row.agency.name,
        source=row.source,
        place=row.place,
        details=row.details,
    )


def _when(instant: datetime | None, day: date, precision: str, note: str = "") -> When:
    return When(instant, day, Precision(precision), note)

"""The school terms that a partnership keeps, by which clocks in school days count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.questions import Question
from reachable.foundation.time import now, today
from reachable.moments.models import SchoolDates
from reachable.practice.clocks import Dates, TermCalendar, england_and_wales
from reachable.practice.time import say_day

KEEPS = "calendar.keep"
TERM, CLOSED = "term", "closed"
NOTHING_CHANGED = "Nothing was changed."
LONGEST_TERM = timedelta(days=200)
WARN = timedelta(days=90)
"""How long before a calendar ends somebody is told: time enough to find and enter the next one."""


@dataclass(frozen=True)
class DatesFacts:
    """Dates as they were entered; `passed` says that they lie behind us."""

    id: UUID
    kind: str
    name: str
    first: date
    last: date
    entered_by: str
    passed: bool


@dataclass(frozen=True)
class CalendarFacts:
    """What is entered, and until when clocks can count by it.

    `ends_soon` says so beforehand, and once the last day has passed. `holidays_until` is set when
    the bank holidays that are known end as soon.
    """

    terms: list[DatesFacts]
    closed: list[DatesFacts]
    until: date | None
    ends_soon: bool
    holidays_until: date | None


def school_terms() -> TermCalendar:
    """Return the calendar as it stands, for whatever counts a clock."""
    dates: dict[str, list[Dates]] = {TERM: [], CLOSED: []}
    for kind, first, last in _standing_dates():
        dates[kind].append(Dates(first, last))
    return TermCalendar(tuple(dates[TERM]), tuple(dates[CLOSED]))


@Question
def _standing_dates() -> QuerySet[SchoolDates, Any]:
    standing = SchoolDates.objects.filter(ended_at=None).order_by("first")
    return standing.values_list("kind", "first", "last")


def calendar(*, by: Actor) -> CalendarFacts:
    """Return what is entered, the next first, for whoever keeps it."""
    by.require(KEEPS)
    day, terms = today(), school_terms()
    held = SchoolDates.objects.filter(ended_at=None).select_related("entered_by").order_by("first")
    found: dict[str, list[DatesFacts]] = {TERM: [], CLOSED: []}
    for each in held:
        who = each.entered_by.name if each.entered_by else "the shell"
        found[each.kind].append(
            DatesFacts(each.id, each.kind, each.name, each.first, each.last, who, each.last < day)
        )
    known_until = england_and_wales().last
    return CalendarFacts(
        terms=found[TERM],
        closed=found[CLOSED],
        until=terms.last,
        ends_soon=terms.last is not None and terms.last - day <= WARN,
        holidays_until=known_until if known_until - day <= 2 * WARN else None,
    )


@transaction.atomic
def enter(*, by: Actor, kind: str, name: str, first: date, last: date) -> UUID:
    """Enter a term, or days in one on which the schools are closed; clocks from now on count so.

    A clock that runs already keeps the end that it was given.
    """
    by.require(KEEPS)
    exclusive("school terms")
    _check(kind, name, first, last)
    made = SchoolDates.objects.create(
        kind=kind,
        name=name.strip()[:80],
        first=first,
        last=last,
        entered_at=now(),
        entered_by_id=by.id,
    )
    audit.record(by=by, action="moments.school_dates_entered", subject=("school_dates", made.id))
    return made.id


def _check(kind: str, name: str, first: date, last: date) -> None:
    if kind not in (TERM, CLOSED):
        raise BadInput("Please choose what these dates are.", kept=NOTHING_CHANGED)
    if not name.strip():
        raise BadInput("Please say what it is called.", kept=NOTHING_CHANGED)
    if last < first:
        raise BadInput(
            f"The last day, {say_day(last)}, is before the first, {say_day(first)}.",
            kept=NOTHING_CHANGED,
            next="Check both dates; perhaps the year changes between them.",
        )
    standing = SchoolDates.objects.filter(ended_at=None)
    if kind == CLOSED:
        if not standing.filter(kind=TERM, first__lte=first, last__gte=last).exists():
            raise BadInput(
                f"No term that is entered has all days from {say_day(first)} to {say_day(last)}.",
                kept=NOTHING_CHANGED,
                next="Days between terms need not be entered. Enter the term first, else check "
                "the dates.",
            )
    elif last - first > LONGEST_TERM:
        raise BadInput(
            f"From {say_day(first)} to {say_day(last)} is longer than any term.",
            kept=NOTHING_CHANGED,
            next="Enter each term of the year by itself.",
        )
    other = standing.filter(kind=kind, first__lte=last, last__gte=first).order_by("first").first()
    if other is not None:
        raise BadInput(
            f"These dates overlap “{other.name}”, from {say_day(other.first)} to "
            f"{say_day(other.last)}.",
            kept=NOTHING_CHANGED,
            next="Change these dates, or take that one out first.",
        )


@transaction.atomic
def take_out(*, by: Actor, dates_id: UUID) -> str:
    """End dates that were entered wrongly; what lies in a term goes with it. Return the name."""
    by.require(KEEPS)
    exclusive("school terms")
    found = SchoolDates.objects.filter(id=dates_id, ended_at=None).first()
    if found is None:
        raise NotFound
    ending = Q(id=found.id)
    if found.kind == TERM:
        ending |= Q(kind=CLOSED, first__gte=found.first, last__lte=found.last)
    count = SchoolDates.objects.filter(ending, ended_at=None).update(
        ended_at=now(), ended_by_id=by.id
    )
    audit.record(
        by=by, action="moments.school_dates_ended", subject=("school_dates", found.id), count=count
    )
    return found.name

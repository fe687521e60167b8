"""What is a fact of a look: each says one thing that happened, and none says what to think of it.

A fact is a condition of the database over entries of the audit, so that a month of looks is
narrowed there and never read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from reachable.access.models import Involvement, Shift, User
from reachable.audit.models import Entry
from reachable.audit.pages import OWN_SIGNAL
from reachable.governance.rules import WatchRules, hours_between
from reachable.people.models import CurrentPerson, Record
from reachable.people.rules import standard_name
from reachable.practice.time import LONDON, start_of_day

CHILD, EMERGENCY = "person", "emergency"
PAPERS = ("document", "card", "moment printed", "worklist printed", "refused rows as a file")
NEVER = Q(pk__in=())


@dataclass(frozen=True)
class Watched:
    """From which day to which, by which hours and thresholds, of these workers or of all."""

    first: date
    last: date
    rules: WatchRules
    workers: frozenset[UUID] = frozenset()

    @property
    def between(self) -> tuple[datetime, datetime]:
        return start_of_day(self.first), start_of_day(self.last + timedelta(days=1))

    def looks(self) -> QuerySet[Entry]:
        """Return every look of a person in that time."""
        begins, ends = self.between
        held = Entry.objects.filter(
            action="looked", actor_kind="person", at__gte=begins, at__lt=ends
        )
        return held.filter(actor_id__in=self.workers) if self.workers else held


@dataclass(frozen=True)
class Fact:
    """What a column says of a look, what it means, and how it is found."""

    key: str
    label: Callable[[WatchRules], str]
    means: str
    found: Callable[[Watched], Q]


def _out_of_hours(watched: Watched) -> Q:
    spans = hours_between(watched.rules, watched.first, watched.last)
    at_work = reduce(or_, (Q(at__gte=begins, at__lt=ends) for begins, ends in spans), NEVER)
    shift = Shift.objects.filter(
        user_id=OuterRef("actor_id"), starts_at__lte=OuterRef("at"), ends_at__gt=OuterRef("at")
    )
    return ~at_work & ~Q(Exists(shift))


def _running() -> QuerySet[Involvement]:
    """Involvements that ran at the time of the look, with anybody."""
    return Involvement.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("at")),
        Q(until=None) | Q(until__gt=OuterRef("at")),
        subject_kind=CHILD,
        started_at__lte=OuterRef("at"),
    )


def _of_worker(held: QuerySet[Involvement]) -> tuple[QuerySet[Involvement], QuerySet[Involvement]]:
    """Those of the worker themselves, and those of a team that they were in then."""
    memberships = {
        "team__memberships__user_id": OuterRef("actor_id"),
        "team__memberships__started_at__lte": OuterRef("at"),
    }
    stayed = Q(team__memberships__ended_at=None) | Q(team__memberships__ended_at__gt=OuterRef("at"))
    return held.filter(user_id=OuterRef("actor_id")), held.filter(stayed, **memberships)


def _merged() -> QuerySet[CurrentPerson, Any]:
    """Whoever was ever one of two people: involvement may name the other of them."""
    joined = CurrentPerson.objects.exclude(person_id=F("current_id")).values("current_id")
    return CurrentPerson.objects.filter(current_id__in=joined).values("person_id")


def _same() -> QuerySet[CurrentPerson, Any]:
    """Everybody who is the same person as the subject of the look."""
    return CurrentPerson.objects.filter(
        current__stands_for__person_id=OuterRef(OuterRef("subject_id"))
    ).values("person_id")


def _no_involvement(watched: Watched) -> Q:
    """Two questions that the database joins as a whole; a third for the few who were merged.

    What somebody sent themselves is theirs to look at.
    """
    del watched
    own, team = _of_worker(_running())
    here = Q(subject_id=OuterRef("subject_id"))
    there = Q(subject_id__in=_same())
    merged = Q(Exists(own.filter(there))) | Q(Exists(team.filter(there)))
    return (
        Q(subject_kind=CHILD)
        & ~Q(details__page=OWN_SIGNAL)
        & ~Q(Exists(own.filter(here)))
        & ~Q(Exists(team.filter(here)))
        & (~Q(subject_id__in=_merged()) | ~merged)
    )


def _many(watched: Watched) -> Q:
    """Workers and days with that many different children."""
    busy = (
        watched.looks()
        .filter(subject_kind=CHILD)
        .annotate(day=TruncDate("at", tzinfo=LONDON))
        .values("actor_id", "day")
        .annotate(children=Count("subject_id", distinct=True))
        .filter(children__gte=watched.rules.many_records)
    )
    by_day: dict[date, list[Any]] = {}
    for actor_id, day in busy.values_list("actor_id", "day"):
        by_day.setdefault(day, []).append(actor_id)
    days = (
        Q(actor_id__in=actors, at__gte=start_of_day(day), at__lt=_next(day))
        for day, actors in by_day.items()
    )
    return Q(subject_kind=CHILD) & reduce(or_, days, NEVER)


def _next(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))


def _same_name(watched: Watched) -> Q:
    """The last word of the worker's name is the family name of one of the child's records.

    Found first for names that anybody shares, and among those for pairs that are the same.
    """
    family = {
        user_id: standard_name(name).rpartition(" ")[2]
        for user_id, name in User.objects.values_list("id", "name")
    }
    shared = set(
        Record.objects.filter(family_name__in=set(family.values()))
        .values_list("family_name", flat=True)
        .distinct()
    )
    called = CurrentPerson.objects.filter(
        current__stands_for__person__records__family_name__in=shared
    )
    workers = [user_id for user_id, name in family.items() if name in shared]
    pairs = set(
        watched.looks()
        .filter(subject_kind=CHILD, actor_id__in=workers, subject_id__in=called.values("person_id"))
        .values_list("actor_id", "subject_id")
        .distinct()
    )
    names: dict[Any, set[str]] = {}
    held = called.filter(person_id__in={subject_id for _, subject_id in pairs})
    for person_id, name in held.values_list(
        "person_id", "current__stands_for__person__records__family_name"
    ):
        names.setdefault(person_id, set()).add(name)
    by_worker: dict[Any, list[Any]] = {}
    for actor_id, subject_id in pairs:
        if actor_id and family[actor_id] in names.get(subject_id, ()):
            by_worker.setdefault(actor_id, []).append(subject_id)
    same = (Q(actor_id=actor, subject_id__in=subjects) for actor, subjects in by_worker.items())
    return Q(subject_kind=CHILD) & reduce(or_, same, NEVER)


def _never_sent(watched: Watched) -> Q:
    """No record of the child is from the worker's own agency, under whichever identifier."""
    del watched
    own = Record.objects.filter(agency__user__id=OuterRef("actor_id"))
    merged = Exists(own.filter(person_id__in=_same()))
    return (
        Q(subject_kind=CHILD)
        & ~Q(Exists(own.filter(person_id=OuterRef("subject_id"))))
        & (~Q(subject_id__in=_merged()) | ~Q(merged))
    )


def _after_closing(watched: Watched) -> Q:
    """Nobody worked with the child any more, and had not for that many days."""
    ended = Coalesce("ended_at", "until")
    before = Involvement.objects.annotate(ended=ended).filter(
        subject_kind=CHILD, subject_id=OuterRef("subject_id"), ended__lte=OuterRef("at")
    )
    lately = Involvement.objects.annotate(
        ended=ended, ends=ended + timedelta(days=watched.rules.days_after)
    ).filter(
        Q(ended=None) | Q(ends__gt=OuterRef("at")),
        subject_kind=CHILD,
        subject_id=OuterRef("subject_id"),
        started_at__lte=OuterRef("at"),
    )
    return Q(subject_kind=CHILD) & Q(Exists(before)) & ~Q(Exists(lately.exclude(basis=EMERGENCY)))


def _emergency(watched: Watched) -> Q:
    del watched
    held = _running().filter(basis=EMERGENCY, user_id=OuterRef("actor_id"))
    return Q(Exists(held.filter(subject_id=OuterRef("subject_id"))))


def _papers(watched: Watched) -> Q:
    del watched
    return Q(details__page__in=PAPERS)


def _audit(watched: Watched) -> Q:
    del watched
    return Q(subject_kind="audit")


FACTS: tuple[Fact, ...] = (
    Fact(
        "out_of_hours",
        lambda _: "Out of hours",
        "Outside the partnership’s hours in London, and without a shift of the worker then.",
        _out_of_hours,
    ),
    Fact(
        "no_involvement",
        lambda _: "No involvement then",
        "Neither the worker nor a team of theirs worked with the child at that time. Pages of "
        "signals that the worker sent are not counted.",
        _no_involvement,
    ),
    Fact(
        "many",
        lambda rules: f"{rules.many_records} or more children that day",
        "The worker opened that many different children’s records on that day, or more.",
        _many,
    ),
    Fact(
        "same_name",
        lambda _: "Same family name",
        "A record of the child has the same family name as the worker.",
        _same_name,
    ),
    Fact(
        "never_sent",
        lambda _: "Nothing from their agency",
        "The worker’s own agency has no record of the child here.",
        _never_sent,
    ),
    Fact(
        "after_closing",
        lambda rules: f"{rules.days_after} days or more after closing",
        "Nobody worked with the child any more, and had not for that long.",
        _after_closing,
    ),
    Fact(
        "emergency",
        lambda _: "Emergency access",
        "The worker had opened the record by emergency access.",
        _emergency,
    ),
    Fact(
        "papers",
        lambda _: "Document or export",
        "A document, a printed page, a card or a file was made.",
        _papers,
    ),
    Fact(
        "audit",
        lambda _: "Read the audit",
        "The look was at the audit itself: governance is watched as everybody is.",
        _audit,
    ),
)
BY_KEY = {fact.key: fact for fact in FACTS}

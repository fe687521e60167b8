"""What each feed brought, and for whoever oversees it what was used of that and what forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Max, Min, Q, QuerySet, Sum, When
from django.db.models import Value as Literal

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import today
from reachable.intake.models import Delivery, Forgotten, Signal
from reachable.intake.rules.minimum import UNSAID, Figure, figures, hides
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet, everything_sent, feeds_of, sent_as
from reachable.moments.selectors import triggers_of_signals
from reachable.practice.time import LONDON

MONTHS = 12

Key = tuple[UUID, str]


@dataclass
class Brought:
    """Rows of files in a time: every row that came is accepted, refused, or came before."""

    accepted: int = 0
    refused: int = 0
    duplicates: int = 0

    @property
    def rows(self) -> int:
        return self.accepted + self.refused + self.duplicates

    def add(self, other: Brought) -> None:
        self.accepted += other.accepted
        self.refused += other.refused
        self.duplicates += other.duplicates


@dataclass(frozen=True)
class Used:
    """What rows led to: a moment, a record of a child who was known, or nothing."""

    moments: Figure
    known: Figure
    forgotten: Figure
    waiting: Figure = UNSAID
    """Only for the whole: what waits waits now."""

    @property
    def nothing(self) -> bool:
        """Whether nothing led anywhere, of rows that were enough to say so."""
        return self.moments.high == self.known.high == 0


@dataclass
class _Counted:
    moments: int = 0
    known: int = 0
    forgotten: int = 0
    waiting: int = 0

    def counts(self) -> tuple[int, int, int, int]:
        return (self.moments, self.known, self.forgotten, self.waiting)


@dataclass(frozen=True)
class Month:
    """A month of a feed; `used` is only for whoever may see it."""

    first: date
    brought: Brought
    used: Used | None


@dataclass(frozen=True)
class FeedMinimum:
    """A feed of an agency over twelve months, the latest first.

    `go_first` and `go_last` are the days on which what waits now is removed, unless it leads
    somewhere before.
    """

    agency_id: UUID
    agency: str
    feed: Feed | TableSet
    brought: Brought
    used: Used | None
    go_first: date | None
    go_last: date | None
    months: tuple[Month, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values; what is not exact is a pair of bounds."""
        return {
            "agency": self.agency,
            "feed": self.feed.key,
            **_plain(self.brought, self.used),
            "go_first": self.go_first.isoformat() if self.go_first else None,
            "go_last": self.go_last.isoformat() if self.go_last else None,
            "months": [
                {"month": f"{month.first:%Y-%m}", **_plain(month.brought, month.used)}
                for month in self.months
            ],
        }


def _plain(brought: Brought, used: Used | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "rows": brought.rows,
        "accepted": brought.accepted,
        "refused": brought.refused,
        "duplicates": brought.duplicates,
    }
    if used is not None:
        said |= {
            "moments": _bounds(used.moments),
            "known": _bounds(used.known),
            "forgotten": _bounds(used.forgotten),
            "waiting": _bounds(used.waiting),
        }
    return said


def _bounds(figure: Figure) -> int | list[int | None]:
    return figure.low if figure.low == figure.high else [figure.low, figure.high]


@dataclass
class _Tallies:
    brought: dict[tuple[Key, int], Brought] = field(default_factory=dict)
    counted: dict[tuple[Key, int], _Counted] = field(default_factory=lambda: defaultdict(_Counted))
    waiting: dict[Key, tuple[int, date, date]] = field(default_factory=dict)

    def wait(self, key: Key, count: int, first: date, last: date) -> None:
        """Count what waits, and when the first and the last of it goes."""
        held = self.waiting.get(key)
        if held is not None:
            count, first, last = held[0] + count, min(held[1], first), max(held[2], last)
        self.waiting[key] = count, first, last

    def feeds(self) -> set[Key]:
        """Return every agency and feed of which anything was counted."""
        return {key for key, _ in (*self.brought, *self.counted)} | set(self.waiting)


def minimum(
    *, by: Actor, agency_id: UUID | None = None, feed: str | None = None
) -> list[FeedMinimum]:
    """Return what every feed brought in twelve months, by agency and feed, or one of them.

    What was used and what was forgotten are counted only for whoever may see it: to a sender, how
    many rows were forgotten says how many children were not known.
    """
    by.require("intake.watch")
    agencies = {each.id: each.name for each in access.agencies(by=by)}
    if agency_id is not None and agency_id not in agencies:
        raise NotFound
    wanted = {agency_id: agencies[agency_id]} if agency_id else agencies
    months = _months(today())
    tallies = _Tallies(_brought(wanted, feed, months))
    sees_use = by.can("intake.used")
    if sees_use:
        _count_use(by, tallies, wanted, feed, months)
        if by.is_person:
            audit.looked(by=by, subject=("agency", agency_id), page="what feeds brought")
    known = everything_sent()
    keys = [key for key in tallies.feeds() if key[1] in known]
    keys.sort(key=lambda key: (agencies[key[0]], known[key[1]].title))
    return [_feed(key, wanted[key[0]], tallies, months, sees_use) for key in keys]


def _months(day: date) -> list[date]:
    """Return the first days of this month and of those before it, the latest first."""
    counted = day.year * 12 + day.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(counted, counted - MONTHS, -1)]


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _month_of(column: str, months: Iterable[date]) -> Case:
    """Which month an instant is in, counted back from this one; compared, not worked out."""
    return Case(
        *(
            When(**{f"{column}__gte": _instant(first)}, then=Literal(ago))
            for ago, first in enumerate(months)
        ),
        output_field=IntegerField(),
    )


def _of(agencies: Iterable[UUID], feed: str | None) -> Q:
    of = Q(agency_id__in=list(agencies))
    return of & Q(feed=feed) if feed else of


def _brought(
    agencies: Iterable[UUID], feed: str | None, months: list[date]
) -> dict[tuple[Key, int], Brought]:
    held = (
        Delivery.objects.filter(
            _of(agencies, feed), received_at__gte=_instant(months[-1]), part_of=None
        )
        .annotate(ago=_month_of("received_at", months))
        .values_list("agency_id", "feed", "ago")
        .order_by()
        .annotate(Sum("accepted"), Sum("quarantined"), Sum("duplicates"))
    )
    return {((agency, key), ago): Brought(*counts) for agency, key, ago, *counts in held}


def _by_month(
    signals: QuerySet[Signal], months: list[date]
) -> Iterable[tuple[UUID, str, int, int]]:
    return (
        signals.annotate(ago=_month_of("received_at", months))
        .values_list("agency_id", "feed", "ago")
        .order_by()
        .annotate(Count("id"))
    )


@looks_beyond("counts of what was used, without the children")
def _count_use(
    by: Actor, tallies: _Tallies, agencies: Iterable[UUID], feed: str | None, months: list[date]
) -> None:
    # What is sent as one set is recorded table by table.
    of, since = Q(agency_id__in=list(agencies)), _instant(months[-1])
    if feed:
        of &= Q(feed__in=feeds_of(feed))
    recorded = Signal.objects.filter(of, record__isnull=False, received_at__gte=since)
    called = recorded.filter(id__in=triggers_of_signals(by=by).values("signal_id"))
    for agency, key, ago, count in _by_month(recorded, months):
        tallies.counted[(agency, sent_as(key)), ago].known += count
    for agency, key, ago, count in _by_month(called, months):
        found = tallies.counted[(agency, sent_as(key)), ago]
        found.moments += count
        found.known -= count
    gone = Forgotten.objects.filter(of, day__gte=months[-1]).values_list("agency_id", "feed")
    for agency, key, day, count in gone.values_list("agency_id", "feed", "day", "count"):
        ago = next(ago for ago, first in enumerate(months) if day >= first)
        tallies.counted[(agency, sent_as(key)), ago].forgotten += count
    waits = Signal.objects.filter(of, forget_on__isnull=False).values_list("agency_id", "feed")
    for agency, key, *facts in waits.order_by().annotate(
        Count("id"), Min("forget_on"), Max("forget_on")
    ):
        tallies.wait((agency, sent_as(key)), *facts)


def _feed(
    key: Key, agency: str, tallies: _Tallies, months: list[date], sees_use: bool
) -> FeedMinimum:
    total, counted = Brought(), _Counted()
    by_month: list[Month] = []
    coarse = False
    for ago, first in enumerate(months):
        brought = tallies.brought.get((key, ago), Brought())
        total.add(brought)
        used = None
        if sees_use:
            one = tallies.counted.get((key, ago), _Counted())
            counted.moments += one.moments
            counted.known += one.known
            counted.forgotten += one.forgotten
            shown = figures(_said_of(brought, one), one.counts()[:3])
            coarse = coarse or (any(one.counts()) and hides(shown))
            used = Used(*shown)
        by_month.append(Month(first, brought, used))
    counted.waiting, go_first, go_last = tallies.waiting.get(key, (0, None, None))
    used = None
    if sees_use:
        used = Used(*figures(_said_of(total, counted), counted.counts(), coarse=coarse))
    tells = used is not None and used.waiting.low == used.waiting.high
    return FeedMinimum(
        agency_id=key[0],
        agency=agency,
        feed=everything_sent()[key[1]],
        brought=total,
        used=used,
        go_first=go_first if tells else None,
        go_last=go_last if tells else None,
        months=tuple(by_month),
    )


def _said_of(brought: Brought, counted: _Counted) -> int:
    """Of how many rows something is said: those that came, or were dealt with, in that time."""
    return max(brought.accepted, sum(counted.counts()))

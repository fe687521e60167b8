"""Which feeds come when they should: when each last came, when it is due, and what went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Window
from django.db.models.functions import Coalesce, RowNumber

from reachable.access import selectors as access
from reachable.access.selectors import AgencyFacts
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now, today
from reachable.intake.models import Delivery, Expectation, QuarantinedRow
from reachable.intake.rules import rhythm
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet, everything_sent
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.practice.clocks import CalendarEnds, england_and_wales
from reachable.practice.time import LONDON

LOOKED_AT = rhythm.LEARNT_FROM + 1
"""Files of a feed that are looked at, the latest."""
SLOWEST = 400
"""Days: whatever comes more seldom than once a year and a month is no feed."""

Key = tuple[UUID, str]


@dataclass(frozen=True)
class Coming:
    """A file that came, and what became of its rows."""

    delivery_id: UUID
    at: datetime
    state: str
    accepted: int
    refused: int
    duplicates: int

    @property
    def rows(self) -> int:
        return self.accepted + self.refused + self.duplicates

    @property
    def day(self) -> date:
        return self.at.astimezone(LONDON).date()


@dataclass(frozen=True)
class FeedStatus:
    """A feed of an agency: how it comes, and what stands in the way.

    `every_days` is learnt from the last files, or `stated` by a person; None where neither is.
    `comings` are the latest first. `due` is None where nothing is known to be due.
    """

    agency: AgencyFacts
    feed: Feed | TableSet
    comings: tuple[Coming, ...]
    every_days: int | None
    stated: bool
    due: rhythm.Due | None
    waiting: int

    @property
    def last(self) -> Coming | None:
        return self.comings[0] if self.comings else None

    @property
    def late_days(self) -> int:
        return self.due.late_days if self.due else 0

    @property
    def usual_rows(self) -> int | None:
        """How many rows files before the last one had, usually."""
        return rhythm.usual_rows([each.rows for each in self.comings[1:] if each.state == "loaded"])

    @property
    def failed(self) -> int:
        return sum(each.state == "failed" for each in self.comings)

    @property
    def refused_share(self) -> float | None:
        """Which part of the rows of these files is refused now, between 0 and 1."""
        rows = sum(each.rows for each in self.comings)
        return sum(each.refused for each in self.comings) / rows if rows else None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values; times are in UTC."""
        last, share = self.last, self.refused_share
        return {
            "agency": self.agency.key,
            "feed": self.feed.key,
            "last_received_at": last.at.isoformat() if last else None,
            "last_rows": last.rows if last else None,
            "usual_rows": self.usual_rows,
            "every_days": self.every_days,
            "stated": self.stated,
            "due_on": self.due.day.isoformat() if self.due else None,
            "late_days": self.late_days,
            "failed": self.failed,
            "refused_share": None if share is None else round(share, 4),
            "to_correct": self.waiting,
            "contact": {
                "name": self.agency.contact,
                "email": self.agency.email,
                "phone": self.agency.phone,
            },
        }


def statuses(
    *, by: Actor, agency_id: UUID | None = None, feed: str | None = None
) -> list[FeedStatus]:
    """Return how each feed comes that an agency sends or would send, what is latest first.

    Whoever watches all agencies sees all of them, others their own. Past events that were loaded to
    build up the record say nothing of how often a feed comes.
    """
    agencies = access.agencies(by=by)
    if agency_id is not None:
        agencies = [each for each in agencies if each.id == agency_id]
        if not agencies:
            raise NotFound
    ids = [each.id for each in agencies]
    comings = _comings(ids, feed)
    stated = {
        (each.agency_id, each.feed): each for each in Expectation.objects.filter(agency_id__in=ids)
    }
    waiting = _waiting(ids)
    found = []
    for agency in agencies:
        for key, specification in everything_sent().items():
            wanted = feed in (None, key)
            pair = (agency.id, key)
            if wanted and (agency.kind == specification.agency_kind or pair in comings):
                came, said = comings.get(pair, ()), stated.get(pair)
                count = waiting.get(pair, 0)
                found.append(_status(agency, specification, came, said, count))
    return sorted(found, key=lambda each: (-each.late_days, not each.comings, each.agency.name))


def status(*, by: Actor, agency_id: UUID, feed: str) -> FeedStatus:
    """Return one feed of an agency; NotFound where this person does not see the agency."""
    by.require("intake.watch")
    if feed not in everything_sent():
        raise NotFound
    found = statuses(by=by, agency_id=agency_id, feed=feed)
    if found:
        return found[0]
    agency = next(each for each in access.agencies(by=by) if each.id == agency_id)
    return _status(agency, everything_sent()[feed], (), None, 0)


def _comings(agency_ids: Sequence[UUID], feed: str | None) -> dict[Key, tuple[Coming, ...]]:
    held = Delivery.objects.filter(agency_id__in=agency_ids, history=False, part_of=None)
    if feed:
        held = held.filter(feed=feed)
    turn = Window(
        RowNumber(), partition_by=[F("agency_id"), F("feed")], order_by=F("received_at").desc()
    )
    latest = held.annotate(turn=turn).filter(turn__lte=LOOKED_AT).order_by("-received_at")
    names = ("id", "received_at", "state", "accepted", "quarantined", "duplicates")
    found: dict[Key, list[Coming]] = defaultdict(list)
    for agency_id, key, *facts in latest.values_list("agency_id", "feed", *names):
        found[agency_id, key].append(Coming(*facts))
    return {key: tuple(each) for key, each in found.items()}


def _waiting(agency_ids: Sequence[UUID]) -> dict[Key, int]:
    held = QuarantinedRow.objects.filter(state="open", delivery__agency_id__in=agency_ids)
    sent_as = Coalesce("delivery__part_of__feed", "delivery__feed")
    counted = held.values_list("delivery__agency_id", sent_as).annotate(Count("id"))
    return {(agency_id, key): count for agency_id, key, count in counted}


def _status(
    agency: AgencyFacts,
    feed: Feed | TableSet,
    comings: tuple[Coming, ...],
    said: Expectation | None,
    waiting: int,
) -> FeedStatus:
    days = [each.day for each in comings]
    every = said.every_days if said else rhythm.usual_gap(days)
    last = max(days) if days else said.said_at.astimezone(LONDON).date() if said else None
    due = None
    if every is not None and last is not None:
        due = rhythm.due(last, every, today(), _is_working_day)
    return FeedStatus(agency, feed, comings, every, said is not None, due, waiting)


def _is_working_day(day: date) -> bool:
    """Say whether people are at work; where bank holidays are not known, the weekday decides."""
    try:
        return england_and_wales().is_working_day(day)
    except CalendarEnds:
        return day.weekday() < 5


@transaction.atomic
def expect(*, by: Actor, agency_id: UUID, feed: str, every_days: int | None) -> None:
    """Say how often a feed of an agency should come; None lets its own files say it again."""
    by.require("intake.watch_all")
    if feed not in everything_sent() or agency_id not in {
        each.id for each in access.agencies(by=by)
    }:
        raise NotFound
    if every_days is not None and not 1 <= every_days <= SLOWEST:
        raise BadInput(f"A feed comes every 1 to {SLOWEST} days.", kept="Nothing was changed.")
    held = Expectation.objects.filter(agency_id=agency_id, feed=feed)
    if every_days is None:
        held.delete()
    else:
        Expectation.objects.update_or_create(
            agency_id=agency_id,
            feed=feed,
            defaults={"every_days": every_days, "said_by_id": by.id, "said_at": now()},
        )
    audit.record(
        by=by,
        action="intake.expectation_changed",
        subject=("agency", agency_id),
        feed=feed,
        every_days=every_days,
    )


@transaction.atomic
def tell_of_late(*, by: Actor) -> int:
    """Tell of feeds that have become late, each lateness once; return how many notices are new.

    Whoever watches all agencies is told of each, and those who load an agency's files of its own.
    A notice is for all feeds that are late on that day; another follows only when another one is.
    """
    late = [each for each in statuses(by=by) if each.late_days]
    if not late:
        return 0
    watching = access.able(capability="intake.watch_all")
    loading = access.of_agencies(
        by=by, capability="intake.load", agency_ids={each.agency.id for each in late}
    )
    tellings = _tellings(watching, late)
    for agency_id, users in loading.items():
        own = [each for each in late if each.agency.id == agency_id]
        tellings += _tellings(users - watching, own)
    told = notices.tell(by=by, tellings=tellings)
    if told:
        audit.record(by=by, action="intake.told_of_late", subject=("partnership", None), count=told)
    return told


def _tellings(users: Iterable[UUID], late: Sequence[FeedStatus]) -> list[Telling]:
    """The day on which the latest of them became late tells one lateness from another."""
    latest = max(late, key=lambda each: each.due.late_since if each.due else date.min)
    assert latest.due is not None
    since = latest.due.late_since.isoformat()
    return [
        Telling(user, "feed.late", ("agency", latest.agency.id), f"late:{since}:{user}")
        for user in users
    ]

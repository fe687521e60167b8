"""Who is allocated to a child, as their own agency's records say: it opens the child to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.fields.json import KT

from reachable.access import allocating
from reachable.access import selectors as access
from reachable.access.allocating import Allocation
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.intake.models import Signal, SignalVersion
from reachable.intake.rules.happening import is_withdrawn
from reachable.intake.rules.words import word_key
from reachable.intake.specification import Allocates, feeds, tables_of_sets
from reachable.people.registries import Panel
from reachable.people.selectors import visible_now

COMPARTMENT = "welfare"
BATCH = 1000


def allocating_feeds() -> dict[str, Allocates]:
    """Return every feed whose rows say who works with a child."""
    every = {**feeds(), **tables_of_sets()}
    return {key: feed.allocates for key, feed in every.items() if feed.allocates}


def is_allocated(says: Allocates, content: Mapping[str, Any]) -> bool:
    """Say whether a row is of an allocated worker, and not of a reviewing officer for instance."""
    return word_key(content.get(says.role) or "") in says.roles


def follow(*, by: Actor, feed: str, signal_ids: Collection[UUID]) -> None:
    """Involve or release workers as the newest versions of these signals say."""
    says = allocating_feeds().get(feed)
    if says is None or not signal_ids:
        return
    newest = SignalVersion.objects.filter(
        signal_id__among=list(signal_ids), version=F("signal__version")
    )
    allocating.follow(
        by=by,
        said={
            signal_id: _said(says, agency_id, person_id, content)
            for signal_id, agency_id, person_id, content in newest.values_list(
                "signal_id", "signal__agency_id", "signal__record__person_id", "content"
            )
        },
    )


def _said(
    says: Allocates, agency_id: UUID, person_id: UUID | None, content: Mapping[str, Any]
) -> Allocation | None:
    number = content.get(says.staff) or ""
    if person_id is None or not number or is_withdrawn(content) or not is_allocated(says, content):
        return None
    return Allocation(
        agency_id=agency_id,
        staff_number=number,
        subject_id=person_id,
        since=date.fromisoformat(content["began_date"]),
        until=_day(content, "ended_date"),
    )


def _day(content: Mapping[str, Any], column: str) -> date | None:
    return date.fromisoformat(content[column]) if content.get(column) else None


def follow_numbers(*, by: Actor, agency_id: UUID, numbers: Collection[str]) -> None:
    """Follow when a staff number leads to another account than before."""
    keys = {allocating.staff_key(number) for number in numbers}
    for feed, says in allocating_feeds().items():
        newest = SignalVersion.objects.filter(
            signal__agency_id=agency_id,
            signal__feed=feed,
            signal__record__isnull=False,
            version=F("signal__version"),
        )
        # As they are compared elsewhere: an agency may write its numbers with spaces.
        written = newest.values_list("signal_id", KT(f"content__{says.staff}"))
        signal_ids = [
            signal_id for signal_id, said in written if allocating.staff_key(said or "") in keys
        ]
        follow(by=by, feed=feed, signal_ids=signal_ids)


def rebuild(*, by: Actor) -> int:
    """Bring every allocation into line with what was received; return how many changed."""
    by.require("rebuild")
    changed = 0
    for feed in allocating_feeds():
        held = Signal.objects.filter(feed=feed, record__isnull=False).order_by("id")
        ids = list(held.values_list("id", flat=True))
        for at in range(0, len(ids), BATCH):
            some = ids[at : at + BATCH]
            with transaction.atomic():
                exclusive("people.identify")
                before = set(access.allocations(by=by, because_of=some))
                follow(by=by, feed=feed, signal_ids=some)
                count = len(before ^ set(access.allocations(by=by, because_of=some)))
                if count:
                    subject = ("partnership", None)
                    audit.record(by=by, action="intake.rebuilt", subject=subject, count=count)
            changed += count
    return changed


@dataclass(frozen=True)
class AllocatedWorker:
    """Who is allocated to a child; `account` says whether they can be asked here."""

    agency: str
    name: str
    role: str
    team: str
    since: date
    account: bool


def allocated_workers(*, by: Actor, person_id: UUID) -> list[AllocatedWorker]:
    """Return who is allocated to a child whom this person may see, if they may read of welfare."""
    if COMPARTMENT not in by.compartments():
        return []
    known = allocating_feeds()
    held = SignalVersion.objects.filter(
        signal__feed__in=known,
        version=F("signal__version"),
        signal__record__person__now__current_id=person_id,
        signal__record__person__now__current_id__in=visible_now(by=by),
    ).values_list("signal__feed", "signal__agency_id", "signal__agency__name", "content")
    rows = [
        (agency_id, agency, known[feed], content)
        for feed, agency_id, agency, content in held
        if is_allocated(known[feed], content)
        and not content.get("ended_date")
        and not is_withdrawn(content)
    ]
    return sorted(_workers(by, rows), key=lambda each: each.since, reverse=True)


def _workers(
    by: Actor, rows: Iterable[tuple[UUID, str, Allocates, dict[str, Any]]]
) -> list[AllocatedWorker]:
    rows = list(rows)
    accounts = allocating.with_account(
        by=by,
        numbers=[(agency, content.get(says.staff) or "") for agency, _, says, content in rows],
    )
    return [
        AllocatedWorker(
            agency=agency,
            name=content.get("worker") or "",
            role=content.get(says.role) or "",
            team=content.get("team") or "",
            since=date.fromisoformat(content["began_date"]),
            account=(agency_id, allocating.staff_key(content.get(says.staff) or "")) in accounts,
        )
        for agency_id, agency, says, content in rows
    ]


def _context(by: Actor, person_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    del query
    return {"workers": allocated_workers(by=by, person_id=person_id)}


PANEL = Panel("intake/allocated_panel.html", 5, _context)

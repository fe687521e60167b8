"""Whoever keeps a panel's list works with the children in it, until they are closed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.foundation.actor import Actor
from reachable.intake.models import ListedSignal, SignalVersion
from reachable.intake.owned import own_delivery
from reachable.intake.rules.happening import is_withdrawn
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet
from reachable.people import selectors as people

KEEPS_LIST = "panels.keep"
BASIS = "panel"
"""Why somebody is involved whose list names a child."""


def is_list(feed: Feed | TableSet) -> bool:
    """Say whether a file of this feed is a list of children with whom its keeper works."""
    return isinstance(feed, Feed) and bool(feed.involves)


def keeper_of(feed: Feed, sent_by: UUID | None) -> UUID | None:
    """Return who sent a list, if the feed is one and they may keep one."""
    if not is_list(feed) or sent_by is None:
        return None
    return sent_by if access.able(capability=KEEPS_LIST, user_ids=[sent_by]) else None


def follow_list(
    *, by: Actor, keeper_id: UUID, delivery_id: UUID, signal_ids: Sequence[UUID]
) -> None:
    """Involve the keeper with the children of these signals, in the caller's transaction.

    What closes a child there, or takes a row back, ends it for whoever keeps the list.
    """
    ListedSignal.objects.bulk_create(
        [
            ListedSignal(delivery_id=delivery_id, signal_id=each)
            for each in dict.fromkeys(signal_ids)
        ],
        ignore_conflicts=True,
    )
    on_list = {
        signal_id: person_id
        for signal_id, person_id, content in _newest(signal_ids)
        if person_id and is_open(content)
    }
    involved = access.involved_because(by=by, user_id=keeper_id, basis=BASIS, because_of=signal_ids)
    closed = [signal_id for signal_id in signal_ids if signal_id not in on_list]
    access_services.end_involvements(by=by, basis=BASIS, because_of=closed)
    moved = [each for each, person in on_list.items() if involved.get(each, person) != person]
    for signal_id in moved:
        access_services.end_involvement(by=by, because_of=signal_id, user_id=keeper_id)
    access_services.involve(
        by=by,
        rows=[
            (keeper_id, None, person_id, BASIS, signal_id)
            for signal_id, person_id in on_list.items()
            if involved.get(signal_id) != person_id
        ],
        kind="person",
    )


def _newest(signal_ids: Sequence[UUID]) -> list[tuple[UUID, UUID | None, dict[str, Any]]]:
    versions = SignalVersion.objects.filter(
        signal_id__among=list(signal_ids), version=F("signal__version")
    )
    return list(versions.values_list("signal_id", "signal__record__person_id", "content"))


def is_open(content: dict[str, Any]) -> bool:
    """Say whether the list still speaks of a child, by what its row says."""
    return not content.get("closed_date") and not is_withdrawn(content)


@dataclass(frozen=True)
class ListedChild:
    """A child on a panel's list, with what the newest row says, in the panel's own words."""

    person_id: UUID
    name: str
    birth_date: date | None
    level: str
    level_on: date | None
    level_by: str
    added_on: date | None
    discussed_on: date | None
    next_review: date | None


@dataclass(frozen=True)
class ChildrenOfList:
    """The children of one file whom this person may see, and how many of its rows are closed."""

    children: list[ListedChild]
    closed: int
    others: int


def children_of(*, by: Actor, delivery_id: UUID) -> ChildrenOfList:
    """Return the children whom a list of this person's agency named and whom they may see."""
    by.require(KEEPS_LIST)
    signals = ListedSignal.objects.filter(delivery=own_delivery(by, delivery_id))
    rows = SignalVersion.objects.filter(
        signal_id__in=signals.values("signal_id"), version=F("signal__version")
    ).values_list("signal__record__person__now__current_id", "content")
    held = list(rows)
    open_rows = [(current, content) for current, content in held if is_open(content)]
    names = people.names(by=by, current_ids=[current for current, _ in open_rows if current])
    children = {
        current: listed(names[current], content)
        for current, content in sorted(open_rows, key=lambda row: row[1].get("added_date", ""))
        if current in names
    }
    return ChildrenOfList(
        children=sorted(children.values(), key=lambda child: child.name.casefold()),
        closed=len(held) - len(open_rows),
        others=sum(current not in names for current, _ in open_rows),
    )


def listed(name: people.Name, content: dict[str, Any]) -> ListedChild:
    """Return a child with what a row of the list says."""

    def day(column: str) -> date | None:
        return date.fromisoformat(content[column]) if content.get(column) else None

    return ListedChild(
        person_id=name.person_id,
        name=name.name,
        birth_date=name.birth_date,
        level=content.get("level_of_concern", ""),
        level_on=day("level_date") or day("discussed_date") or day("added_date"),
        level_by=content.get("level_by", ""),
        added_on=day("added_date"),
        discussed_on=day("discussed_date"),
        next_review=day("next_review"),
    )

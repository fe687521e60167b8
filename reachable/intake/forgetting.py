"""Removing what led nowhere; only how many there were is kept."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.time import today
from reachable.intake import held
from reachable.intake.models import Forgotten, Signal


@transaction.atomic
def forget(*, by: Actor) -> int:
    """Remove signals that led nowhere and whose time is over; keep only how many there were.

    Under the lock of whoever identifies, who may at that moment find out whom a signal is about.
    """
    exclusive("people.identify")
    total = 0
    over = Signal.objects.filter(forget_on__lte=today(), record=None)
    for agency_id, feed in over.order_by().values_list("agency_id", "feed").distinct():
        _, removed = over.filter(agency_id=agency_id, feed=feed).delete()
        count = removed.get(Signal._meta.label, 0)
        _count(agency_id, feed, count)
        total += count
    held.sweep()
    if total:
        audit.record(by=by, action="intake.forgotten", subject=("partnership", None), count=total)
    return total


def forget_signals(*, agency_id: UUID, feed: str, signal_ids: Collection[UUID]) -> None:
    """Remove signals of somebody unknown in the caller's transaction, which audits it."""
    if not signal_ids:
        return
    _, removed = Signal.objects.filter(id__in=signal_ids, record=None).delete()
    _count(agency_id, feed, removed.get(Signal._meta.label, 0))


def _count(agency_id: UUID, feed: str, count: int) -> None:
    tally, created = Forgotten.objects.get_or_create(
        agency_id=agency_id, feed=feed, day=today(), defaults={"count": count}
    )
    if not created:
        Forgotten.objects.filter(id=tally.id).update(count=F("count") + count)

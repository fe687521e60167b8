"""Which signals stand behind a record, so that what rests on them goes where the record goes."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from reachable.intake.models import Signal


def signals_of(*, record_ids: Collection[UUID]) -> Collection[UUID]:
    """Somebody keeps a list and works with the children on it because of its rows."""
    held = Signal.objects.filter(record_id__in=list(record_ids))
    return set(held.values_list("id", flat=True))

"""Which decisions to share go with records that turn out to be another child's."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from reachable.people.registries import PointsToPerson, RecordsMoved
from reachable.sharing.models import SafeAddress, SharingDecision, SharingRequest


def _of_these_records_alone(*, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]:
    """A decision speaks of the records that the child had then: if all of them go, it goes."""
    del gone
    held = SharingDecision.objects.filter(person_id__in=list(moved.from_ids))
    taken = {str(each) for each in moved.record_ids}
    return [
        decision_id
        for decision_id, records in held.values_list("id", "records")
        if records and {str(UUID(str(each))) for each in records} <= taken
    ]


DECISIONS = PointsToPerson(
    SharingDecision,
    "person",
    "It goes if it spoke of no other record. Otherwise it stays, shows nothing of what went, and "
    "is listed: whoever decided looks at it again.",
    ("decision to share", "decisions to share"),
    at="decided_at",
    order=40,
    goes=_of_these_records_alone,
)
REQUESTS = PointsToPerson(
    SharingRequest,
    "person",
    "Somebody asked about the child as a whole: it stays, and is listed.",
    ("request to share", "requests to share"),
    at="recorded_at",
)
SAFE = PointsToPerson(
    SafeAddress,
    "person",
    "No record says whose it is, and only its named readers may: it stays, and is listed.",
    ("safe address", "safe addresses"),
    at="recorded_at",
)

"""What records say, in standard form, made again from what was received last."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.intake.rules import making
from reachable.people.models import Record, RecordDetail

BATCH = 1000
DERIVED = (
    *("detail_hash", "detail_at", "shown_name", "family_name", "given_names"),
    *("birth_date", "postcode", "nhs_number", "upn"),
)


def rebuild_records(*, by: Actor) -> int:
    """Derive each record's own columns from its newest detail; return how many changed."""
    by.require("rebuild")
    changed, after = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            held = list(Record.objects.filter(id__gt=after).order_by("id")[:BATCH])
            if not held:
                return changed
            changed += _rebuild_some(by, held)
            after = held[-1].id


def _rebuild_some(by: Actor, held: list[Record]) -> int:
    details = RecordDetail.objects.filter(record_id__in=[record.id for record in held])
    newest = {detail.record_id: detail for detail in details.order_by("received_at", "id")}
    changed = 0
    for record in held:
        detail = newest.get(record.id)
        if detail is None:
            continue
        said = _said(detail)
        if {name: getattr(record, name) for name in DERIVED} != said:
            Record.objects.filter(id=record.id).update(**said)
            changed += 1
    if changed:
        subject = ("partnership", None)
        audit.record(by=by, action="intake.records_rebuilt", subject=subject, count=changed)
    return changed


def _said(detail: RecordDetail) -> dict[str, Any]:
    content = detail.content
    identity = making.identity_of(content)
    return {
        "detail_hash": making.short_hash(content),
        "detail_at": detail.received_at,
        "shown_name": making.shown_name(content),
        "family_name": identity.family,
        "given_names": identity.given,
        "birth_date": identity.birth_date,
        "postcode": identity.postcode,
        "nhs_number": identity.nhs_number,
        "upn": identity.upn,
    }

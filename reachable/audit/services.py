"""Writing entries and sealing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from reachable.audit import anchors, rules
from reachable.audit.models import Entry, Seal, Unsealed
from reachable.foundation import crypto
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, bulk_insert_all, exclusive, in_values
from reachable.foundation.ids import new_id
from reachable.foundation.time import now

Subject = tuple[str, UUID | None]
LOOKED = "looked"
_ENTRY = [
    *("id", "at", "actor_kind", "actor_id", "actor_name", "action"),
    *("subject_kind", "subject_id", "details", "key_id", "mac"),
]


def record(*, by: Actor, action: str, subject: Subject, **details: Any) -> UUID:
    """Write one entry inside the caller's transaction; if it fails, the act fails."""
    return record_many(by=by, action=action, acts=[(subject, details)])[0]


def record_many(
    *, by: Actor, action: str, acts: Iterable[tuple[Subject, dict[str, Any]]]
) -> list[UUID]:
    """Write entries that share their actor and action."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"{action}: the audit entry belongs in the transaction of the act"
        )
    acts = list(acts)
    if action == LOOKED and by.is_person:
        by.looks.extend(subject for subject, _ in acts)
    rows = [_entry(by, action, subject, details) for subject, details in acts]
    bulk_insert_all((Entry, _ENTRY, rows), (Unsealed, ["entry_id"], [(row[0],) for row in rows]))
    return [row[0] for row in rows]


def looked(*, by: Actor, subject: Subject, page: str, also: Subject | None = None) -> None:
    """Note that a person read a sensitive record, without what it said.

    `also` is what the same page shows beside it, such as the child whose moment it is: both are
    committed at once, as waiting for the disk is what a look costs most.
    """
    acts = [(each, {"page": page}) for each in (subject, also) if each is not None]
    with transaction.atomic():
        record_many(by=by, action=LOOKED, acts=acts)


def _entry(by: Actor, action: str, subject: Subject, details: dict[str, Any]) -> tuple[Any, ...]:
    ring = crypto.key_ring()
    entry_id, at, held = new_id(), now(), rules.identifiers(details)
    name = by.name if by.is_system else ""
    mac = ring.mac(
        rules.message(
            entry_id=entry_id,
            at=at,
            actor=(by.kind, by.id, name),
            action=action,
            subject=subject,
            details=held,
        )
    )
    return (entry_id, at, by.kind, by.id, name, action, *subject, held, ring.current, mac)


def seal(*, by: Actor, at_most: int = 5000) -> int:
    """Append the committed entries that wait to the chain; return how many.

    Only one sealer at a time; what it sealed is anchored outside the database afterwards.
    """
    del by
    sealed = 0
    while True:
        with transaction.atomic():
            exclusive("audit.seal")
            count, last = _seal_some(at_most)
        if count:
            anchors.add(*last)
            sealed += count
        if count < at_most:
            return sealed


def _seal_some(at_most: int) -> tuple[int, tuple[int, bytes]]:
    waiting = list(
        Unsealed.objects.order_by("entry_id").values_list("entry_id", flat=True)[:at_most]
    )
    newest = Seal.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = (newest[0], bytes(newest[1])) if newest else (0, rules.GENESIS)
    # The one before is committed, so that every sealing but the newest is anchored at any time.
    anchors.prepare(number, previous)
    if not waiting:
        return 0, (number, previous)
    macs = dict(Entry.objects.filter(id__in=waiting).values_list("id", "mac"))
    sealed_at, rows = now(), []
    for entry_id in waiting:
        number += 1
        # An entry that vanished before its seal leaves a gap that verification reports.
        mac = bytes(macs.get(entry_id, b""))
        link = rules.seal_hash(number, entry_id, mac, sealed_at, previous)
        rows.append((number, entry_id, previous, link, sealed_at))
        previous = link
    bulk_insert(Seal, ["number", "entry_id", "previous", "hash", "sealed_at"], rows)
    condition, parameters = in_values("entry_id", waiting)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Unsealed._meta.db_table} WHERE {condition}", parameters)
    return len(rows), (number, previous)

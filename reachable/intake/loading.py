"""Loading a delivery, batch by batch, from its checkpoint to its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from reachable.access.selectors import agency_names
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, exclusive
from reachable.foundation.errors import ReachableError
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from reachable.intake.checking import BEYOND, CheckedRow, OpenedFile, open_file
from reachable.intake.models import Delivery, QuarantinedRow
from reachable.intake.pipeline import Counts, Incoming, Origin, take_in
from reachable.intake.rules import making
from reachable.intake.rules.check import Checked, Refused
from reachable.intake.rules.headings import Mapping
from reachable.intake.rules.problems import Problem
from reachable.intake.specification import Feed
from reachable.intake.specification import feed as feed_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that goes to quarantine, as it was sent."""

    row_number: int
    source_key: str
    cells: list[list[str]]
    problems: list[dict[str, str]]


@dataclass
class _Prepared:
    """A batch, read and checked, before any transaction begins."""

    rows: list[Incoming]
    refused: list[RefusedRow]
    last_row: int


def stored_file(digest: str) -> Path:
    """Where the file of a delivery waits until it is loaded; afterwards it is removed."""
    return Path(settings.UPLOAD_DIR) / digest[:2] / digest


def load(*, by: Actor, delivery_id: UUID) -> Delivery:
    """Load what is left of a delivery; any number of processes may try, each row counts once."""
    delivery = Delivery.objects.get(id=delivery_id)
    if delivery.state == "loaded":
        return delivery
    try:
        _load(by, delivery)
    except ReachableError as error:
        _fail(by, delivery_id, error)
    return Delivery.objects.get(id=delivery_id)


def _load(by: Actor, delivery: Delivery) -> None:
    feed = feed_of(delivery.feed)
    path = stored_file(delivery.digest)
    opened = open_file(feed, path)
    origin = Origin(
        agency_id=delivery.agency_id,
        feed=feed.key,
        title=f"{agency_names([delivery.agency_id])[delivery.agency_id]}, {feed.title}",
        received_at=delivery.received_at,
        delivery_id=delivery.id,
        history=delivery.history,
        keep_unmatched_days=feed.keep_unmatched_days,
    )
    checkpoint = delivery.next_row
    for batch in _batches(opened.rows(today(), after=checkpoint)):
        prepared = _prepare(opened, batch)
        if not _commit(by, origin, delivery.id, checkpoint, prepared):
            return
        checkpoint = prepared.last_row
    if _finish(by, delivery.id, checkpoint):
        path.unlink(missing_ok=True)


def _batches(rows: Iterator[CheckedRow]) -> Iterator[list[CheckedRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _prepare(opened: OpenedFile, batch: Sequence[CheckedRow]) -> _Prepared:
    rows, refused = [], []
    for row in batch:
        if isinstance(row.result, Checked):
            rows.append(incoming(opened.feed, row.result, row.number))
        else:
            refused.append(refused_row(opened.mapping, row, row.result))
    return _Prepared(rows, refused, batch[-1].number)


def incoming(feed: Feed, checked: Checked, row_number: int | None) -> Incoming:
    """Work out, outside the transaction, all that a checked row leads to."""
    content: dict[str, Any] = checked.content
    person = making.person_content(feed, content)
    content_hash = checked.content_hash[:32]
    return Incoming(
        row_number=row_number,
        source_key=checked.source_key,
        key_hash=making.short_hash(checked.source_key) if checked.source_key else content_hash,
        content=content,
        content_hash=content_hash,
        made=making.made_by(feed, content),
        identity=making.identity_of(content),
        shown_name=making.shown_name(content),
        reference=content.get("local_id", ""),
        person=person,
        person_hash=making.short_hash(person),
        details=making.event_details(feed, content),
    )


def refused_row(mapping: Mapping, row: CheckedRow, refused: Refused) -> RefusedRow:
    """Keep a refused row with the sender's own headings, and every reason."""
    beyond = len(row.cells) - len(mapping.headings)
    headings = [*mapping.headings, *(f"{BEYOND}, {at + 1}" for at in range(beyond))]
    return RefusedRow(
        row_number=row.number,
        source_key=refused.source_key[:80],
        cells=[[heading, cell] for heading, cell in zip_longest(headings, row.cells, fillvalue="")],
        problems=[told_problem(problem) for problem in refused.problems],
    )


def told_problem(problem: Problem) -> dict[str, str]:
    """Return a problem as JSON values, without the cell: that is kept with the row."""
    held = asdict(problem)
    return {key: str(held[key]) for key in ("column", "reason", "sentence", "next")}


@transaction.atomic
def _commit(
    by: Actor, origin: Origin, delivery_id: UUID, checkpoint: int, prepared: _Prepared
) -> bool:
    """Write one batch with its checkpoint; False when another process was faster."""
    exclusive("people.identify")
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.next_row != checkpoint or delivery.state != "loading":
        return False
    counts = take_in(by=by, origin=origin, rows=prepared.rows)
    _settle_refused(origin, prepared)
    Delivery.objects.filter(id=delivery.id).update(
        next_row=prepared.last_row,
        accepted=F("accepted") + counts.accepted,
        duplicates=F("duplicates") + counts.duplicates,
        quarantined=F("quarantined") + len(prepared.refused),
        events=F("events") + counts.events,
        moments=F("moments") + counts.moments,
        worked_at=now(),
    )
    _audit_batch(by, delivery, counts, prepared)
    return True


def _settle_refused(origin: Origin, prepared: _Prepared) -> None:
    """Keep what was refused; what was refused earlier and has come right now is settled."""
    bulk_insert(
        QuarantinedRow,
        ["id", "delivery", "row_number", "source_key", "cells", "problems", "state", "reason"],
        [
            (
                *(new_id(), origin.delivery_id, row.row_number, row.source_key, row.cells),
                *(row.problems, "open", ""),
            )
            for row in prepared.refused
        ],
    )
    supersede(origin=origin, source_keys=[row.source_key for row in prepared.rows])


def supersede(*, origin: Origin, source_keys: Sequence[str]) -> int:
    """Settle the open quarantined rows of this feed whose source keys were now accepted."""
    keys = [key for key in source_keys if key]
    if not keys:
        return 0
    return QuarantinedRow.objects.filter(
        state="open",
        source_key__in=keys,
        delivery__agency_id=origin.agency_id,
        delivery__feed=origin.feed,
    ).update(state="superseded", decided_at=now())


def _audit_batch(by: Actor, delivery: Delivery, counts: Counts, prepared: _Prepared) -> None:
    audit.record(
        by=by,
        action="intake.batch",
        subject=("delivery", delivery.id),
        last_row=prepared.last_row,
        accepted=counts.accepted,
        duplicates=counts.duplicates,
        quarantined=len(prepared.refused),
        digest=counts.digest,
    )


@transaction.atomic
def _finish(by: Actor, delivery_id: UUID, last_row: int) -> bool:
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state != "loading" or delivery.next_row != last_row:
        return False
    delivery.state, delivery.finished_at = "loaded", now()
    delivery.rows = delivery.accepted + delivery.duplicates + delivery.quarantined
    delivery.save(update_fields=["state", "finished_at", "rows"])
    audit.record(by=by, action="intake.loaded", subject=("delivery", delivery_id))
    return True


@transaction.atomic
def _fail(by: Actor, delivery_id: UUID, error: ReachableError) -> None:
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    kept = (
        f"Everything up to row {delivery.next_row} was kept." if delivery.next_row else error.kept
    )
    sentences = (error.sentence, kept, error.next)
    delivery.state, delivery.finished_at = "failed", now()
    delivery.error = " ".join(part for part in sentences if part)[:400]
    delivery.save(update_fields=["state", "finished_at", "error"])
    audit.record(by=by, action="intake.failed", subject=("delivery", delivery_id))

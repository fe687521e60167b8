"""Loading a delivery, batch by batch, from its checkpoint to its end."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from reachable.access.selectors import agency_names
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, exclusive, follow_indexes, log_moved_beside
from reachable.foundation.errors import BadInput, ReachableError, place
from reachable.foundation.ids import new_id
from reachable.foundation.outages import outage
from reachable.foundation.questions import Question
from reachable.foundation.time import now, today
from reachable.intake import gone, involving, parts, preparing
from reachable.intake.happenings import title_of
from reachable.intake.held import renew
from reachable.intake.models import Delivery, QuarantinedRow
from reachable.intake.pipeline import Counts, Origin, take_in
from reachable.intake.preparing import Incoming, Prepared
from reachable.intake.rules.mapping import ColumnMapping, read_mapping
from reachable.intake.set_files import held_back
from reachable.intake.specification import Feed, in_order
from reachable.intake.specification import feed as feed_of
from reachable.intake.stored import remove_stored, stored_file
from reachable.intake.table_sets import table_sets
from reachable.practice import clocks

log = logging.getLogger("reachable.intake")

OUR_MISTAKE = ReachableError(
    "Loading stopped at a mistake of ours.",
    kept="Nothing was loaded.",
    next="Tell whoever looks after Reachable in your partnership; then load it again.",
)
MOST, LEAST = 1000, 50
"""Rows in a batch."""
HOLDS = 0.16
"""Seconds for which a batch aims to hold the lock; 0.25 is the most that others should wait."""


@dataclass
class Pace:
    """How many rows to write at once: as many as fit into the time that others may wait."""

    rows: float = 100

    def held(self, rows: int, seconds: float) -> None:
        """Learn from a batch, by half: one that was slow by chance says little.

        Of a few rows, the time is mostly what any batch takes: it does not say how many fit.
        """
        if not rows or (rows < LEAST and seconds < HOLDS):
            return
        fitting = rows * HOLDS / max(seconds, 0.001)
        self.rows = min(max((self.rows + fitting) / 2, LEAST), MOST)


_PACES: dict[str, Pace] = {}


def pace_of(feed: str) -> Pace:
    """Return how fast this process loads a feed: a file begins as its feed's last one ended."""
    return _PACES.setdefault(feed, Pace())


def load(*, by: Actor, delivery_id: UUID) -> Delivery:
    """Load what is left of a delivery; any number of processes may try, each row counts once."""
    delivery = Delivery.objects.get(id=delivery_id)
    if delivery.state == "loaded":
        return delivery
    try:
        _load(by, delivery)
    except ReachableError as error:
        _fail(by, delivery_id, error)
    except Exception as error:
        if outage(error) is not None:
            # It stays at its checkpoint, from which the worker, or the same command, goes on.
            raise
        log.error("a load failed: %s at %s", type(error).__name__, place(error.__traceback__))
        _fail(by, delivery_id, OUR_MISTAKE)
    return Delivery.objects.get(id=delivery_id)


def _load(by: Actor, delivery: Delivery) -> None:
    # Reading the bank holidays takes a while, the first time; not while others wait.
    clocks.england_and_wales()
    if delivery.feed in table_sets():
        _load_set(by, delivery)
    elif _load_rows(by, delivery, stored_file(delivery.id)):
        stored_file(delivery.id).unlink(missing_ok=True)


def _load_set(by: Actor, delivery: Delivery) -> None:
    """Load one table after the other; whatever was loaded of them stays."""
    if parts.must_wait(delivery):
        return
    for part, path in parts.unpacked(delivery):
        if part.state == "loaded":
            continue
        try:
            whole = _load_rows(by, part, path)
        except ReachableError as error:
            _fail(by, part.id, error)
            said = f"In the table {part.feed}: {error.sentence}"
            kept = parts.kept_before(delivery, part) or error.kept
            raise BadInput(said, kept=kept, next=error.next) from error
        if not whole:
            return
    if parts.finish(by=by, delivery_id=delivery.id):
        remove_stored(delivery.id)


def _load_rows(by: Actor, delivery: Delivery, path: Path) -> bool:
    """Load what is left of one table; False where another process was faster."""
    feed, origin = feed_of(delivery.feed), origin_of(delivery)
    checkpoint, pace = delivery.last_row, pace_of(feed.key)
    known = gone.known_rows(delivery) if feed.of_set else None
    read_as = mapping_of(delivery)
    pieces = preparing.pieces(feed, path, today(), checkpoint, known, read_as)
    left: bytes | None = None
    with log_moved_beside() as committed:
        for prepared in _batches(pieces, pace):
            held = _commit(by, origin, delivery.id, checkpoint, prepared)
            if held is None:
                return False
            committed()
            pace.held(len(prepared), held)
            checkpoint, left = prepared.last_row, prepared.gone
        if delivery.whole:
            if left:
                gone.withdraw(
                    by=by,
                    origin=origin,
                    delivery_id=delivery.id,
                    digests=left,
                    held_back=held_back(path.parent, feed.key),
                )
            renew(
                by=by,
                delivery_id=delivery.id,
                agency_id=origin.agency_id,
                feed=feed.key,
                days=feed.keep_unmatched_days,
            )
    return _finish(by, delivery.id, checkpoint)


def mapping_of(delivery: Delivery) -> ColumnMapping | None:
    """Return how a delivery is read, for its whole life; None where it has the feed's headings."""
    return read_mapping(delivery.read_as.content) if delivery.read_as else None


def feed_as_read(delivery: Delivery) -> Feed:
    """Return the feed of a delivery, with dates in the order in which its sender writes them."""
    feed, mapping = feed_of(delivery.feed), mapping_of(delivery)
    return in_order(feed, mapping.date_order) if mapping else feed


def origin_of(delivery: Delivery) -> Origin:
    """Where the rows of a delivery come from."""
    feed = feed_of(delivery.feed)
    return Origin(
        agency_id=delivery.agency_id,
        feed=feed.key,
        title=title_of(agency_names([delivery.agency_id])[delivery.agency_id], feed),
        received_at=delivery.received_at,
        delivery_id=delivery.id,
        history=delivery.history,
        keep_unmatched_days=feed.keep_unmatched_days,
        listed_by=involving.keeper_of(feed, delivery.sent_by_id),
    )


def _batches(pieces: Iterable[Prepared], pace: Pace) -> Iterator[Prepared]:
    """Put pieces together to batches of the size that the pace allows at that moment."""
    together: Prepared | None = None
    for piece in pieces:
        if together is None:
            together = piece
        else:
            together.take(piece)
        # The nearest number of pieces: always one too many would hold the lock too long.
        enough = len(together) > pace.rows - preparing.PIECE / 2
        if enough or together.unchanged >= preparing.UNCHANGED:
            yield together
            together = None
    if together is not None:
        yield together


def _commit(
    by: Actor, origin: Origin, delivery_id: UUID, checkpoint: int, prepared: Prepared
) -> float | None:
    """Write one batch with its checkpoint; return for how many seconds nobody else could write.

    None when another process was faster.
    """
    with transaction.atomic():
        exclusive("people.identify")
        follow_indexes()
        began = perf_counter()
        delivery = Delivery.objects.select_for_update().get(id=delivery_id)
        if delivery.last_row != checkpoint or not parts.is_wanted(delivery):
            return None
        _write_batch(by, origin, delivery, prepared)
    return perf_counter() - began


def _write_batch(by: Actor, origin: Origin, delivery: Delivery, prepared: Prepared) -> None:
    counts = take_in(by=by, origin=origin, rows=prepared.rows) if prepared.rows else Counts()
    counts.duplicates += prepared.unchanged
    _settle_refused(origin, prepared)
    Delivery.objects.filter(id=delivery.id).update(last_row=prepared.last_row)
    parts.count_in(
        delivery,
        accepted=counts.accepted,
        duplicates=counts.duplicates,
        quarantined=len(prepared.refused),
        events=counts.events,
        moments=counts.moments,
        worked_at=now(),
    )
    _audit_batch(by, delivery, counts, prepared)


def _settle_refused(origin: Origin, prepared: Prepared) -> None:
    """Keep what was refused; what was refused earlier and has come right now is settled.

    A row that is refused again takes the place of what waited from an earlier file.
    """
    if not len(prepared):
        return
    _settle_earlier(origin, dict.fromkeys((row.key_hash for row in prepared.refused), 0))
    bulk_insert(
        QuarantinedRow,
        [
            *("id", "delivery", "row_number", "source_key", "key_hash", "cells", "problems"),
            *("state", "reason"),
        ],
        [
            (
                *(new_id(), origin.delivery_id, row.row_number, row.source_key, row.key_hash),
                *(row.cells, row.problems, "open", ""),
            )
            for row in prepared.refused
        ],
    )
    supersede(origin=origin, rows=prepared.rows)
    _settle_returned(origin, prepared)


def _settle_returned(origin: Origin, prepared: Prepared) -> None:
    """Settle what we gave out to be corrected and came back, whatever its key is now."""
    came_back = {row.was for row in prepared.rows if row.was}
    came_back |= {row.was for row in prepared.refused if row.was}
    if came_back:
        _waiting(origin.agency_id, origin.feed).filter(
            id__in=came_back, delivery__received_at__lt=origin.received_at
        ).update(**_superseded())


def supersede(*, origin: Origin, rows: Sequence[Incoming]) -> None:
    """Settle the open quarantined rows of this feed that were now accepted.

    What was refused in a file that was received later, or further down in the same file, still
    says more than what was accepted.
    """
    _settle_earlier(origin, {row.key_hash: row.row_number or 0 for row in rows})


def _settle_earlier(origin: Origin, until: dict[str, int]) -> None:
    """Settle rows with these keys of earlier files, and those above a row number of this one."""
    if not until:
        return
    waiting = _waiting_with(agency_id=origin.agency_id, feed=origin.feed, key_hashes=until)
    settled = [
        row_id
        for row_id, key_hash, number, delivery_id, received_at in waiting
        if received_at < origin.received_at
        or (delivery_id == origin.delivery_id and number < until[key_hash])
    ]
    if settled:
        QuarantinedRow.objects.filter(id__among=settled).update(**_superseded())


def _waiting(agency_id: Any, feed: Any) -> QuerySet[QuarantinedRow]:
    return QuarantinedRow.objects.filter(
        state="open", delivery__agency_id=agency_id, delivery__feed=feed
    )


@Question
def _waiting_with(agency_id: Any, feed: Any, key_hashes: Any) -> QuerySet[QuarantinedRow, Any]:
    waiting = _waiting(agency_id, feed).filter(key_hash__among=key_hashes)
    return waiting.values_list(
        *("id", "key_hash", "row_number", "delivery_id", "delivery__received_at")
    )


def _superseded() -> dict[str, Any]:
    return {"state": "superseded", "decided_at": now()}


def _audit_batch(by: Actor, delivery: Delivery, counts: Counts, prepared: Prepared) -> None:
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
    if delivery.last_row != last_row or not parts.is_wanted(delivery):
        return False
    delivery.state, delivery.finished_at = "loaded", now()
    delivery.rows = delivery.accepted + delivery.duplicates + delivery.quarantined
    delivery.save(update_fields=["state", "finished_at", "rows"])
    audit.record(by=by, action="intake.loaded", subject=("delivery", delivery_id))
    return True


@transaction.atomic
def _fail(by: Actor, delivery_id: UUID, error: ReachableError) -> None:
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state != "loading":
        # Another process came to its end meanwhile, and took the file away.
        return
    kept = (
        f"Everything up to row {delivery.last_row} was kept." if delivery.last_row else error.kept
    )
    sentences = (error.sentence, kept, error.next)
    delivery.state, delivery.finished_at = "failed", now()
    delivery.error = " ".join(part for part in sentences if part)[:400]
    delivery.save(update_fields=["state", "finished_at", "error"])
    audit.record(by=by, action="intake.failed", subject=("delivery", delivery_id))

"""Many refused rows settled by one answer: begun by a person, done in batches, each row once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_update, exclusive, follow_indexes, log_moved_beside
from reachable.foundation.errors import BadInput, Conflict, place
from reachable.foundation.outages import outage
from reachable.foundation.time import now, today
from reachable.intake import loading, writing
from reachable.intake.faults import answers_of, has_fault, read_again, waiting_rows
from reachable.intake.loading import feed_as_read, pace_of
from reachable.intake.models import BulkCorrection, QuarantinedRow
from reachable.intake.owned import own_delivery
from reachable.intake.parts import count_in
from reachable.intake.pipeline import Counts, take_in
from reachable.intake.preparing import Incoming, incoming, told_problem
from reachable.intake.rules.check import Checked
from reachable.intake.rules.together import Answer, Kind, offered
from reachable.intake.specification import Feed
from reachable.practice import clocks

log = logging.getLogger("reachable.intake")

ABANDONED_AFTER = timedelta(minutes=1)
OUR_MISTAKE = "It stopped at a mistake of ours. What was settled stays settled; answer it again."


@dataclass(frozen=True)
class Abandoned:
    """An answer whose worker died, and who gave it."""

    correction_id: UUID
    begun_by: UUID | None


def begin(*, by: Actor, delivery_id: UUID, answer: Answer, reason: str = "") -> UUID:
    """Say something once of all rows of a file that share a fault; `settle` then does it.

    One answer at a time is worked on for a file: a second waits for the first.
    """
    by.require("intake.load")
    delivery = own_delivery(by, delivery_id)
    feed, reason = feed_as_read(delivery), reason.strip()
    if answer.kind is not Kind.LEAVE_OUT and answer.kind not in offered(feed, answer.fault):
        raise BadInput("This cannot be said of these rows.", kept="Nothing was changed.")
    if answer.kind is Kind.LEAVE_OUT and not reason:
        raise BadInput("Please say in a few words why.", kept="Nothing was changed.")
    if answer.kind is not Kind.LEAVE_OUT:
        writing.require_for_file(by, delivery.feed, kept="The rows wait as they were.")
    before = answers_of(delivery_id)
    waiting = waiting_rows(delivery_id).iterator()
    rows = sum(has_fault(feed, row, answer.fault, before) for row in waiting)
    if not rows:
        raise Conflict("No row waits for this reason any more.", kept="Nothing was changed.")
    # Counted before the transaction: looking at very many rows takes seconds.
    try:
        with transaction.atomic():
            begun = BulkCorrection.objects.create(
                delivery=delivery,
                fault=answer.fault.key,
                answer=answer.as_json(),
                reason=reason[:300],
                begun_by_id=by.id,
                begun_at=now(),
                worked_at=now(),
                rows=rows,
            )
            audit.record(
                by=by, action="intake.answered", subject=("bulk_correction", begun.id), rows=rows
            )
    except IntegrityError:
        raise Conflict(
            "Another answer for this file is being worked on.",
            kept="Nothing was changed.",
            next="Wait until it is done, and answer again.",
        ) from None
    return begun.id


def writes_of(correction_id: UUID) -> str | None:
    """Return the feed of which an answer takes rows in; none where it leaves them out."""
    begun = BulkCorrection.objects.select_related("delivery").get(id=correction_id)
    left_out = Answer.from_json(begun.answer).kind is Kind.LEAVE_OUT
    return None if left_out else begun.delivery.feed


@dataclass
class _Batch:
    """Rows that were checked with the answer, before anything is written of them."""

    last_row: int
    looked_at: int = 0
    accepted: list[tuple[UUID, Incoming]] = field(default_factory=list)
    refused: list[tuple[UUID, list[dict[str, str]]]] = field(default_factory=list)
    left_out: list[UUID] = field(default_factory=list)

    def ids(self) -> list[UUID]:
        return [*(row for row, _ in (*self.accepted, *self.refused)), *self.left_out]


def settle(*, by: Actor, correction_id: UUID) -> str:
    """Do what is left of an answer; any number of processes may try, each row counts once.

    Returns the state that it is in afterwards.
    """
    begun = BulkCorrection.objects.select_related("delivery").get(id=correction_id)
    try:
        _settle(by, begun)
    except Exception as error:
        if outage(error) is not None:
            # It stays at its checkpoint, from which the worker goes on.
            raise
        log.error("an answer failed: %s at %s", type(error).__name__, place(error.__traceback__))
        stop(by=by, correction_id=correction_id, why=OUR_MISTAKE)
    return BulkCorrection.objects.values_list("state", flat=True).get(id=correction_id)


def _settle(by: Actor, begun: BulkCorrection) -> None:
    clocks.england_and_wales()
    pace, checkpoint = pace_of(begun.delivery.feed), begun.last_row
    answers = answers_of(begun.delivery_id)
    with log_moved_beside() as committed:
        while begun.state == "working":
            batch = _check(begun, answers, checkpoint, int(pace.rows))
            if not batch.looked_at:
                _finish(by, begun.id, checkpoint)
                return
            held = _commit(by, begun, checkpoint, batch)
            if held is None:
                return
            committed()
            pace.held(len(batch.accepted), held)
            checkpoint = batch.last_row


def _check(begun: BulkCorrection, answers: Sequence[Answer], checkpoint: int, most: int) -> _Batch:
    """Check the rows after the checkpoint, outside any transaction, until `most` are accepted.

    Only these take long to write: where few rows have the fault, more are looked at.
    """
    feed, answer = feed_as_read(begun.delivery), Answer.from_json(begun.answer)
    batch = _Batch(checkpoint)
    waiting = waiting_rows(begun.delivery_id)
    while len(batch.accepted) < most and batch.looked_at < loading.MOST:
        wanted = min(most - len(batch.accepted), loading.MOST - batch.looked_at)
        rows = list(waiting.filter(row_number__gt=batch.last_row)[:wanted])
        if not rows:
            break
        for row in rows:
            _look_at(row, feed, answer, answers, batch)
    return batch


def _look_at(
    row: QuarantinedRow, feed: Feed, answer: Answer, answers: Sequence[Answer], batch: _Batch
) -> None:
    batch.last_row, batch.looked_at = row.row_number, batch.looked_at + 1
    if not has_fault(feed, row, answer.fault, answers):
        return
    if answer.kind is Kind.LEAVE_OUT:
        batch.left_out.append(row.id)
        return
    _, outcome = read_again(feed, row, answers, today())
    if isinstance(outcome, Checked):
        batch.accepted.append((row.id, incoming(feed, outcome, row.row_number)))
    else:
        batch.refused.append((row.id, [told_problem(each) for each in outcome.problems]))


def _commit(by: Actor, begun: BulkCorrection, checkpoint: int, batch: _Batch) -> float | None:
    """Write one batch with its checkpoint; return for how many seconds nobody else could write.

    None when another process was faster. What was settled meanwhile is left as it is.
    """
    with transaction.atomic():
        exclusive("people.identify")
        follow_indexes()
        began = perf_counter()
        current = BulkCorrection.objects.select_for_update().get(id=begun.id)
        if current.last_row != checkpoint or current.state != "working":
            return None
        still_open = set(
            QuarantinedRow.objects.select_for_update()
            .filter(id__among=batch.ids(), state="open")
            .values_list("id", flat=True)
        )
        _write(by, begun, batch, still_open)
    return perf_counter() - began


def _write(by: Actor, begun: BulkCorrection, batch: _Batch, still_open: Collection[UUID]) -> None:
    accepted = [each for each in batch.accepted if each[0] in still_open]
    refused = [each for each in batch.refused if each[0] in still_open]
    left_out = [row_id for row_id in batch.left_out if row_id in still_open]
    decided = {"decided_by_id": begun.begun_by_id, "decided_at": now()}
    counts = _take_in(by, begun, accepted, decided)
    QuarantinedRow.objects.filter(id__among=left_out).update(
        state="set_aside", reason=begun.reason, **decided
    )
    bulk_update(QuarantinedRow, "id", ["problems"], refused)
    BulkCorrection.objects.filter(id=begun.id).update(
        last_row=batch.last_row,
        accepted=F("accepted") + len(accepted),
        left_out=F("left_out") + len(left_out),
        waiting=F("waiting") + len(refused),
        worked_at=now(),
    )
    audit.record(
        by=by,
        action="intake.settled_together",
        subject=("bulk_correction", begun.id),
        last_row=batch.last_row,
        accepted=len(accepted),
        left_out=len(left_out),
        quarantined=len(refused),
        rows_digest=_digest([row_id for row_id, _ in accepted], left_out),
        digest=counts.digest,
    )


def _take_in(
    by: Actor,
    begun: BulkCorrection,
    accepted: Sequence[tuple[UUID, Incoming]],
    decided: dict[str, Any],
) -> Counts:
    if not accepted:
        return Counts()
    origin = loading.origin_of(begun.delivery)
    rows = [row for _, row in accepted]
    counts = take_in(by=by, origin=origin, rows=rows)
    ids = [row_id for row_id, _ in accepted]
    QuarantinedRow.objects.filter(id__among=ids).update(state="corrected", **decided)
    loading.supersede(origin=origin, rows=rows)
    count_in(
        begun.delivery,
        accepted=counts.accepted,
        duplicates=counts.duplicates,
        quarantined=-len(accepted),
        events=counts.events,
        moments=counts.moments,
    )
    return counts


def _digest(*ids: Sequence[UUID]) -> str:
    total = hashlib.sha256()
    for held in ids:
        for each in held:
            total.update(each.bytes)
        total.update(b"|")
    return total.hexdigest()


@transaction.atomic
def _finish(by: Actor, correction_id: UUID, checkpoint: int) -> None:
    begun = BulkCorrection.objects.select_for_update().get(id=correction_id)
    if begun.state != "working" or begun.last_row != checkpoint:
        return
    begun.state, begun.finished_at = "done", now()
    begun.save(update_fields=["state", "finished_at"])
    audit.record(by=by, action="intake.answer_done", subject=("bulk_correction", begun.id))


@transaction.atomic
def stop(*, by: Actor, correction_id: UUID, why: str) -> None:
    """Let the rest of the rows wait; what was settled stays settled."""
    begun = BulkCorrection.objects.select_for_update().get(id=correction_id)
    if begun.state != "working":
        return
    begun.state, begun.finished_at, begun.error = "stopped", now(), why
    begun.save(update_fields=["state", "finished_at", "error"])
    audit.record(by=by, action="intake.answer_stopped", subject=("bulk_correction", begun.id))


@transaction.atomic
def take_abandoned(*, by: Actor, besides: Collection[UUID]) -> list[Abandoned]:
    """Take up answers that nobody has worked on for a while, `besides` those that wait."""
    left = BulkCorrection.objects.select_for_update().filter(
        state="working", worked_at__lt=now() - ABANDONED_AFTER
    )
    taken = list(left.exclude(id__in=besides))
    for begun in taken:
        BulkCorrection.objects.filter(id=begun.id).update(worked_at=now())
        audit.record(by=by, action="intake.resumed", subject=("bulk_correction", begun.id))
    return [Abandoned(begun.id, begun.begun_by_id) for begun in taken]

"""Rows that were refused: corrected and taken in, or left out for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.intake import loading, writing
from reachable.intake.checking import check_again
from reachable.intake.faults import answers_of, cells_now
from reachable.intake.loading import feed_as_read
from reachable.intake.models import QuarantinedRow
from reachable.intake.owned import own_deliveries
from reachable.intake.parts import count_in
from reachable.intake.pipeline import take_in
from reachable.intake.preparing import incoming
from reachable.intake.rules.check import Refused
from reachable.intake.rules.headings import Mismatch
from reachable.intake.rules.problems import Problem


class StillWrong(BadInput):
    """A corrected row that cannot be accepted yet; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("This row cannot be accepted yet.", kept="Nothing was changed.")
        self.problems = problems


@transaction.atomic
def correct(*, by: Actor, row_id: UUID, cells: Mapping[str, str]) -> None:
    """Take in a refused row with corrected cells (heading → text); StillWrong says why not.

    A cell that is not given says what it was sent with, or what was said of the whole column since.
    Whoever puts it right writes all that it says.
    """
    by.require("intake.load")
    exclusive("people.identify")
    row = _own_row(by, row_id)
    feed = feed_as_read(row.delivery)
    before = cells_now(feed, row, answers_of(row.delivery_id))
    now_cells = [(heading, cells.get(heading, text)) for heading, text in before]
    outcome = check_again(feed, now_cells, today())
    if isinstance(outcome, Mismatch):
        raise BadInput(outcome.sentence, kept="Nothing was changed.", next=outcome.next)
    if isinstance(outcome, Refused):
        raise StillWrong(outcome.problems)
    origin, accepted = loading.origin_of(row.delivery), incoming(feed, outcome, row.row_number)
    writing.require_for_row(by, feed, accepted, kept=f"Row {row.row_number:,} waits as it was.")
    counts = take_in(by=by, origin=origin, rows=[accepted])
    row.state, row.decided_by_id, row.decided_at = "corrected", by.id, now()
    row.save(update_fields=["state", "decided_by_id", "decided_at"])
    loading.supersede(origin=origin, rows=[accepted])
    count_in(
        row.delivery,
        accepted=counts.accepted,
        duplicates=counts.duplicates,
        quarantined=-1,
        events=counts.events,
        moments=counts.moments,
    )
    audit.record(
        by=by, action="intake.corrected", subject=("quarantined_row", row.id), digest=counts.digest
    )


@transaction.atomic
def set_aside(*, by: Actor, row_id: UUID, reason: str) -> None:
    """Leave a refused row out for good, with a reason."""
    by.require("intake.load")
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept="Nothing was changed.")
    row = _own_row(by, row_id)
    row.state, row.reason = "set_aside", reason.strip()[:300]
    row.decided_by_id, row.decided_at = by.id, now()
    row.save(update_fields=["state", "reason", "decided_by_id", "decided_at"])
    audit.record(by=by, action="intake.set_aside", subject=("quarantined_row", row.id))


def _own_row(by: Actor, row_id: UUID) -> QuarantinedRow:
    held = QuarantinedRow.objects.select_for_update(of=("self",)).select_related("delivery")
    row = held.filter(id=row_id, delivery__in=own_deliveries(by)).first()
    if row is None:
        raise NotFound
    if row.state != "open":
        raise Conflict("This row has been settled already.", kept="Nothing was changed.")
    return row

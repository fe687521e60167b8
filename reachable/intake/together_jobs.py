"""Answers for many rows: a few are settled at once, many by the worker."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from reachable.foundation.actor import Actor, system
from reachable.foundation.jobs import task
from reachable.intake import together
from reachable.intake.jobs import first_arguments, may_load, unless_interrupted
from reachable.intake.models import BulkCorrection
from reachable.intake.rules.together import Answer

AT_ONCE = 50
"""Rows for which nobody needs to wait for a worker."""


def begin(*, by: Actor, delivery_id: UUID, answer: Answer, reason: str = "") -> None:
    """Settle the rows of a fault: now where they are few, or else by the worker."""
    with transaction.atomic():
        begun = together.begin(by=by, delivery_id=delivery_id, answer=answer, reason=reason)
        many = BulkCorrection.objects.filter(id=begun, rows__gt=AT_ONCE).exists()
        if many:
            settle_rows.enqueue(str(begun), str(by.own_id))
    if not many:
        together.settle(by=system("intake"), correction_id=begun)


@transaction.atomic
def resume_abandoned(*, by: Actor) -> int:
    """Let the worker go on with answers whose worker died, in the name of whoever gave them."""
    besides = first_arguments(settle_rows.module_path)
    left = together.take_abandoned(by=by, besides=besides)
    for each in left:
        settle_rows.enqueue(str(each.correction_id), str(each.begun_by) if each.begun_by else None)
    return len(left)


@task
def settle_rows(correction_id: str, user_id: str | None) -> str:
    """Settle what is left of an answer if `user_id`, who gave it, may still load files."""
    if user_id is not None and not may_load(UUID(user_id), together.writes_of(UUID(correction_id))):
        together.stop(
            by=system("intake"),
            correction_id=UUID(correction_id),
            why="Whoever said it may no longer load files. Somebody else can say it again.",
        )
        return "refused"
    return unless_interrupted(
        lambda: together.settle(by=system("intake"), correction_id=UUID(correction_id))
    )

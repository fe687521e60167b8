"""What goes to paper leaves the house: who took it is audited beside the look itself."""

from __future__ import annotations

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.moments.selectors import MomentFacts
from reachable.moments.worklists import Worklist


@transaction.atomic
def worklist(*, by: Actor, printed: Worklist) -> None:
    """Note for each child who stands on the worklist that it was made ready to be printed."""
    by.require("moments.hold")
    children = {row.person_id: None for bucket in printed.buckets for row in bucket.rows}
    acts = [(("person", child), {"page": "worklist printed"}) for child in children]
    audit.record_many(by=by, action="looked", acts=acts)


@transaction.atomic
def moment(*, by: Actor, printed: MomentFacts) -> None:
    """Note that a moment was made ready to be printed."""
    by.require("moments.hold")
    for subject in (("moment", printed.row.id), ("person", printed.row.person_id)):
        audit.record(by=by, action="looked", subject=subject, page="moment printed")

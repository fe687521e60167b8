"""Telling those who keep the directory that entries were not checked for half a year."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now, today
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.provision.loading import KEEPS
from reachable.provision.searching import Asked, listed

CHECK_AFTER = timedelta(days=182)


def due_before() -> datetime:
    """Return the instant before which an entry has to have been checked to be due again."""
    return now() - CHECK_AFTER


def nudge(*, by: Actor) -> int:
    """Tell the keepers in the agencies that answer for such entries, once a month; return how many.

    Where an agency has nobody who keeps the directory, all who do are told.
    """
    due = listed(Asked(due_before=due_before())).order_by("owner_id")
    owners = set(due.values_list("owner_id", flat=True))
    if not owners:
        return 0
    keepers = access.of_agencies(by=by, capability=KEEPS, agency_ids=owners)
    everybody = access.able(capability=KEEPS)
    month = f"{today():%Y-%m}"
    tellings = [
        Telling(user_id, "directory.due", ("agency", owner), f"directory.due:{month}:{user_id}")
        for owner in sorted(owners)
        for user_id in sorted(keepers.get(owner) or everybody)
    ]
    with transaction.atomic():
        told = notices.tell(by=by, tellings=tellings)
        if told:
            audit.record(by=by, action="provision.nudged", subject=("directory", None), count=told)
    return told

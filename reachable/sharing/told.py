"""What a family is told of decisions to share: to whom, and when it was open to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from reachable.foundation import words
from reachable.foundation.actor import Actor
from reachable.people.registries import ToldOther
from reachable.practice.time import LONDON, start_of_day
from reachable.sharing.models import SharingDecision
from reachable.sharing.rules.standing import AGREED, DOCUMENT, ENDED, MADE


def told_others(
    *, by: Actor, person_ids: Collection[UUID], first: datetime, last: datetime
) -> list[ToldOther]:
    """Return with which agencies and organisations chosen pieces were shared in a period, without
    what they said, and without the name of anybody."""
    by.require("family.answer")
    held = (
        SharingDecision.objects.filter(
            outcome=MADE, person_id__in=list(person_ids), decided_at__lt=last
        )
        .select_related("to_user__agency", "superseded_by")
        .prefetch_related("steps")
        .order_by("decided_at", "id")
    )
    found = []
    for each in held:
        opened = _opened(each)
        if opened is None:
            continue
        begins, ends = opened
        if begins < last and ends > first:
            to = each.to_user.agency.name if each.to_user else each.to_organisation
            until = words.day((ends - timedelta(microseconds=1)).astimezone(LONDON).date())
            how = f"A worker chose what to share with them, until {until}."
            found.append(ToldOther(begins.astimezone(LONDON).date(), to, how))
    return found


def _opened(made: SharingDecision) -> tuple[datetime, datetime] | None:
    """Return from when until when a decision opened something to somebody, if it ever did.

    To somebody outside it is the document that opens it.
    """
    assert made.until is not None
    steps = sorted((each.at, each.kind) for each in made.steps.all())
    begins: datetime | None = made.decided_at
    if made.needs_second:
        opens = AGREED if made.to_user_id else DOCUMENT
        begins = next((at for at, kind in steps if kind == opens), None)
    if begins is None:
        return None
    ends = [start_of_day(made.until + timedelta(days=1))]
    ends += [at for at, kind in steps if kind == ENDED]
    if hasattr(made, "superseded_by"):
        ends.append(made.superseded_by.decided_at)
    return (begins, min(ends)) if begins < min(ends) else None

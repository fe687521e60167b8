"""When something ends by itself, as is known now: for what lies where nobody can ask again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from reachable.access.models import Involvement, User
from reachable.access.rules.seeing import last_end
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.practice.time import start_of_day


def account_ends_at(*, by: Actor) -> datetime | None:
    """Return when this person's own account ends, where their last day was said."""
    last_day = User.objects.values_list("last_day", flat=True).get(id=by.own_id)
    return start_of_day(last_day + timedelta(days=1)) if last_day else None


def involved_until(
    *, by: Actor, kind: str, subjects: Mapping[UUID, UUID]
) -> dict[UUID, datetime | None]:
    """Return until when this person or their teams work with each; `subjects` says who is whom.

    Whoever they do not work with now is left out; None is an involvement without a known end.
    """
    held = Involvement.objects.in_force(at=now()).filter(
        Q(user_id=by.id) | Q(team_id__in=by.team_ids),
        subject_kind=kind,
        subject_id__in=list(subjects),
    )
    ends: dict[UUID, list[datetime | None]] = {}
    for subject_id, until in held.values_list("subject_id", "until"):
        ends.setdefault(subjects[subject_id], []).append(until)
    return {subject: last_end(found) for subject, found in ends.items()}

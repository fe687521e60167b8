"""A child is restricted, by the verb that the product has."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.time import today
from reachable.people import restricting


def restrict(by: Actor, person_id: UUID, *readers: UUID) -> UUID:
    return restricting.restrict(
        by=by,
        person_id=person_id,
        kind="staff_family",
        reason="Her aunt works in the Hub.",
        readers=readers,
        review_on=today() + timedelta(days=90),
    )

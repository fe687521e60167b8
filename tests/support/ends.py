"""Ends of what somebody may see that are known before they come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.foundation.time import now
from reachable.moments.models import Moment
from tests.support.people import SYSTEM
from tests.support.world import World


def invited_only(
    world: World,
    moment_id: UUID,
    *untils: datetime,
    username: str = "first",
    over: bool = True,
) -> None:
    """Let somebody see the child of a moment by nothing but invitations until then."""
    child = Moment.objects.get(id=moment_id).person_id
    if over:
        Involvement.objects.filter(subject_id=child).update(ended_at=now())
    for until in untils:
        access.involve_until(
            by=SYSTEM,
            user_id=world.users[username],
            kind="person",
            subject_id=child,
            basis="invited",
            until=until,
        )

"""Nobody who has a conflict of interest with the child can be told here, whatever they sent."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.conversations import services
from reachable.conversations.after import after
from reachable.moments.models import Moment
from reachable.people import conflicts
from tests.support.conversations import content, writing
from tests.support.world import World


@pytest.mark.db
@pytest.mark.parametrize("kin", ["second", "outsider"])
def test_whoever_has_a_conflict_cannot_be_told_here(world: World, kin: str) -> None:
    moment_id = world.signal(by="outsider")
    held = writing(moment_id, content=content())
    services.keep(by=world.actor("first"), writing=held)

    def whom() -> set[UUID]:
        found = after(by=world.actor("first"), conversation_id=held.conversation_id)
        return {each.user_id for each in found.whom}

    before = whom()
    assert {world.users["second"], world.users["outsider"]} <= before
    conflicts.declare(
        by=world.actor("lead"),
        person_id=Moment.objects.get(id=moment_id).person_id,
        reason="His uncle, they say",
        whose=world.users[kin],
    )
    assert whom() == before - {world.users[kin]}

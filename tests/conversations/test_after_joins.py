"""What is open after a conversation whose moment was joined into another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reachable.access import services as access
from reachable.conversations import selectors, services
from reachable.conversations.after import after, open_after
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from tests.support.conversations import content, writing
from tests.support.merging import merge_moments
from tests.support.world import World


@pytest.mark.db
def test_nobody_waits_where_nobody_would_hear(world: World) -> None:
    """The older moment's sender does not hear of what began in the other before the two joined."""
    by, start = world.actor("first"), now()
    older = world.signal("other_worry", by="teacher", given_names="Robin", family_name="Ash")
    moments.take(by=by, moment_id=older)
    began = start + timedelta(hours=1)
    with travel(start + timedelta(hours=2)):
        newer = world.signal()
        held = [replace(writing(newer, content=content()), began_at=at) for at in (began, now())]
        for each in held:
            services.keep(by=by, writing=each)
    with travel(start + timedelta(hours=3)):
        merge_moments(world.actor("steward"), older, newer)
        facts = [
            selectors.conversation(by=by, conversation_id=each.conversation_id) for each in held
        ]
        found = open_after(by=by, found=facts)
        assert [found[each.id].senders_wait for each in facts] == [False, True]
        assert [after(by=by, conversation_id=each.id).hearing for each in facts] == [0, 1]
        access.end_account(by=system("tests"), user_id=world.users["sergeant"])
        found = open_after(by=by, found=facts)
        assert [found[each.id].senders_wait for each in facts] == [False, False]

"""When somebody goes who has not finished writing down a conversation: others are told of it.

It is given to nobody: who reads a child's own words is whom the child was told about.
"""

from __future__ import annotations

from uuid import UUID

from reachable.access import selectors as access
from reachable.access.registries import RightsEnded
from reachable.conversations.handing import unfinished_of
from reachable.conversations.models import Conversation
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.closures import Closures
from reachable.notices import services as notices
from reachable.notices.services import Telling

HOLDS, LEADS = "moments.hold", "moments.assign"
LEFT = "conversation.left"


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """Tell whoever has the moment now; where nobody has, those who lead its team, else the team."""
    left = unfinished_of(ended.user_id, ended.team_id)
    if ended.team_id is None and access.able(user_ids=[ended.user_id], capability=HOLDS):
        return
    held = list(left.select_related("moment", "person__now").order_by("id"))
    if not held:
        return
    closures = Closures(by, now(), {each.person.now.current_id for each in held})
    notices.tell(
        by=by,
        tellings=[
            Telling(user, LEFT, ("moment", each.moment_id), f"{LEFT}:{each.id}:{user}")
            for each in held
            for user in _told(closures, each, ended.user_id)
        ],
    )


def _told(closures: Closures, conversation: Conversation, left: UUID) -> list[UUID]:
    moment = conversation.moment
    has_it = moment.holder_id or moment.asked_id
    if has_it is not None and has_it != left:
        return [has_it]
    there = [
        user
        for user in access.members_to_tell(team_id=moment.team_id, at=now())
        if user != left and closures.opens(conversation.person.now.current_id, user)
    ]
    leads = access.able(capability=LEADS, user_ids=there)
    return [user for user in there if user in leads] or there

"""When whoever decided to share leaves a child: their manager is asked whether it should go on."""

from __future__ import annotations

from uuid import UUID

from reachable.access import selectors as access
from reachable.access.registries import RightsEnded
from reachable.foundation.actor import Actor
from reachable.foundation.time import today
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people
from reachable.sharing.models import SharingDecision
from reachable.sharing.rules.standing import LIVE, MADE, WAITS
from reachable.sharing.seeing import AGREES, DECIDES, as_decider, stands

LEFT = "sharing.decider_left"


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """Ask, of what stands and is empty by now, whether it should go on: managers who work with the
    child, or else whoever works with it and may decide. They decide anew, as they see it."""
    held = SharingDecision.objects.filter(
        decided_by_id=ended.user_id, outcome=MADE, until__gte=today()
    )
    tellings = []
    for each in held.select_related("person__now").order_by("id"):
        current = each.person.now.current_id
        if stands(each) not in (LIVE, WAITS):
            continue
        if people.is_visible(by=as_decider(each), person_id=current):
            continue
        tellings += [
            Telling(user, LEFT, ("sharing", each.id), f"{LEFT}:{each.id}:{user}")
            for user in sorted(_asked(by, each))
        ]
    notices.tell(by=by, tellings=tellings)


def _asked(by: Actor, decision: SharingDecision) -> frozenset[UUID]:
    same = list(people.same_people(by=by, current_ids=[decision.person.now.current_id]))
    not_these = {user for user in (decision.decided_by_id, decision.to_user_id) if user}
    for capability in (AGREES, DECIDES):
        able = access.working_now(by=by, kind="person", subject_ids=same, capability=capability)
        if able - not_these:
            return able - not_these
    return frozenset()

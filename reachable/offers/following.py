"""What becomes of the offers of somebody who leaves: their team goes on with them."""

from __future__ import annotations

from django.db.models import Q

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.models import Involvement
from reachable.access.registries import RightsEnded
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now
from reachable.offers.models import Offer
from reachable.offers.rules.standing import OPEN, REFUSED
from reachable.offers.seeing import MAKES
from reachable.offers.services import OFFERED

FOLLOW = system("follow")


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """End what somebody was given because of offers, and give it to the team of the moment.

    Who lost a role and may still make offers goes on with them.
    """
    del by
    user_id = ended.user_id
    if ended.team_id is None and user_id in access.able(capability=MAKES, user_ids=[user_id]):
        return
    in_force = Involvement.objects.in_force(at=now())
    given = in_force.filter(user_id=user_id, because_of__isnull=False)
    theirs = Offer.objects.filter(
        Q(steps__by_id=user_id) | Q(steps__about_id=user_id) | Q(id__in=given.values("because_of")),
        state__in=OPEN | {REFUSED},
    )
    if ended.team_id is not None:
        theirs = theirs.filter(Q(moment__team_id=ended.team_id) | Q(moment=None))
    for offer in theirs.select_related("moment").distinct():
        access_services.end_involvement(by=FOLLOW, because_of=offer.id, user_id=user_id)
        followed = in_force.filter(because_of=offer.id)
        if offer.moment is not None and not followed.exists():
            team_id = access.team_now(offer.moment.team_id)
            row = (None, team_id, offer.person_id, OFFERED, offer.id)
            access_services.involve(by=FOLLOW, rows=[row], kind="person")

"""The offers that somebody follows, before they move or leave: how many, and who goes on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, QuerySet

from reachable.access import services as access
from reachable.access.handing import colleagues
from reachable.access.models import Involvement
from reachable.access.registries import Held
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.closures import Closures
from reachable.offers.models import Offer
from reachable.offers.rules.standing import OPEN, REFUSED
from reachable.offers.services import OFFERED


def followed(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many open offers somebody follows by themselves, by the team of the moment."""
    del by
    named = _theirs(user_id, team_id).order_by("moment__team__name")
    counted = named.values_list("moment__team_id", "moment__team__name").annotate(Count("id"))
    return [
        Held(
            title=f"Offers to follow, from moments of {name}",
            count=count,
            team_id=team,
            to=colleagues(team, user_id),
            otherwise="the team of the moment goes on with them",
        )
        for team, name, count in counted
    ]


def hand_on(*, by: Actor, user_id: UUID, team_id: UUID | None, to_user: UUID) -> None:
    """Let a colleague follow the offers in place of somebody.

    With those to a child who is closed to the colleague the team goes on.
    """
    held = _theirs(user_id, team_id).select_related("person__now")
    offers = list(held.select_for_update(of=("self",)))
    if not offers:
        return
    closures = Closures(by, now(), {each.person.now.current_id for each in offers})
    for offer in offers:
        if not closures.opens(offer.person.now.current_id, to_user):
            continue
        access.end_involvement(by=by, because_of=offer.id, user_id=user_id)
        row = (to_user, None, offer.person_id, OFFERED, offer.id)
        access.involve(by=by, rows=[row], kind="person")


def _theirs(user_id: UUID, team_id: UUID | None) -> QuerySet[Offer]:
    given = Involvement.objects.filter(user_id=user_id, basis=OFFERED, ended_at=None)
    held = Offer.objects.filter(
        id__in=given.values("because_of"), state__in=OPEN | {REFUSED}, moment__isnull=False
    )
    return held if team_id is None else held.filter(moment__team=team_id)

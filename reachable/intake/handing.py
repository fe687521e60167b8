"""Lists of a panel that somebody keeps, before they move or leave: how much, and who goes on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from reachable.access import services as access_services
from reachable.access.handing import colleagues_at_agency
from reachable.access.models import Involvement
from reachable.access.registries import Held
from reachable.foundation.actor import Actor
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.intake.involving import BASIS, KEEPS_LIST
from reachable.moments.closures import Closures
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.models import CurrentPerson

OTHERWISE = (
    "whoever sends the next list keeps it from then on; until then nobody sees these children "
    "because of it"
)
GIVEN = "list.handed_over"


def lists(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many children are on the lists that somebody keeps; a list belongs to no team."""
    del by
    if team_id is not None:
        return []
    count = _theirs(user_id).count()
    to = colleagues_at_agency(KEEPS_LIST, user_id) if count else ()
    return [Held("Children on a panel’s list that they keep", count, None, to, OTHERWISE)]


def hand_on_lists(*, by: Actor, user_id: UUID, team_id: UUID | None, to_user: UUID) -> None:
    """Let a colleague of the agency keep the lists in place of somebody, and tell them once.

    A child who is closed to the colleague is nobody’s until the next list.
    """
    del team_id
    held = list(_theirs(user_id).select_for_update().values_list("because_of", "subject_id"))
    if not held:
        return
    current = dict(
        CurrentPerson.objects.filter(person_id__in=[child for _, child in held]).values_list(
            "person_id", "current_id"
        )
    )
    closures = Closures(by, now(), set(current.values()))
    known = set(_theirs(to_user).values_list("because_of", flat=True))
    _theirs(user_id).update(ended_at=now())
    rows = [
        (to_user, None, child, BASIS, row)
        for row, child in held
        if row not in known and closures.opens(current[child], to_user)
    ]
    access_services.involve(by=by, rows=rows, kind="person")
    told = Telling(to_user, GIVEN, ("user", to_user), f"{GIVEN}:{user_id}:{new_id()}")
    notices.tell(by=by, tellings=[told])


def _theirs(user_id: UUID) -> QuerySet[Involvement]:
    held = Involvement.objects.in_force(at=now())
    return held.filter(user_id=user_id, subject_kind="person", basis=BASIS)

"""Records that are restricted or opened for a while, by the verbs that the product has."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password

from reachable.access import services as access
from reachable.access.models import Restriction
from reachable.access.selectors import agency_id
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import today
from reachable.moments.models import Moment
from reachable.people import asking, emergency, inviting, restricting
from reachable.people.asking import Described
from reachable.people.models import EmergencyAccess, Enquiry
from tests.support.world import PASSWORD, World


def restrict(by: Actor, person_id: UUID, *readers: UUID) -> UUID:
    return restricting.restrict(
        by=by,
        person_id=person_id,
        kind="staff_family",
        reason="Her aunt works in the Hub.",
        readers=readers,
        review_on=today() + timedelta(days=90),
    )


SENTENCE = "She is threatened tonight and nobody answers."


def opened_and_closed(world: World, invited_to: UUID) -> dict[str, object]:
    """A restricted child with an open moment, an invitation, and an emergency that “elsewhere”
    began: a supervisor of no team here. Made once."""
    if not EmergencyAccess.objects.exists():
        _open_and_close(world, invited_to)
    emergency_access = EmergencyAccess.objects.get()
    restriction = Restriction.objects.get()
    return {
        "waiting_person": invited_to,
        "restricted": restriction.subject_id,
        "restriction": restriction.id,
        "told": emergency_access.enquiry_id,
        "not_told": Enquiry.objects.get(team=None).id,
        "emergency": emergency_access.id,
        "emergency_person": emergency_access.enquiry.about,
    }


def _open_and_close(world: World, invited_to: UUID) -> None:
    kept = world.signal("other_worry", given_names="Bryn", family_name="Aldous")
    restrict(
        world.actor("lead"),
        Moment.objects.get(id=kept).person_id,
        world.users["lead"],
        world.users["outsider"],
    )
    inviting.invite(
        by=world.actor("first"),
        person_id=invited_to,
        whom=world.users["outsider"],
        reason="Knows him from the youth club, and is to come along on Thursday.",
        last_day=today() + timedelta(days=7),
    )
    access.create_account(
        by=system("tests"),
        username="elsewhere",
        name="Elsie Elsewhere",
        agency_id=agency_id("council"),
        roles=["supervisor"],
        password_hash=make_password(PASSWORD),
    )
    by = world.actor("elsewhere")
    born = date(2012, 3, 3)
    asking.ask(by=by, described=Described("Bryn", "Aldous", born), reason=SENTENCE)
    described = Described("Tamsin", "Orrell", born)
    enquiry_id = asking.ask(by=by, described=described, reason=SENTENCE)
    emergency.open_record(by=by, enquiry_id=enquiry_id, reason=SENTENCE)

"""A colleague is invited to see a child until a day, by somebody who works with the child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.models import Involvement
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now, today
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.models import InvitedColleague
from reachable.people.opening import (
    KIND,
    NOTHING_CHANGED,
    current_child,
    refuse_closed,
    say_why,
    works_with,
)
from reachable.people.selectors import same_people
from reachable.practice.time import start_of_day

BASIS = "invited"
LONGEST = timedelta(days=28)
NOTICE = "record.invited"


@dataclass(frozen=True)
class InvitationFacts:
    """An invitation that stands: who, by whom, why, and until when. `may_end` is for `by`."""

    id: UUID
    name: str
    invited_by: str
    reason: str
    until: datetime
    may_end: bool


@transaction.atomic
def invite(*, by: Actor, person_id: UUID, whom: UUID, reason: str, last_day: date) -> UUID:
    """Let a colleague see a child to the end of a day; they are told, and it ends by itself."""
    current = current_child(by=by, person_id=person_id)
    said = say_why(reason)
    if not works_with(by=by, current_id=current):
        raise BadInput(
            "You see this child for a while only, so you can invite nobody.",
            kept=NOTHING_CHANGED,
            next="Ask somebody who works with the child.",
        )
    if not today() <= last_day <= today() + LONGEST:
        raise BadInput(
            f"An invitation ends within {LONGEST.days} days, and not before today.",
            kept=NOTHING_CHANGED,
            next="Choose an earlier day; whoever works with the child can invite again.",
        )
    if whom == by.id or whom not in access.able(capability="people.read", user_ids=[whom]):
        raise BadInput("Please choose a colleague from the list.", kept=NOTHING_CHANGED)
    refuse_closed(by=by, current_id=current, user_ids=[whom])
    involvement_id = access_services.involve_until(
        by=by,
        user_id=whom,
        kind=KIND,
        subject_id=current,
        basis=BASIS,
        until=start_of_day(last_day + timedelta(days=1)),
    )
    invitation = InvitedColleague.objects.create(
        involvement_id=involvement_id, invited_by_id=by.own_id, reason=said[:300]
    )
    audit.record(
        by=by, action="people.invited", subject=(KIND, current), user=whom, because=invitation.id
    )
    key = f"{NOTICE}:{invitation.id}"
    notices.tell(by=by, tellings=[Telling(whom, NOTICE, ("child", current), key)])
    return invitation.id


@transaction.atomic
def end(*, by: Actor, invited_id: UUID) -> UUID:
    """End an invitation before its day: whoever works with the child, or was invited, may.

    Return the child.
    """
    found = InvitedColleague.objects.filter(id=invited_id, involvement__subject_kind=KIND)
    invitation = found.select_related("involvement").first()
    if invitation is None:
        raise NotFound
    current = current_child(by=by, person_id=invitation.involvement.subject_id)
    own = invitation.involvement.user_id == by.id
    if not own and not works_with(by=by, current_id=current):
        raise NotFound
    if access_services.end_early(by=by, involvement_id=invitation.involvement_id):
        audit.record(
            by=by, action="people.invitation_ended", subject=(KIND, current), because=invitation.id
        )
    return current


@looks_beyond("who was invited to a child who was found visible")
def invitations(*, by: Actor, person_id: UUID) -> list[InvitationFacts]:
    """Return who is invited to see this child now, the first to end first."""
    current = current_child(by=by, person_id=person_id)
    same = same_people(by=by, current_ids=[current])
    running = Involvement.objects.in_force(at=now()).filter(
        subject_kind=KIND, subject_id__in=list(same), basis=BASIS
    )
    may = works_with(by=by, current_id=current)
    held = InvitedColleague.objects.filter(involvement__in=running).select_related(
        "involvement__user__agency", "invited_by"
    )
    found = []
    for each in held:
        user, until = each.involvement.user, each.involvement.until
        if user is not None and until is not None:
            named = f"{user.name}, {user.agency.name}"
            facts = InvitationFacts(
                each.id, named, each.invited_by.name, each.reason, until, may or user.id == by.id
            )
            found.append(facts)
    return sorted(found, key=lambda facts: facts.until)

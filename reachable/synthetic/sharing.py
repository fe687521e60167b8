"""What is shared in the invented partnership: asked and told, refused, ended, and outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from reachable.access import selectors as access
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import today
from reachable.moments.models import Moment
from reachable.people import selectors as people
from reachable.sharing import acting, services
from reachable.sharing.models import SharingDecision
from reachable.sharing.pieces import can_be_shared
from reachable.sharing.rules.pieces import PieceKey
from reachable.sharing.services import Reasons, Recipient
from reachable.synthetic.arrival import actors
from reachable.synthetic.partnership import Partnership

SCHOOL = "school.lead"
HOUSING = Recipient(
    name="Ferris Oakhanger, tenancy officer",
    organisation="Netherquay Homes",
    address="Ferris Oakhanger, 2 Quay Parade, Netherquay",
)
COACH = Recipient(
    name="Idony Marl, head coach",
    organisation="Sluice Lane Boxing Club",
    address="by hand, at the club",
)
WHY = {
    "name": "To greet the child by name at the gate.",
    "communication_needs": "To talk so that the child can follow.",
    "moment": "To know whom to ring when something happens at school.",
}


def share_a_few(made: Partnership) -> int:
    """Let workers who have children decide as people do; return how many decisions there are."""
    by, number = actors(made), 0
    if SharingDecision.objects.exists():
        return 0
    by_id = {actor.own_id: actor for actor in by.values()}
    for child, holder in _children(by_id):
        _DECIDES[number](by, holder, child)
        number += 1
        if number == len(_DECIDES):
            break
    return number


def _children(by_id: Mapping[UUID, Actor]) -> list[tuple[UUID, Actor]]:
    """Return children whose moment somebody has who may decide, the newest first."""
    held = Moment.objects.filter(state="held", holder_id__in=by_id).order_by("-opened_at")
    found = held.values_list("person__now__current_id", "holder_id")
    return [
        (child, by_id[holder])
        for child, holder in found
        if holder is not None
        and by_id[holder].can("sharing.decide")
        and people.is_visible(by=by_id[holder], person_id=child)
    ]


def _reasons(purpose: str, told: str, note: str, engaged: str) -> Reasons:
    return Reasons(
        purpose=purpose,
        told=told,
        told_note=note,
        engaged=engaged,
        harm_if_shared="Little: nothing of what happened is in it.",
        harm_if_not="Adults who see the child each day would ask in a way that closes doors.",
        bases=("public_task", "safeguarding_condition", "children_act_2004_s11"),
    )


def _share(
    holder: Actor, child: UUID, to: Recipient, *wanted: str, reasons: Reasons, conditions: str = ""
) -> UUID:
    """Share these fields, as far as they are known."""
    known = {str(each.key) for each in can_be_shared(by=holder, person_id=child)}
    return services.share(
        by=holder,
        person_id=child,
        to=to,
        pieces={PieceKey(field): WHY[field] for field in wanted if field in known},
        reasons=reasons,
        proportion="The rest would not help them, and the child does not want it known.",
        until=today() + timedelta(days=28),
        conditions=conditions,
    )


def _asked_and_told(by: Mapping[str, Actor], holder: Actor, child: UUID) -> None:
    """A school asked, and is told how the child talks, and its name."""
    school = by[SCHOOL]
    to = Recipient(user_id=school.own_id)
    request_id = services.record_request(
        by=holder,
        person_id=child,
        asked_by=to,
        what="Why the child is tired, and how to talk with them.",
        purpose="To meet the child at the gate, rather than send them home.",
    )
    services.share(
        by=holder,
        person_id=child,
        to=to,
        pieces={PieceKey("name"): WHY["name"], PieceKey("moment"): WHY["moment"]},
        reasons=_reasons(
            "To meet the child at the gate, rather than send them home.",
            "both",
            "Which two things the school is told, and that it is told nothing else.",
            "The child is glad that it is the lead and not the whole staff room.",
        ),
        proportion="Why the child is tired, they do not need for that.",
        until=today() + timedelta(days=28),
        request_id=request_id,
    )


def _refused(by: Mapping[str, Actor], holder: Actor, child: UUID) -> None:
    """A landlord asked where the child goes at night, and is not told."""
    del by
    purpose = "To decide about the tenancy of the family."
    request_id = services.record_request(
        by=holder,
        person_id=child,
        asked_by=HOUSING,
        what="Whether the child is known to the police, and for what.",
        purpose=purpose,
        due_on=today() + timedelta(days=7),
    )
    services.refuse(
        by=holder,
        person_id=child,
        to=HOUSING,
        reasons=_reasons(
            purpose,
            "family",
            "That the landlord asked, and that nothing is said.",
            "The mother fears for the home. She asks that nothing is said.",
        ),
        reason="It does not protect the child, and could cost the family their home.",
        request_id=request_id,
    )


def _ended(by: Mapping[str, Actor], holder: Actor, child: UUID) -> None:
    """A school was told, for a meeting that was held."""
    reasons = _reasons(
        "To prepare the meeting on a place in the smaller class.",
        "child",
        "That the lead hears how to talk with them, for this meeting.",
        "Fine, if it is for the meeting only.",
    )
    to = Recipient(user_id=by[SCHOOL].own_id)
    made = _share(holder, child, to, "name", "communication_needs", reasons=reasons)
    services.end(by=holder, sharing_id=made, reason="The meeting was held; the place is agreed.")


def _outside(by: Mapping[str, Actor], holder: Actor, child: UUID) -> None:
    """A coach waits for a second person; a supervisor of the team agrees where there is one."""
    reasons = _reasons(
        "So that somebody at training knows whom to ring.",
        "child",
        "Who is told, and what.",
        "The child chose the coach.",
    )
    made = _share(
        holder,
        child,
        COACH,
        "name",
        "moment",
        reasons=reasons,
        conditions="Keep it to yourself. Ring before you tell anybody at the club.",
    )
    second = access.working_now(
        by=system("synthetic"), kind="person", subject_ids=[child], capability="sharing.agree"
    )
    agrees = [actor for actor in by.values() if actor.own_id in second - {holder.own_id}]
    if agrees and made:
        acting.agree(by=agrees[0], sharing_id=made, agreed=True, note="It is little.")
        acting.make_document(by=holder, sharing_id=made, how="word")
        acting.hand_over(by=holder, sharing_id=made, how="in_person", note="To the coach.")


_DECIDES = (_asked_and_told, _refused, _ended, _outside)

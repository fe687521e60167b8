"""What was passed on to somebody: shown to them alone, as long as they may know of the child."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.conversations.models import PassedOn
from reachable.conversations.seeing import visible_conversations
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.intake.selectors import my_signal
from reachable.moments.joined import families, standing_for
from reachable.moments.senders import standing_signals
from reachable.people import looking
from reachable.people import selectors as people
from reachable.people.registries import Seen, ToldOther
from reachable.practice.time import LONDON


@dataclass(frozen=True)
class PassedOnFacts:
    """What somebody needs to know. `conversation_id` is set for those who work with the child,
    `signal_id` for whoever sent one of them and sees no more."""

    id: UUID
    child: str
    what: str
    by: str
    agency: str
    phone: str
    at: datetime
    conversation_id: UUID | None
    signal_id: UUID | None


def passed_on(*, by: Actor, passed_id: UUID) -> PassedOnFacts:
    """Return what was passed on to `by`; anybody else's is not found, nor is what they may not
    know any more: of a child with whom they no longer work, or whose their signal is not."""
    held = PassedOn.objects.select_related(
        "conversation__moment", "conversation__person__now", "by__agency"
    )
    found = held.filter(id=passed_id, to_id=by.own_id).first()
    if found is None:
        raise NotFound
    seen = visible_conversations(by=by).filter(id=found.conversation_id)
    person_id = seen.values_list("person__now__current_id", flat=True).first()
    if person_id is not None:
        named = people.names(by=by, current_ids=[person_id]).get(person_id)
        child = named.name if named else "Name kept back"
    else:
        child = _as_sent(by, found)
    about = ("person", found.conversation.person.now.current_id)
    audit.looked(by=by, subject=("passed_on", found.id), also=about, page="passed on")
    return PassedOnFacts(
        id=found.id,
        child=child,
        what=found.what,
        by=found.by.name,
        agency=found.by.agency.name,
        phone=access.contacts(by=by, user_ids=[found.by_id]).get(found.by_id, ("", ""))[1],
        at=found.at,
        conversation_id=found.conversation_id if person_id is not None else None,
        signal_id=found.signal_id if person_id is None else None,
    )


def who_looked(*, by: Actor, passed_id: UUID, page: int = 1) -> looking.LooksOf:
    """Return who looked at what was passed on to `by`."""
    passed_on(by=by, passed_id=passed_id)
    return looking.looks_at(by=by, kind="passed_on", subject_ids=[passed_id], page=page)


def why(*, by: Actor, subject_id: UUID) -> Seen:
    del by
    return Seen(("It was passed on to you",), "passed_looked", subject_id)


def told_others(
    *, by: Actor, person_ids: Collection[UUID], first: datetime, last: datetime
) -> list[ToldOther]:
    """Return to which agencies something of a talk with a child was passed on, without what it was.

    Names of people stay out: whoever was told outside is “somebody outside”.
    """
    by.require("family.answer")
    held = PassedOn.objects.filter(
        conversation__person_id__in=list(person_ids), told_at__gte=first, told_at__lt=last
    ).order_by("told_at", "id")
    return [
        ToldOther(
            told_at.astimezone(LONDON).date(),
            agency or "Somebody outside the partnership",
            "A worker told them one thing that they needed to know.",
        )
        for told_at, agency in held.values_list("told_at", "to__agency__name")
    ]


def _as_sent(by: Actor, found: PassedOn) -> str:
    """Return the name as they sent it, while their signal stands where the conversation does."""
    if found.signal_id is None:
        raise NotFound
    moment = found.conversation.moment
    top = standing_for([moment])[moment.id]
    if found.signal_id not in standing_signals(families([top])):
        raise NotFound
    return my_signal(by=by, signal_id=found.signal_id).name

"""Decisions to share, in the small partnership."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from reachable.foundation.time import today
from reachable.sharing import safe, services
from reachable.sharing.models import SafeAddress, SharingDecision, SharingRequest
from reachable.sharing.rules.pieces import PieceKey, read_key
from reachable.sharing.services import Reasons, Recipient
from tests.support.world import World

OUTSIDE = Recipient(
    name="Vic Visitor, coach",
    organisation="Osier Boxing Club",
    address="coach@club.example",
)
REASONS = Reasons(
    purpose="To meet the child at the gate.",
    told="child",
    told_note="Which two things, and with whom.",
    engaged="Fine, if nobody else is told.",
    harm_if_shared="None that we see.",
    harm_if_not="Nobody would be at the gate.",
    bases=("public_task", "safeguarding_condition"),
)
ASKED = Recipient(name="Pat Asker, officer", organisation="Housing Osier", address="2 Reed Lane")


def key(text: str) -> PieceKey:
    found = read_key(text)
    assert found is not None, text
    return found


def shared(
    world: World,
    person_id: UUID,
    *pieces: str,
    by: str = "first",
    to: str | Recipient = "teacher",
    until: date | None = None,
    **more: Any,
) -> UUID:
    """Share these pieces with somebody, by user name, or with somebody outside."""
    recipient = Recipient(user_id=world.users[to]) if isinstance(to, str) else to
    outside = recipient.user_id is None
    reasons = more.pop("reasons", REASONS)
    return services.share(
        by=world.actor(by),
        person_id=person_id,
        to=recipient,
        pieces={key(each): f"For {each[:5]}" for each in pieces},
        reasons=reasons,
        proportion="Less would not do.",
        until=until or today() + timedelta(days=14),
        conditions=more.pop("conditions", "Tell nobody else." if outside else ""),
        **more,
    )


def refused(
    world: World, person_id: UUID, *, by: str = "first", to: Recipient = ASKED, **more: Any
) -> UUID:
    return services.refuse(
        by=world.actor(by),
        person_id=person_id,
        to=to,
        reasons=REASONS,
        reason="They do not need it.",
        **more,
    )


def asked(world: World, person_id: UUID, *, by: str = "first", of: str | Recipient = ASKED) -> UUID:
    """Record a request of somebody by user name, or of somebody outside."""
    recipient = Recipient(user_id=world.users[of]) if isinstance(of, str) else of
    return services.record_request(
        by=world.actor(by),
        person_id=person_id,
        asked_by=recipient,
        what="Where the child lives.",
        purpose="To write to the family.",
    )


def answers(pieces: Iterable[str], **more: str) -> dict[str, Any]:
    """Return what somebody types who shares these pieces."""
    last = today() + timedelta(days=14)
    return {
        "purpose": REASONS.purpose,
        "told": "child",
        "told_note": "Which.",
        "engaged": "Fine.",
        "harm_if_shared": "None.",
        "harm_if_not": "Some.",
        "bases": ["public_task", "safeguarding_condition"],
        "proportion": "Less would not do.",
        "until-day": str(last.day),
        "until-month": str(last.month),
        "until-year": str(last.year),
        **{f"why-{place}": "They need it." for place, _ in enumerate(pieces)},
        **more,
    }


def every_state(world: World, person_id: UUID) -> dict[str, object]:
    """Return, by name, a request that waits, what is shared, is not, and goes outside; and a safe
    address. They are made once."""
    if not SharingDecision.objects.exists():
        asked(world, person_id)
        shared(world, person_id, "name", "birth_date", "postcode", "moment")
        refused(world, person_id)
        shared(world, person_id, "name", to=OUTSIDE)
        safe.keep(by=world.actor("first"), person_id=person_id, of="child", address="1 Kept Row")
    made = SharingDecision.objects.filter(outcome="made")
    return {
        "request": SharingRequest.objects.get().id,
        "sharing": made.exclude(to_user=None).get().id,
        "outside": made.get(to_user=None).id,
        "not_shared": SharingDecision.objects.get(outcome="refused").id,
        "safe": SafeAddress.objects.get().id,
    }

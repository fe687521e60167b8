"""Asks, at 28 days and at 3 months, whether a child still goes to a service.

Asked is whoever has the child's open moment now, or else whoever made the offer. What closed with
the moment opens to them for that one question, and closes with the answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.models import Involvement
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.closures import Closures
from reachable.moments.measuring import ANSWERED_WITHIN
from reachable.moments.models import OPEN, Moment
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.offers.models import Offer, OfferStep
from reachable.offers.rules.standing import (
    ASKED,
    ATTENDING,
    REFUSED,
    Standing,
    Step,
    asked_now,
    standing,
)
from reachable.offers.rules.standing import (
    OPEN as GOING_ON,
)
from reachable.offers.seeing import MAKES
from reachable.offers.services import ATTENDING as BASIS
from reachable.offers.services import OFFERED, note_asked
from reachable.people.opening import BY_ITSELF

AT_ONCE = 500
REFUSED_FOR, SILENT_FOR = timedelta(days=28), timedelta(days=182)
"""How long whoever offered something sees the child after a refusal, or after the last news."""
_SOONEST, _LATEST = timedelta(days=27), timedelta(days=94)


def ask(*, by: Actor) -> int:
    """Ask whoever is to say whether a child still goes there, once; return how many were asked."""
    asked = 0
    with transaction.atomic():
        offers = list(_attending()[:AT_ONCE])
        may = Askable.of(by, offers)
        for offer, (stands, before) in _stories(offers):
            check = asked_now(stands, before, now())
            user_id = whom_to_ask(offer, may) if check else None
            if check and user_id:
                _ask(by, offer, check, user_id)
                asked += 1
        _close_unanswered(by)
    return asked


def _attending() -> QuerySet[Offer]:
    at = now()
    return (
        Offer.objects.select_related("person__now", "moment")
        .filter(
            state=ATTENDING,
            attended_at__lte=at - _SOONEST,
            attended_at__gte=at - _LATEST - ANSWERED_WITHIN,
        )
        .order_by("attended_at", "id")
    )


def _stories(offers: list[Offer]) -> list[tuple[Offer, tuple[Standing, frozenset[str]]]]:
    """Return each offer with where it stands, and of which times it was asked before."""
    steps: dict[UUID, list[OfferStep]] = {offer.id: [] for offer in offers}
    for step in OfferStep.objects.filter(offer_id__in=list(steps)).order_by("id"):
        steps[step.offer_id].append(step)
    return [
        (
            offer,
            (
                standing(
                    Step(s.kind, s.said_at, s.how, s.after, s.again_on) for s in steps[offer.id]
                ),
                frozenset(s.after for s in steps[offer.id] if s.kind == ASKED),
            ),
        )
        for offer in offers
    ]


@dataclass(frozen=True)
class Askable:
    """Of some offers: to whom their children are closed, who followed which (offer, worker), and
    who saw a child for a while (child, worker): such a guest may have offered, and follows nothing.
    """

    closures: Closures
    followed: frozenset[tuple[UUID | None, UUID | None]]
    guests: frozenset[tuple[UUID, UUID | None]]

    @classmethod
    def of(cls, by: Actor, offers: Collection[Offer]) -> Askable:
        ids = [offer.id for offer in offers]
        held = Involvement.objects.filter(basis=OFFERED, because_of__in=ids)
        for_a_while = Involvement.objects.filter(
            basis__in=BY_ITSELF, subject_id__in={offer.person_id for offer in offers}
        )
        return cls(
            Closures(by, now(), {offer.person.now.current_id for offer in offers}),
            frozenset(held.values_list("because_of", "user_id")),
            frozenset(for_a_while.values_list("subject_id", "user_id")),
        )

    def was_guest(self, offer: Offer) -> bool:
        """Say whether whoever offered it saw the child for a while only."""
        who = offer.offered_by_id
        return (offer.id, who) not in self.followed and (offer.person_id, who) in self.guests


def whom_to_ask(offer: Offer, may: Askable) -> UUID | None:
    """Whoever has the child now; else whoever offered it; else the first who leads the team; of a
    restricted child whom none of them may open, the first reader."""
    current = offer.person.now.current_id
    has = Moment.objects.filter(
        person__now__current_id=current, state__in=OPEN, holder__isnull=False
    )
    wanted = [has.values_list("holder_id", flat=True).first()]
    if not may.was_guest(offer):
        wanted.append(offer.offered_by_id)
    known = [user for user in wanted if user and may.closures.opens(current, user)]
    able = access.able(capability=MAKES, user_ids=known)
    for user in known:
        if user in able:
            return user
    team = access.members(team_id=access.team_now(offer.moment.team_id)) if offer.moment else []
    members = [who.user_id for who in team if may.closures.opens(current, who.user_id)]
    if not members:
        return next(iter(may.closures.asked(current, [])), None)
    leads = access.able(capability="moments.assign", user_ids=members)
    return min(leads or members)


def _ask(by: Actor, offer: Offer, check: str, user_id: UUID) -> None:
    row = (user_id, None, offer.person_id, BASIS, offer.id)
    access_services.involve(by=by, rows=[row], kind="person")
    note_asked(by=by, offer_id=offer.id, after=check, user_id=user_id)
    key = f"attending:{offer.id}:{check}:{user_id}"
    notices.tell(by=by, tellings=[Telling(user_id, "offer.attending", ("offer", offer.id), key)])


def _close_unanswered(by: Actor) -> None:
    """What nobody answered in time closes again to whoever was asked."""
    at = now()
    over = OfferStep.objects.filter(
        kind=ASKED, at__lte=at - ANSWERED_WITHIN, at__gte=at - 2 * ANSWERED_WITHIN
    )
    offer_ids = list(over.values_list("offer_id", flat=True))
    ended = access_services.end_involvements(by=by, basis=BASIS, because_of=offer_ids)
    ended += access_services.end_involvements(by=by, basis=OFFERED, because_of=_not_followed())
    if ended:
        audit.record(by=by, action="offers.unanswered", subject=("partnership", None), count=ended)


def _not_followed() -> list[UUID]:
    """Return offers of which nothing was heard for so long that nobody follows them any more."""
    at = now()
    found = Offer.objects.none()
    for states, column, length in (
        ([REFUSED], "since", REFUSED_FOR),
        (sorted(GOING_ON - {ATTENDING}), "since", SILENT_FOR),
        ([ATTENDING], "attended_at", _LATEST + ANSWERED_WITHIN),
    ):
        over = {f"{column}__lte": at - length, f"{column}__gte": at - length - ANSWERED_WITHIN}
        found |= Offer.objects.filter(state__in=states, **over)
    return list(found.values_list("id", flat=True))

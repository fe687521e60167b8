"""What the invented workers offer to the children whom they have reached, and what becomes of it.

Each evening. What is done follows from the seed and from what stands in the database, so that a
replay that was stopped goes on as if it had not been. The shares are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from reachable.foundation.actor import Actor
from reachable.foundation.errors import ReachableError
from reachable.foundation.time import now, today
from reachable.moments.measuring import CHECKS, check_due
from reachable.moments.models import Moment
from reachable.offers import gaps, matching, services
from reachable.offers.checking import stands
from reachable.offers.models import Offer
from reachable.offers.rules.standing import (
    ATTENDING,
    NOT_NOW,
    OPEN,
    PUT_OFF,
    REFUSED,
    SENT,
    STILL,
    checks_due,
)
from reachable.provision.models import Service

REACHED_WITHIN = timedelta(days=7)
_FOLLOWED = timedelta(days=120)
_OFFERED, _NOTHING_FITS, _TRIED_NEXT, _OTHER_HELP = 0.3, 0.08, 0.7, 0.85
_HELPS = ("mentoring", "mentoring", "family", "education", "mental_health", "activities", "legal")
_NOTHING_FOR = ("speech_language", "housing", "substances", "mental_health", "legal")
_SAID = (
    ("wants", "“All right. If you come along the first time.”", 70),
    ("not_now", "“Maybe after Christmas.”", 14),
    ("no", "“I’ve got people.”", 16),
)
_REFUSED = (
    ("full", "No places until the spring.", 45),
    ("need", "They only see children who are in school.", 20),
    ("risk", "They asked for two workers at each meeting.", 15),
    ("age", "They begin at 16.", 12),
    ("not_reached", "They rang twice, and wrote once.", 8),
)
_AGAIN = (("wants", "“Yeah, go on then.”", 45), ("not_now", "“Not yet.”", 25), ("no", "", 30))
_FATES = (("accepted", 48), ("waits", 16), (REFUSED, 26), ("silent", 10))
_STILL = (
    ("yes", "Each Thursday; the worker says so.", 70),
    ("stopped", "Said it was too far.", 20),
    ("not_known", "", 10),
)


@dataclass(frozen=True)
class _Next:
    """What is recorded of an offer, so many days after it was made."""

    days: int
    kind: str
    how: str = ""
    note: str = ""


class Offering:
    """Offers of the invented workers, evening after evening."""

    def __init__(self, seed: int, by_id: Mapping[UUID | None, Actor]) -> None:
        self.seed = seed
        self.by_id = by_id
        self.is_on = Service.objects.exists()

    def evening(self) -> int:
        """Record what is due by now; return how much that was."""
        if not self.is_on:
            return 0
        return self._follow() + self._offer()

    def _offer(self) -> int:
        at = now()
        reached = Moment.objects.filter(
            state="held", reached_at__lte=at, reached_at__gt=at - REACHED_WITHIN
        )
        fresh = reached.filter(offer=None, gap=None).order_by("reached_at", "opened_at")
        return sum(self._offer_one(moment) for moment in fresh)

    def _offer_one(self, moment: Moment) -> int:
        assert moment.reached_at is not None
        rng = Random(f"{self.seed} offer {moment.opened_at.isoformat()} {moment.reached_at}")
        by, chance = self.by_id.get(moment.holder_id), rng.random()
        if by is None or chance > _OFFERED:
            return 0
        if chance < _OFFERED * _NOTHING_FITS:
            return self._try(lambda: self._gap(by, moment, rng.choice(_NOTHING_FOR)))
        return self._try(lambda: self._make(by, moment.person_id, rng))

    def _gap(self, by: Actor, moment: Moment, help: str) -> None:
        gaps.record_gap(by=by, person_id=moment.person_id, help=help)

    def _make(self, by: Actor, person_id: UUID, rng: Random) -> None:
        help = rng.choice(_HELPS)
        found = matching.what_fits(by=by, person_id=person_id, help=help, at_most=3)
        if not found.fits and rng.random() < _OTHER_HELP:
            help = ""
            found = matching.what_fits(by=by, person_id=person_id, at_most=5)
        free = [fit for fit in found.fits if not fit.state]
        if not free:
            gaps.record_gap(by=by, person_id=person_id, help=help)
            return
        answer, note = _chosen(rng, _SAID)
        services.offer(
            by=by,
            person_id=person_id,
            service_id=rng.choice(free).service_id,
            answer=answer,
            note=note,
            help=help,
        )

    def _follow(self) -> int:
        """Record the next step of offers whose day has come; those who are asked answer."""
        held = Offer.objects.filter(state__in=OPEN, offered_at__gt=now() - _FOLLOWED)
        recorded = Q(steps__by__isnull=False) & ~Q(steps__kind=NOT_NOW)
        held = held.annotate(done=Count("steps", filter=recorded))
        return sum(self._follow_one(offer, offer.done) for offer in held.order_by("offered_at"))

    def _follow_one(self, offer: Offer, done: int) -> int:
        by = self.by_id.get(offer.offered_by_id)
        rng = Random(f"{self.seed} becomes {offer.offered_at.isoformat()} {offer.service_id}")
        plan = _plan(rng)
        if by is None:
            return 0
        if offer.state == PUT_OFF:
            return self._ask_again(by, offer)
        if offer.attended_at is not None and offer.state == ATTENDING:
            if now() < check_due(offer.attended_at, next(iter(CHECKS))):
                return 0
            due = checks_due(stands(offer), now())
            return self._try(lambda: self._still(by, offer, rng, due[-1])) if due else 0
        if done > len(plan):
            return 0
        then = plan[done - 1]
        if now() < offer.offered_at + timedelta(days=then.days):
            return 0
        return self._try(lambda: self._record(by, offer, then, rng))

    def _ask_again(self, by: Actor, offer: Offer) -> int:
        if offer.again_on is None or today() < offer.again_on:
            return 0
        begun = f"{offer.offered_at.isoformat()} {offer.again_on} {offer.service_id}"
        answer, note = _chosen(Random(f"{self.seed} again {begun}"), _AGAIN)
        return self._try(lambda: services.record(by=by, offer_id=offer.id, kind=answer, note=note))

    def _record(self, by: Actor, offer: Offer, then: _Next, rng: Random) -> None:
        services.record(by=by, offer_id=offer.id, kind=then.kind, how=then.how, note=then.note)
        if then.kind != REFUSED:
            return
        if rng.random() < _TRIED_NEXT:
            after = matching.what_fits_next(by=by, offer_id=offer.id, at_most=1)
            if after.fits:
                services.offer(
                    by=by,
                    person_id=offer.person_id,
                    service_id=after.fits[0].service_id,
                    answer="wants",
                    help=offer.help,
                )
                return
        gaps.record_gap(by=by, person_id=offer.person_id, offer_id=offer.id)

    def _still(self, by: Actor, offer: Offer, rng: Random, check: str) -> None:
        how, note = _chosen(rng, _STILL)
        services.record(by=by, offer_id=offer.id, kind=STILL, how=how, note=note, after=check)

    def _try(self, act: Callable[[], object]) -> int:
        """Do all of it or nothing; what has become impossible meanwhile is left out."""
        try:
            with transaction.atomic():
                act()
        except ReachableError:
            return 0
        return 1


def _plan(rng: Random) -> list[_Next]:
    """Return what becomes of an offer that a child wants, if they go on wanting it."""
    fate = rng.choices([fate for fate, _ in _FATES], [share for _, share in _FATES])[0]
    sent = _Next(rng.randint(0, 2), SENT, rng.choice(("spoken", "written", "form", "with_child")))
    heard = sent.days + rng.randint(2, 9)
    how, note = _chosen(rng, _REFUSED)
    if fate == REFUSED:
        return [sent, _Next(heard, REFUSED, how, note)]
    if fate == "silent":
        return [sent]
    waits = [_Next(heard, "waiting", "", "About four weeks.")] if fate == "waits" else []
    accepted = heard + (rng.randint(20, 40) if waits else 0)
    return [
        sent,
        *waits,
        _Next(accepted, "accepted", "", "Somebody rings the child this week."),
        _Next(accepted + rng.randint(3, 12), "attended", "", "Stayed the whole hour."),
    ]


def _chosen(rng: Random, among: tuple[tuple[str, str, int], ...]) -> tuple[str, str]:
    how, note, _ = rng.choices(among, [share for *_, share in among])[0]
    return how, note

"""Where each offer stands, and whether a gap is answered, made again from the appended steps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.offers.gaps import ANSWERED, REOPENED
from reachable.offers.models import Gap, GapStep, Offer, OfferStep
from reachable.offers.rules.standing import Step, standing
from reachable.offers.services import DERIVED


@transaction.atomic
def rebuild(*, by: Actor) -> int:
    """Derive every offer and every gap again; return how many changed."""
    by.require("rebuild")
    changed = _offers() + _gaps()
    if changed:
        audit.record(by=by, action="offers.rebuilt", subject=("partnership", None), count=changed)
    return changed


def _offers() -> int:
    steps: dict[UUID, list[Step]] = {}
    rows = OfferStep.objects.order_by("id").values_list(
        "offer_id", "kind", "said_at", "how", "after", "again_on"
    )
    for offer_id, kind, said_at, how, after, again_on in rows.iterator():
        steps.setdefault(offer_id, []).append(Step(kind, said_at, how, after, again_on))
    changed = []
    for offer in Offer.objects.select_for_update():
        stands = standing(steps[offer.id])
        wanted = {name: getattr(stands, name) for name in DERIVED}
        if any(getattr(offer, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(offer, name, value)
            changed.append(offer)
    Offer.objects.bulk_update(changed, list(DERIVED), batch_size=500)
    return len(changed)


def _gaps() -> int:
    answered: dict[UUID, datetime | None] = {}
    rows = GapStep.objects.filter(kind__in=(ANSWERED, REOPENED)).order_by("id")
    for gap_id, kind, at in rows.values_list("gap_id", "kind", "at"):
        answered[gap_id] = at if kind == ANSWERED else None
    changed = []
    for gap in Gap.objects.select_for_update():
        wanted = answered.get(gap.id)
        if gap.answered_at != wanted:
            gap.answered_at = wanted
            changed.append(gap)
    Gap.objects.bulk_update(changed, ["answered_at"], batch_size=500)
    return len(changed)

"""Tells who is to ask a child again who said not now to an offer, on the day that was agreed.

What opens to them for that closes with whatever is recorded next, or after two weeks of nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.offers.attending import Askable, whom_to_ask
from reachable.offers.models import Offer
from reachable.offers.services import ASKED_AGAIN, OFFERED
from reachable.practice.time import LONDON

MORNING = timedelta(hours=8)
"""After midnight when they are told: nobody asks a child in the night."""
WITHIN = timedelta(days=14)
"""How long after that day somebody is still told, such as after the worker stood still."""
AT_ONCE = 500


@transaction.atomic
def tell(*, by: Actor) -> int:
    """Tell, once for each day that was agreed; return how many were told."""
    day = (now().astimezone(LONDON) - MORNING).date()
    due = Offer.objects.filter(again_on__lte=day, again_on__gt=day - WITHIN)
    ordered = due.select_related("person__now", "moment").order_by("again_on", "id")
    offers = list(ordered[:AT_ONCE])
    may = Askable.of(by, offers)
    tellings = []
    for offer in offers:
        user_id = whom_to_ask(offer, may)
        if user_id is None:
            continue
        key = f"offer_again:{offer.id}:{offer.again_on}:{user_id}"
        tellings.append(Telling(user_id, "offer.again", ("offer", offer.id), key))
        if not any(
            access.involved_because(by=by, user_id=user_id, basis=basis, because_of=[offer.id])
            for basis in (OFFERED, ASKED_AGAIN)
        ):
            row = (user_id, None, offer.person_id, ASKED_AGAIN, offer.id)
            access_services.involve(by=by, rows=[row], kind="person")
    told = notices.tell(by=by, tellings=tellings)
    over = Offer.objects.filter(again_on__lte=day - WITHIN, again_on__gt=day - 2 * WITHIN)
    ids = list(over.values_list("id", flat=True))
    closed = access_services.end_involvements(by=by, basis=ASKED_AGAIN, because_of=ids)
    if told or closed:
        audit.record(by=by, action="offers.again_told", subject=("partnership", None), count=told)
    return told

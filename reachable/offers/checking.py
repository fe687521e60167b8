"""What services of offers and of gaps both look at before they write."""

from __future__ import annotations

from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.offers.models import Offer, OfferStep
from reachable.offers.registries import made_in
from reachable.offers.rules import standing
from reachable.offers.rules.standing import Step
from reachable.provision import taxonomy

NOTHING_CHANGED = "Nothing was changed."


def check_words(*, help: str, form: str) -> None:
    """Refuse a kind of help, or a form of exploitation, for which there is no word here."""
    for of, key in (("help", help), ("form", form)):
        if key and taxonomy.term(of, key) is None:
            raise BadInput("Please choose from the list.", kept=NOTHING_CHANGED)


def check_made_in(*, by: Actor, conversation_id: UUID | None, current_id: UUID) -> None:
    """Refuse a talk that was with somebody else."""
    if conversation_id is None:
        return
    for each in made_in.items():
        if not each.is_of(by=by, conversation_id=conversation_id, current_id=current_id):
            raise NotFound


def stands(found: Offer) -> standing.Standing:
    """Return where an offer stands, by its steps."""
    rows = OfferStep.objects.filter(offer=found).order_by("id")
    return standing.standing(
        Step(*row) for row in rows.values_list("kind", "said_at", "how", "after", "again_on")
    )

"""What services of offers and of gaps both look at before they write."""

from __future__ import annotations

from reachable.foundation.errors import BadInput
from reachable.offers.models import Offer, OfferStep
from reachable.offers.rules import standing
from reachable.offers.rules.standing import Step
from reachable.provision import taxonomy

NOTHING_CHANGED = "Nothing was changed."


def check_words(*, help: str, form: str) -> None:
    """Refuse a kind of help, or a form of exploitation, for which there is no word here."""
    for of, key in (("help", help), ("form", form)):
        if key and taxonomy.term(of, key) is None:
            raise BadInput("Please choose from the list.", kept=NOTHING_CHANGED)


def stands(found: Offer) -> standing.Standing:
    """Return where an offer stands, by its steps."""
    rows = OfferStep.objects.filter(offer=found).order_by("id")
    return standing.standing(
        Step(*row) for row in rows.values_list("kind", "said_at", "how", "after", "again_on")
    )

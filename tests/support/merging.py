"""Two records become one person, and two again, as “steward” decides."""

from __future__ import annotations

from uuid import UUID

from reachable.foundation.time import now
from reachable.people import services
from reachable.people.identification import Identified
from reachable.people.models import CurrentPerson, Review, ReviewCandidate
from tests.support.people import Partnership, make_hub


def make_hub_with_steward() -> Partnership:
    """“fern”, then “sol”, are on duty for the hub; “steward” decides who is who."""
    place = make_hub("fern", "sol")
    place.worker("steward", "linkage_steward")
    return place


def merge(place: Partnership, kept: Identified, joined: Identified) -> UUID:
    """Let the steward decide that the second record is the first's person."""
    review = Review.objects.create(record_id=joined.record_id, rule="name_birth", opened_at=now())
    ReviewCandidate.objects.create(review=review, record_id=kept.record_id)
    merge_id = services.decide_review(
        by=place.actor("steward"),
        review_id=review.id,
        same_as=kept.record_id,
        reason="The same desk",
    )
    assert merge_id
    return merge_id


def undo(place: Partnership, merge_id: UUID) -> None:
    services.undo_merge(
        by=place.actor("steward"), merge_id=merge_id, reason="Two children after all"
    )


def current() -> dict[UUID, UUID]:
    """Return person → who stands for them now."""
    return dict(CurrentPerson.objects.values_list("person_id", "current_id"))

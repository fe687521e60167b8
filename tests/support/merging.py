"""Two records become one person, and two again, as “steward” decides."""

from __future__ import annotations

from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.models import Moment
from reachable.people import services
from reachable.people.identification import Identified
from reachable.people.models import CurrentPerson, Record, Review, ReviewCandidate
from tests.support.people import Partnership, make_hub


def make_hub_with_steward() -> Partnership:
    """“fern”, then “sol”, are on duty for the hub; “steward” decides who is who."""
    place = make_hub("fern", "sol")
    place.worker("steward", "linkage_steward")
    return place


def merge(place: Partnership, kept: Identified, joined: Identified) -> UUID:
    """Let the steward decide that the second record is the first's person."""
    return decide(place.actor("steward"), kept.record_id, joined.record_id)


def merge_moments(steward: Actor, kept: UUID, joined: UUID) -> UUID:
    """Let the steward decide that the children of two moments are one: the second joins."""
    one, other = (Record.objects.get(person__moment=each).id for each in (kept, joined))
    merge_id = decide(steward, one, other)
    assert Moment.objects.get(id=joined).joined_into_id == kept
    return merge_id


def decide(steward: Actor, kept_id: UUID, joined_id: UUID) -> UUID:
    """Let a steward decide that the second record is of the first’s person."""
    review = Review.objects.create(record_id=joined_id, rule="name_birth", opened_at=now())
    ReviewCandidate.objects.create(review=review, record_id=kept_id)
    merge_id = services.decide_review(
        by=steward, review_id=review.id, same_as=kept_id, reason="The same desk"
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

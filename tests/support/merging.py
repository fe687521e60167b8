"""Two records become one person, and two again, as “steward” decides."""

from __future__ import annotations

from uuid import UUID

from reachable.access import services as access
from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation.actor import Actor, system
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
    merge_id = agree(steward, review.id, kept_id)
    assert merge_id
    return merge_id


def agree(
    steward: Actor, review_id: UUID, same_as: UUID | None, why: str = "The same desk"
) -> UUID | None:
    """Let a steward say it and, where the policy asks for two, another; return the merge."""
    merge_id = services.decide_review(by=steward, review_id=review_id, same_as=same_as, reason=why)
    if Review.objects.get(id=review_id).outcome:
        return merge_id
    return services.decide_review(
        by=second_steward(steward), review_id=review_id, same_as=same_as, reason=why
    )


def second_steward(first: Actor) -> Actor:
    """Another steward, who is made where there is none."""
    name = "second.steward"
    if not User.objects.filter(username=name).exists():
        access.create_account(
            by=system("tests"),
            username=name,
            name="Sam Second",
            agency_id=first.own_agency_id,
            roles=["linkage_steward"],
        )
    return actor_for(User.objects.get(username=name))


def undo(place: Partnership, merge_id: UUID) -> None:
    services.undo_merge(
        by=place.actor("steward"), merge_id=merge_id, reason="Two children after all"
    )


def current() -> dict[UUID, UUID]:
    """Return person → who stands for them now."""
    return dict(CurrentPerson.objects.values_list("person_id", "current_id"))

"""What a steward has in the place: two who were joined, records taken apart, and an assessment."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import services as access
from reachable.foundation.time import now, travel
from reachable.governance import breaches
from reachable.governance.models import Breach
from reachable.people import selectors, services, splitting
from reachable.people.identification import Identified
from reachable.people.models import Review, ReviewCandidate
from tests.access.place import BY, INVOLVED, Account, Place
from tests.support.people import claim, identify_one

STEWARD = Account("linkage_steward", INVOLVED)
GOVERNANCE = Account("information_governance", INVOLVED)


def put_joined(place: Place, agency_id: UUID) -> None:
    _merge(place, agency_id)
    _, other = _linked(agency_id, "Kept")
    place.add("record_id", other.record_id, STEWARD)
    _split(place, agency_id, Account("practitioner", INVOLVED))


def _linked(agency_id: UUID, given: str) -> tuple[Identified, Identified]:
    """Two records of one number less, which the computer takes for one child."""
    one = identify_one(claim(agency_id, f"{given}-1", given=given, family="Joined"))
    other = identify_one(claim(agency_id, f"{given}-2", given=given, family="Joined"))
    assert one.current_id == other.current_id
    return one, other


def _merge(place: Place, agency_id: UUID) -> None:
    one = identify_one(claim(agency_id, "M-1", given="Merle", family="Joined"))
    other = identify_one(claim(agency_id, "M-2", given="Robin", family="Joined", born="2011-01-01"))
    review = Review.objects.create(record_id=other.record_id, rule="name_birth", opened_at=now())
    ReviewCandidate.objects.create(review=review, record_id=one.record_id)
    merge_id = services.decide_review(
        by=STEWARD.actor(), review_id=review.id, same_as=one.record_id, reason="The same desk"
    )
    place.add("merge_id", merge_id, STEWARD)


def _split(place: Place, agency_id: UUID, reader: Account) -> None:
    """Whoever works with the one has read the other too, so an assessment opens."""
    at = now()
    with travel(at - timedelta(minutes=2)), transaction.atomic():
        one, other = _linked(agency_id, "Teal")
        rows: list[access.Involved] = [
            (place.user(reader), None, one.current_id, "allocated", None)
        ]
        access.involve(by=BY, rows=rows, kind="person")
    with travel(at - timedelta(minutes=1)):
        selectors.child(by=reader.actor(), person_id=one.current_id)
    split_id = splitting.split(
        by=STEWARD.actor(), record_ids=[other.record_id], into=None, reason="Cousins"
    )
    place.add("split_id", split_id, STEWARD)
    found = Breach.objects.get(cause_id=split_id)
    assert not found.none_read
    place.add("breach_id", found.id, GOVERNANCE)
    breaches.decide(
        by=GOVERNANCE.actor(),
        breach_id=found.id,
        decided=breaches.Decided(
            severity="unlikely",
            severity_why="The same team",
            regulator_told=False,
            regulator_why="No risk",
            family_told=False,
            family_why="Nothing to tell",
            done="They were spoken to.",
            closes=False,
        ),
    )

"""Two records become one child, and two again: an offer follows whoever it was made to."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.foundation.errors import Conflict
from reachable.moments import services as moments
from reachable.offers import gaps, selectors, services
from reachable.offers.models import Gap, Offer
from tests.support.directory import fill_directory
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.people import Partnership, child_with_moment

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    place = make_hub_with_steward()
    fill_directory(3)
    return place


def test_offers_and_gaps_follow_a_merge_and_its_undo(hub: Partnership) -> None:
    lead = hub.actor("lead")
    one, older = child_with_moment(hub, "Ada")
    two, newer = child_with_moment(hub, "Ben")
    for moment in (older, newer):
        moments.take(by=lead, moment_id=moment.id)
    made = {}
    for who in (one, two):
        made[who.person_id] = services.offer(
            by=lead, person_id=who.person_id, service_id=UUID(int=1), answer="wants"
        )
        gaps.record_gap(by=lead, person_id=who.person_id, help="legal")

    def seen(person_id: UUID) -> set[UUID]:
        rows = selectors.offers_of_child(by=lead, person_id=person_id)
        assert len(selectors.gaps_of_child(by=lead, person_id=person_id)) == len(rows)
        return {row.id for row in rows}

    merge_id = merge(hub, one, two)
    assert seen(one.person_id) == set(made.values())
    found = selectors.offer(by=lead, offer_id=made[two.person_id])
    assert found.person_id == one.person_id
    with pytest.raises(Conflict, match="already"):
        services.offer(by=lead, person_id=two.person_id, service_id=UUID(int=1), answer="wants")
    services.record(by=lead, offer_id=made[two.person_id], kind="sent", how="spoken")
    undo(hub, merge_id)
    for who in (one, two):
        assert seen(who.person_id) == {made[who.person_id]}
    assert Offer.objects.get(id=made[two.person_id]).state == "sent"
    assert set(Gap.objects.values_list("person_id", flat=True)) == {one.person_id, two.person_id}

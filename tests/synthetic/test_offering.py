"""Invented workers offer services, are refused, try the next, and record what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from reachable.conversations import candidates
from reachable.conversations.models import CandidateDecision
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.offers.models import Gap, Offer, OfferStep
from reachable.offers.rebuilding import rebuild
from reachable.synthetic import arrival, feeds, partnership
from reachable.synthetic.directory import fill_directory
from reachable.synthetic.offering import Offering
from reachable.synthetic.replay import replay
from tests.synthetic.conftest import UNTIL

pytestmark = pytest.mark.db

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PASSWORD = "only-for-a-demonstration"


@pytest.fixture
def year(settings: Settings, tmp_path: Path, db: None) -> Iterator[Offering]:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    made = partnership.make(11, 250, 3, until=UNTIL)
    sent = feeds.write(made, tmp_path / "sent")
    with travel(NOW):
        arrival.set_up(made, password=PASSWORD)
        fill_directory(made)
        result = replay(made, sent, password=PASSWORD)
        assert result.offers > 0
        yield Offering(made.seed, {each.id: each for each in arrival.actors(made).values()})


def test_the_demonstration_shows_offers_refusals_and_gaps(year: Offering) -> None:
    kinds = set(OfferStep.objects.values_list("kind", flat=True))
    assert kinds >= {"wants", "sent", "accepted", "refused", "attended"}
    assert Gap.objects.exists()
    assert not OfferStep.objects.filter(at__gt=NOW).exists()
    assert Offer.objects.filter(moment__isnull=False).exists()
    assert Offer.objects.filter(conversation_id__isnull=False).exists()
    assert CandidateDecision.objects.filter(decision="confirmed").exists()
    holders = [each for each in year.by_id.values() if each.can(candidates.HOLDS)]
    assert any(candidates.waiting(by=each) for each in holders)
    assert rebuild(by=system("rebuild")) == 0
    evening = NOW - timedelta(hours=21)
    with travel(evening.replace(hour=17)):
        year.evening()
        before = OfferStep.objects.count(), Gap.objects.count()
        assert year.evening() == 0
    assert (OfferStep.objects.count(), Gap.objects.count()) == before

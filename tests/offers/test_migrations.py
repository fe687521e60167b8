"""What a migration makes of offers that stood before it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from reachable.foundation.actor import system
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.offers import services
from reachable.offers.models import Offer, OfferStep
from reachable.offers.rebuilding import rebuild
from tests.support.databases import Database
from tests.support.directory import fill_directory
from tests.support.offers import child_of
from tests.support.world import World, make_world

pytestmark = pytest.mark.db
LONG_AGO = timedelta(days=70)


def migrate(database: Database, *to: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "offers", *to],
        env={**os.environ, **database.environment},
        check=True,
        capture_output=True,
    )


def test_who_said_not_now_before_is_asked_again_too(own_database: Database) -> None:
    world = make_world()
    fill_directory(4)
    with travel(now() - LONG_AGO):
        moment_id = world.signal()
        moments.take(by=world.actor("first"), moment_id=moment_id)
        old = put_off(world, child_of(moment_id), 1)
        wanted = put_off(world, child_of(moment_id), 2)
        services.record(by=world.actor("first"), offer_id=wanted, kind="wants")
    new = put_off(world, child_of(moment_id), 3)
    migrate(own_database, "0001")
    migrate(own_database)
    days = dict(Offer.objects.values_list("id", "again_on"))
    assert days[wanted] is None
    assert days[new] == today() + timedelta(days=28)
    day = days[old]
    assert day is not None
    assert today() < day <= today() + timedelta(days=14)
    assert OfferStep.objects.get(offer_id=old).again_on == days[old]
    assert rebuild(by=system("rebuild")) == 0


def put_off(world: World, child: UUID, number: int) -> UUID:
    return services.offer(
        by=world.actor("first"), person_id=child, service_id=UUID(int=number), answer="not_now"
    )

"""The demonstration has something to watch."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from reachable.foundation.time import today
from reachable.governance import asking, watching
from reachable.governance.watching import Narrowing
from reachable.synthetic.watching import DAYS, look_about
from tests.support.world import World

pytestmark = pytest.mark.db


def facts(world: World, first: date) -> set[str]:
    found = watching.watch(by=world.actor("governance"), narrowing=Narrowing(first, today()))
    return {fact for of in found.workers for line in of.lines for fact in line.facts}


def test_looks_of_the_last_days_have_facts_and_a_question(world: World) -> None:
    for name in ("Ada", "Bram", "Cleo", "Dov", "Esme", "Finn", "Gaia", "Hugo"):
        world.signal(given_names=name, family_name="Larkin")
    assert look_about() > 8
    assert facts(world, today() - timedelta(days=DAYS)) >= {"many", "never_sent", "audit"}
    (asked,) = asking.questions(by=world.actor("governance"))
    assert asked.state == "answered"


def test_a_place_without_anybody_to_watch_is_left_alone(db: None) -> None:
    assert look_about() == 0

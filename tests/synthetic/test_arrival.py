"""The invented accounts share a password that all the world knows: they stay out of real places."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from reachable.access import staff
from reachable.access.models import User
from reachable.audit import services as audit
from reachable.audit import verification
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.models import LongWork
from reachable.synthetic import arrival, partnership
from reachable.synthetic.demo import demo
from reachable.synthetic.joining import ADMINISTRATOR, invite_some
from tests.support.world import World
from tests.synthetic.conftest import UNTIL

pytestmark = pytest.mark.django_db


def test_nobody_invented_moves_in_with_real_people(world: World) -> None:
    there = User.objects.count()
    with pytest.raises(BadInput, match="accounts that are not invented"):
        arrival.set_up(partnership.make(11, 20, 1, until=UNTIL), password="anything")
    assert User.objects.count() == there


def test_the_demonstration_refuses_a_real_place_before_it_starts_anything(world: World) -> None:
    ended = CliRunner().invoke(demo, ["--exit", "--port", "0"])
    assert ended.exit_code == 1
    assert "accounts that are not invented. Nothing was changed." in ended.output
    assert not LongWork.objects.exists()


def test_somebody_was_invited_to_the_demonstration_and_every_agency_has_an_administrator(
    db: None,
) -> None:
    made = partnership.make(11, 20, 1, until=UNTIL)
    arrival.set_up(made, password="anything")
    invite_some(made)
    by = arrival.actors(made)
    for agency in made.agencies:
        mine = [worker for worker in made.workers if worker.agency == agency.code]
        assert [worker for worker in mine if worker.roles == ("agency_administrator",)], agency
    found = staff.people(by=by[ADMINISTRATOR])
    assert [(each.name, each.state) for each in found.invited] == [
        ("Jerome Pellworm", "expired"),
        ("Nerys Abendroth", "sent"),
    ]
    assert found.leaving == 1
    assert not staff.people(by=by["police.accounts"]).invited
    audit.seal(by=system("sealer"))
    assert verification.verify(by=system("tests")).faults == []

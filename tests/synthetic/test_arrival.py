"""The invented accounts share a password that all the world knows: they stay out of real places."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from reachable.access.models import User
from reachable.foundation.errors import BadInput
from reachable.foundation.models import LongWork
from reachable.synthetic import arrival, partnership
from reachable.synthetic.demo import demo
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

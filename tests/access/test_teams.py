"""Teams, their rota, and accounts."""

from __future__ import annotations

import pytest

from reachable.access.models import Shift
from reachable.foundation.errors import BadInput
from tests.support.people import Partnership, make_hub

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def test_only_members_of_a_team_can_be_planned_for_it(hub: Partnership) -> None:
    hub.worker("elsewhere")
    planned = Shift.objects.count()
    with pytest.raises(BadInput, match="Not in this team: Elsewhere") as refused:
        hub.duty("fern", "elsewhere")
    assert refused.value.kept == "No shift was planned."
    assert Shift.objects.count() == planned

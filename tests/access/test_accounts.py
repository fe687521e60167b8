"""Accounts, teams and their rota."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from reachable.access import services as access
from reachable.access.models import Role, Shift, User
from reachable.foundation.errors import BadInput
from tests.support.people import SYSTEM, Partnership, make_hub

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


def test_usernames_that_differ_only_in_case_are_one(hub: Partnership) -> None:
    with pytest.raises(BadInput, match="an account FERN already") as refused:
        hub.worker("FERN")
    assert refused.value.kept == "No account was created."
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="FERN", name="Fern", agency_id=hub.council)
    assert User.objects.get_by_natural_key("Fern").id == hub.workers["fern"]


def test_roles_are_given_however_they_come(hub: Partnership) -> None:
    user_id = access.create_account(
        by=SYSTEM,
        username="ada",
        name="Ada",
        agency_id=hub.council,
        roles=iter(["practitioner", "custody"]),
    )
    held = Role.objects.filter(user_id=user_id).values_list("role", flat=True)
    assert set(held) == {"practitioner", "custody"}

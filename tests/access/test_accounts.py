"""Accounts, teams and their rota."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from reachable.access import selectors as access_selectors
from reachable.access import services as access
from reachable.access.models import Role, Shift, User
from reachable.foundation.errors import BadInput, Forbidden
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


def test_whoever_ends_the_last_who_may_hold_a_moment_is_told_of_the_team(hub: Partnership) -> None:
    hub.team("north")
    workers, team_id = hub.workers, hub.teams["hub"]
    both = hub.worker("both", "practitioner", "custody", team="hub")
    assert access_selectors.teams_without_holders(by=SYSTEM) == ["North"]
    assert access.end_account(by=SYSTEM, user_id=workers["fern"]) == []
    assert access.end_role(by=SYSTEM, user_id=workers["lead"], role="supervisor") == []
    assert access.end_membership(by=SYSTEM, user_id=workers["sol"], team_id=team_id) == []
    assert access.end_role(by=SYSTEM, user_id=both, role="custody") == []
    assert access.end_role(by=SYSTEM, user_id=both, role="practitioner") == ["Hub"]
    assert access.end_account(by=SYSTEM, user_id=both) == []
    assert access_selectors.teams_without_holders(by=SYSTEM) == ["Hub", "North"]


@pytest.mark.parametrize("end", ["account", "membership"])
def test_the_last_of_a_team_leaves_it_empty_however_they_leave(db: None, end: str) -> None:
    place = make_hub()
    lead, team_id = place.workers["lead"], place.teams["hub"]
    if end == "account":
        assert access.end_account(by=SYSTEM, user_id=lead) == ["Hub"]
    else:
        assert access.end_membership(by=SYSTEM, user_id=lead, team_id=team_id) == ["Hub"]


def test_only_whoever_manages_accounts_asks_for_empty_teams(hub: Partnership) -> None:
    with pytest.raises(Forbidden):
        access_selectors.teams_without_holders(by=hub.actor("lead"))


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

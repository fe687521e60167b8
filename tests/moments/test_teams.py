"""Which team a moment goes to, and what becomes of it when nobody is left there."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reachable.access import services as access
from reachable.access.models import User
from reachable.foundation.errors import BadInput, NotFound
from reachable.geography import services as geography
from reachable.moments import selectors, services
from reachable.moments.models import Action, Moment
from reachable.moments.rebuilding import rebuild_moments
from reachable.moments.teams import TeamsNow
from reachable.notices.models import Notice
from tests.support.moments import fresh, told
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub, make_partnership

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    """Only “lead” is in the hub, and nobody is on duty; “wren” is in the team of the north."""
    place = make_hub()
    place.team("north", areas=("N",))
    place.worker("wren", team="north")
    geography.load_areas(by=SYSTEM, areas=[("N", "North")], postcodes=[("FX11AA", "N")])
    return place


def leave(place: Partnership, name: str, team: str) -> None:
    access.end_membership(by=SYSTEM, user_id=place.workers[name], team_id=place.teams[team])


def test_a_team_in_which_nobody_may_hold_a_moment_is_given_none(hub: Partnership) -> None:
    _, moment = child_with_moment(hub, postcode="FX11AA")
    assert moment.team_id == hub.teams["north"]
    access.end_role(by=SYSTEM, user_id=hub.workers["wren"], role="practitioner")
    hub.worker("steward", "linkage_steward", team="north")
    _, moment = child_with_moment(hub, "Ben", postcode="FX11AA")
    assert moment.team_id == hub.teams["hub"]
    assert told(hub, "lead")[-1] == "moment.with_team"


def test_where_no_team_has_anybody_the_sender_is_told(db: None) -> None:
    place = make_partnership()
    place.team()
    place.worker("steward", "linkage_steward", team="hub")
    with pytest.raises(BadInput, match="no team has anybody who may take") as refused:
        child_with_moment(place)
    assert "Nothing was lost" in refused.value.kept
    assert "into a team" in refused.value.next
    assert not Moment.objects.exists()


def test_all_teams_are_read_in_one_question_and_who_may_hold_in_another(
    hub: Partnership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hub.team("west")
    teams = TeamsNow()
    with django_assert_num_queries(1):
        assert {team.key for team in teams.by_id.values()} == {"hub", "north", "west"}
    with django_assert_num_queries(1):
        assert [team.key for team in teams.empty] == ["west"]
        answers = teams.answering({"N"})
    assert answers
    assert answers.key == "north"


@pytest.mark.parametrize("held", [True, False], ids=["held", "with the team"])
def test_what_a_team_has_goes_to_another_when_its_last_worker_leaves(
    hub: Partnership, held: bool
) -> None:
    _, moment = child_with_moment(hub, postcode="FX11AA")
    wren = hub.actor("wren")
    if held:
        services.take(by=wren, moment_id=moment.id)
    leave(hub, "wren", "north")
    moment = fresh(moment)
    assert (moment.team_id, moment.state) == (hub.teams["hub"], "with_team")
    assert (moment.holder_id, moment.asked_id) == (None, None)
    assert told(hub, "lead") == ["moment.with_team"]
    assert selectors.moment(by=hub.actor("lead"), moment_id=moment.id).row.team == "Hub"
    with pytest.raises(NotFound):
        selectors.moment(by=wren, moment_id=moment.id)
    done = Action.objects.filter(moment=moment).order_by("id").values_list("kind", "how")
    assert list(done)[-2:] == [("moved_to_team", "hub"), ("to_team", "left")]
    assert rebuild_moments(by=SYSTEM) == 0


def test_whoever_is_on_duty_in_the_other_team_is_asked(hub: Partnership) -> None:
    _, moment = child_with_moment(hub, postcode="FX11AA")
    hub.duty("lead")
    leave(hub, "wren", "north")
    moment = fresh(moment)
    assert (moment.state, moment.asked_id) == ("waiting", hub.workers["lead"])
    assert told(hub, "lead") == ["moment.assigned"]


def test_where_nobody_is_left_the_administrators_are_told_once_a_day(hub: Partnership) -> None:
    hub.worker("ade", "system_administrator")
    leave(hub, "wren", "north")
    for name in ("Ada", "Ben"):
        _, moment = child_with_moment(hub, name)
    assert told(hub, "ade") == []
    leave(hub, "lead", "hub")
    assert told(hub, "ade") == ["team.without_holders"]
    assert fresh(moment).state == "with_team"
    client = Client()
    client.force_login(User.objects.get(username="ade"))
    notice = Notice.objects.get(user_id=hub.workers["ade"])
    assert client.get(f"/notices/{notice.id}/")["Location"] == "/"
    assert Notice.objects.get(id=notice.id).read_at


def test_the_history_says_that_another_team_has_it(hub: Partnership) -> None:
    _, moment = child_with_moment(hub, postcode="FX11AA")
    leave(hub, "wren", "north")
    client = Client()
    client.force_login(User.objects.get(username="lead"))
    page = client.get(f"/moments/{moment.id}/").content.decode()
    assert "Nobody was left in its team who could take it; another team has it now" in page

"""Agencies and teams: made, renamed, filled and ended by whoever manages accounts."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from reachable.access import invitations, teams
from reachable.access.models import (
    Agency,
    Invitation,
    Involvement,
    Shift,
    Team,
    TeamMembership,
    User,
)
from reachable.access.rules.joining import Asked
from reachable.access.rules.partners import AskedAgency, AskedTeam, wrong_agency, wrong_team
from reachable.access.selectors import team_now
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import now
from reachable.geography import services as geography
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.people import SYSTEM, make_partnership
from tests.support.world import World, html, make_world, moment

pytestmark = pytest.mark.db
NORTH = AskedTeam("North", 20, phone="01632 960001")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def north(world: World, *people: str) -> UUID:
    by = world.actor("administrator")
    council = Agency.objects.get(key="council").id
    team_id = teams.make_team(by=by, agency_id=council, asked=NORTH)
    for name in people:
        teams.add(by=by, team_id=team_id, user_id=world.users[name])
    return team_id


def test_an_agency_is_added_and_changed_by_the_pages(world: World) -> None:
    client = world.client("administrator")
    given = {"name": " Fenmarch   Health", "kind": "health", "contact": "Desk"}
    assert client.post("/staff/agencies/new/", given)["Location"] == "/staff/agencies/"
    made = Agency.objects.get(name="Fenmarch Health")
    assert (made.key, made.kind, made.contact) == ("fenmarch-health", "health", "Desk")
    again = client.post("/staff/agencies/new/", given | {"name": "FENMARCH HEALTH"})
    assert "There is one called FENMARCH HEALTH already" in html(again, 422)
    page = f"/staff/agencies/{made.id}/"
    assert "fenmarch-health" in html(client.get(page))
    client.post(page, given | {"name": "Fen Health", "phone": "01632 960002"})
    made.refresh_from_db()
    assert (made.name, made.key, made.contact_phone) == (
        "Fen Health",
        "fenmarch-health",
        "01632 960002",
    )
    assert Entry.objects.filter(action="access.agency_changed", subject_id=made.id).count() == 1
    assert "Fen Health" in html(client.get("/staff/agencies/"))


def test_a_kind_from_before_the_list_stays(world: World) -> None:
    council = Agency.objects.get(key="council")
    client = world.client("administrator")
    given = {"name": "The Council", "kind": "council"}
    assert client.post(f"/staff/agencies/{council.id}/", given).status_code == 302
    assert client.post("/staff/agencies/new/", given | {"name": "Other"}).status_code == 422


def test_a_team_is_made_filled_and_changed_by_the_pages(world: World) -> None:
    geography.load_areas(by=SYSTEM, areas=[("FN", "Fen North"), ("FS", "Fen South")], postcodes=[])
    client = world.client("administrator")
    council = str(Agency.objects.get(key="council").id)
    given = {"agency": council, "name": "North", "minutes": "20", "areas": ["FN"]}
    path = client.post("/staff/teams/new/", given)["Location"]
    made = Team.objects.get(name="North")
    assert (path, made.areas, made.acknowledge_minutes) == (
        f"/staff/teams/{made.id}/",
        ["FN"],
        20,
    )
    assert "Nobody there may take a reachable moment" in html(client.get(path))
    user = str(world.users["first"])
    assert client.post(f"{path}people/", {"user": user})["Location"] == path
    assert TeamMembership.objects.filter(team=made, user_id=user, ended_at=None).exists()
    assert "Fern First" in html(client.get(path))
    assert client.post(f"{path}people/", {"user": user}).status_code == 422, "already in it"
    own = str(world.users["administrator"])
    assert client.post(f"{path}people/", {"user": own}).status_code == 422, "nobody adds themselves"
    changed = {"name": "Far North", "minutes": "15", "areas": ["FN", "FS"], "phone": "1"}
    assert client.post(f"{path}change/", changed)["Location"] == path
    made.refresh_from_db()
    assert (made.name, made.key, sorted(made.areas)) == ("Far North", "north", ["FN", "FS"])
    assert "Fen North, Fen South" in html(client.get("/staff/teams/"))


def test_only_whoever_manages_all_accounts_keeps_agencies_and_teams(world: World) -> None:
    team_id = north(world)
    for who in ("agency", "lead", "governance" if "governance" in world.users else "first"):
        client = world.client(who)
        for path in ("/staff/agencies/", "/staff/teams/", f"/staff/teams/{team_id}/end/"):
            assert client.get(path).status_code == 403, (who, path)
        with pytest.raises(Forbidden):
            teams.end(by=world.actor(who), team_id=team_id, to_team=None)


def test_a_team_with_nothing_ends_and_is_offered_nowhere(world: World) -> None:
    team_id, client = north(world, "first"), world.client("administrator")
    assert client.post(f"/staff/teams/{team_id}/end/", {})["Location"] == "/staff/teams/"
    assert not TeamMembership.objects.filter(team_id=team_id, ended_at=None).exists()
    assert "North has ended." in html(client.get("/staff/teams/"))
    assert "North" not in html(client.get("/staff/teams/"))
    assert "This team has ended" in html(client.get(f"/staff/teams/{team_id}/"))
    invite = html(client.get("/staff/invite/"))
    assert str(team_id) not in invite
    assert client.get(f"/staff/teams/{team_id}/end/").status_code == 302
    with pytest.raises(NotFound):
        teams.end(by=world.actor("administrator"), team_id=team_id, to_team=None)
    assert north(world) != team_id, "the name is free again"


def test_a_team_with_open_moments_ends_only_if_another_goes_on(world: World) -> None:
    fill_directory(3)
    held = world.signal()
    world.client("first").post(f"/moments/{held}/take/")
    waiting = world.signal(given_names="Wren", family_name="Lark")
    offered(world, child_of(held))
    hub = world.team
    client = world.client("administrator")
    page = html(client.get(f"/staff/teams/{hub}/end/"))
    assert "Open moments: 2" in page
    said = html(client.post(f"/staff/teams/{hub}/end/", {}), 422)
    assert "Put a practitioner or a supervisor into another team first" in said
    to_team = north(world, "first", "lead")
    said = html(client.post(f"/staff/teams/{hub}/end/", {}), 422)
    assert "Choose the team that goes on with it." in said
    assert Team.objects.get(id=hub).ended_at is None
    assert client.post(f"/staff/teams/{hub}/end/", {"to_team": str(to_team)}).status_code == 302
    assert moment(held).team_id == moment(waiting).team_id == to_team
    assert moment(held).holder_id == world.users["first"], "who is there too keeps it"
    assert moment(waiting).asked_id != world.users["second"], (
        "whoever is not there is asked no more"
    )
    assert not Involvement.objects.filter(team_id=hub, ended_at=None).exists()
    assert not Shift.objects.filter(team_id=hub, ends_at__gt=now()).exists()
    assert team_now(hub) == to_team
    assert world.client("first").get(f"/moments/{held}/").status_code == 200
    assert world.client("second").get(f"/moments/{held}/").status_code == 404
    (entry,) = Entry.objects.filter(action="access.team_ended")
    assert entry.details["goes_on"] == to_team.hex


def test_whoever_was_invited_into_a_team_that_ended_comes_without_it(world: World) -> None:
    team_id = north(world)
    asked = Asked(
        "Ada", "ada", "ada@fenmarch.invalid", roles=("practitioner",), teams=(str(team_id),)
    )
    by = world.actor("administrator")
    council = Agency.objects.get(key="council").id
    invitation_id = invitations.invite(by=by, agency_id=council, asked=asked)
    teams.end(by=by, team_id=team_id, to_team=None)
    link = invitations.link_for(by=SYSTEM, username="ada")
    secret = link.rstrip("/").split("/")[-1]
    user_id = invitations.accept(
        invitation_id=invitation_id, secret=secret, password="lantern gravel tuesday"
    )
    assert not TeamMembership.objects.filter(user_id=user_id).exists()
    assert Invitation.objects.get().account_id == User.objects.get(username="ada").id


WRONG = [
    (AskedAgency("", "police"), "The name is missing"),
    (AskedAgency("x" * 121, "police"), "more than 120 letters"),
    (AskedAgency("A\x00", "police"), "odd signs"),
    (AskedAgency("A", "spies"), "of what kind"),
    (AskedAgency("A", "police", email="no"), "e-mail address is none"),
    (AskedAgency("A", "police", phone="1" * 31), "30 signs"),
    (AskedAgency("A", "police", contact="c" * 201), "200 letters"),
]


@pytest.mark.parametrize(("asked", "said"), WRONG)
def test_what_is_wrong_with_an_agency_is_said(asked: AskedAgency, said: str) -> None:
    assert said in " ".join(wrong_agency(asked))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (AskedTeam("A", 0), "1 at least"),
        (AskedTeam("A", 1441), "1440 at most"),
        (AskedTeam("A", 5, ("XX",)), "no area XX"),
    ],
)
def test_what_is_wrong_with_a_team_is_said(asked: AskedTeam, said: str) -> None:
    assert said in " ".join(wrong_team(asked, {"FN"}))
    assert not wrong_team(AskedTeam("A", 5, ("FN",)), {"FN"})


def test_keys_stay_apart(db: None) -> None:
    place = make_partnership()
    place.worker("root", "system_administrator")
    by = place.actor("root")
    for name in ("Ünit", "Unit!", "unit?", "日本"):
        teams.make_team(by=by, agency_id=place.council, asked=AskedTeam(name, 30))
    keys = set(Team.objects.values_list("key", flat=True))
    assert len(keys) == 4
    with pytest.raises(BadInput, match="There is one called"):
        teams.make_team(by=by, agency_id=place.council, asked=AskedTeam("UNIT!", 30))


def test_nobody_signed_out_sees_them() -> None:
    assert Client().get("/staff/teams/").status_code == 302

"""A partnership begins in an empty database, with two people and without the demo."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from reachable.access.cli import partnership
from reachable.access.models import Agency, Invitation, Role, User
from reachable.access.rules.beginning import Standing, missing
from reachable.audit.models import Entry
from reachable.foundation.models import Partnership
from tests.support.world import html

pytestmark = pytest.mark.db
PASSWORD = "lantern gravel tuesday"
ADA = ("ada", "Ada Fenwick", "ada@fenmarch.invalid")
BO = ("bow", "Bo Tarn", "bo@fenmarch.invalid")


def begin(*administrators: tuple[str, str, str], kind: str = "childrens_social_care") -> Result:
    given = [part for each in administrators for part in ("--administrator", *each)]
    return CliRunner().invoke(
        partnership,
        ["begin", "--name", "Fenmarch", "--agency", "Fenmarch Council", "--kind", kind, *given],
    )


def links(result: Result) -> list[str]:
    return re.findall(r"(/join/\S+)", result.output)


def test_two_administrators_come_by_links_that_are_shown_once(db: None) -> None:
    result = begin(ADA, BO)
    assert result.exit_code == 0, result.output
    one, other = links(result)
    assert one != other
    assert not User.objects.exists()
    assert not Partnership.objects.get().fictional
    assert Agency.objects.get().kind == "childrens_social_care"
    for path in (one, other):
        given = {"password": PASSWORD, "again": PASSWORD}
        assert Client().post(path, given)["Location"] == "/sign-in/"
        assert Client().get(path).status_code == 404
    held = Role.objects.filter(role="system_administrator").values_list("user__username", flat=True)
    assert set(held) == {"ada", "bow"}
    assert Client().login(username="ada", password=PASSWORD)
    assert one.split("/")[-2] not in str([str(entry) for entry in Entry.objects.values()])
    assert one.split("/")[-2] not in str(Invitation.objects.values())


REFUSED = [
    ((ADA,), "Two different people"),
    ((ADA, ADA), "Two different people"),
    ((ADA, ("bow", "Bo", ADA[2].upper())), "Two different people"),
    ((ADA, ("ADA", "Bo", BO[2])), "Two different people"),
    ((ADA, ("b", "Bo", BO[2])), "3 to 59"),
    ((ADA, ("bow", "Bo", "no address")), "e-mail address"),
]


@pytest.mark.parametrize(("administrators", "said"), REFUSED)
def test_what_cannot_begin_is_refused_and_nothing_is_kept(
    db: None, administrators: tuple[tuple[str, str, str], ...], said: str
) -> None:
    result = begin(*administrators)
    assert result.exit_code == 1
    assert said in result.output
    assert not Invitation.objects.exists()
    assert not Agency.objects.exists()
    assert not Partnership.objects.exists()


def test_it_begins_once_and_a_lost_link_is_made_again(db: None) -> None:
    first = begin(ADA, BO)
    again = begin(ADA, BO)
    assert again.exit_code == 1
    assert "ada and bow were invited" in again.output
    assert "invitation-link" in again.output
    Client().post(links(first)[0], {"password": PASSWORD, "again": PASSWORD})
    later = begin(("cyd", "Cy", "cy@a.invalid"), ("dia", "Di", "di@a.invalid"))
    assert "People have accounts here already" in later.output
    assert Invitation.objects.count() == 2


def test_whoever_comes_first_is_told_what_is_missing(db: None) -> None:
    first = begin(ADA, BO)
    Client().post(links(first)[0], {"password": PASSWORD, "again": PASSWORD})
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    page = html(client.get("/"))
    assert "Still to set up" in page
    assert "A second system administrator" in page
    assert "(invited, not come yet)" in page
    assert "A team that takes reachable moments" in page


EVERYTHING = Standing(
    managers=2,
    teams=1,
    teams_without_holders=0,
    planned=1,
    roles=frozenset({"supervisor", "information_governance"}),
    waits=frozenset(),
    areas=3,
)


def test_nothing_is_missing_where_everything_is_there() -> None:
    assert missing(EVERYTHING) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"managers": 1}, "second system administrator"),
        ({"teams": 0}, "A team"),
        ({"teams_without_holders": 1}, "Somebody in a team"),
        ({"roles": frozenset({"information_governance"})}, "A supervisor"),
        ({"planned": 0}, "A rota"),
        ({"roles": frozenset({"supervisor"})}, "Somebody for information governance"),
        ({"areas": 0}, "The areas and postcodes"),
    ],
)
def test_each_thing_that_is_missing_is_said_alone(change: dict[str, Any], said: str) -> None:
    (only,) = missing(replace(EVERYTHING, **change))
    assert said in only.what

"""Sign in, sign out, and who did and who looked."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from reachable.access.models import User
from reachable.access.services import name_partnership
from reachable.access.views import DEMONSTRATION_PASSWORD
from reachable.foundation.actor import system
from tests.support.signing_in import sign_in_whole
from tests.support.world import PASSWORD, World, moment

pytestmark = pytest.mark.db


def test_somebody_signs_in_and_comes_to_their_own_work(world: World) -> None:
    answer = sign_in_whole(Client(), "first", next="")
    assert answer.redirect_chain[-1][0] == "/worklist/"
    assert b"Fern First" in answer.content


@pytest.mark.parametrize(
    ("username", "password"), [("first", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD)]
)
def test_promise_20_a_wrong_name_and_a_wrong_password_look_the_same(
    world: World, username: str, password: str
) -> None:
    answer = Client().post("/sign-in/", {"username": username, "password": password})
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()
    assert password not in answer.content.decode()


def test_a_link_leads_to_no_other_site(world: World) -> None:
    answer = sign_in_whole(Client(), "first", next="https://example.org/")
    assert answer.redirect_chain[0][0] == "/"


def test_signing_out_says_so_and_ends_the_session(world: World) -> None:
    client = world.client("first")
    assert b"You are signed out" in client.post("/sign-out/").content
    assert client.get("/worklist/").status_code == 302


def test_every_look_and_act_is_shown_to_information_governance(world: World) -> None:
    found = moment(world.signal())
    world.client("first").get(f"/children/{found.person_id}/")
    client = world.client("governance")
    page = client.get("/who-looked/").content.decode()
    assert "looked at: child" in page
    assert "Fern First" in page
    assert "Orrell" not in page
    page = client.get("/who-looked/", {"subject": str(found.person_id)}).content.decode()
    assert "Fern First" in page
    assert "Sam Sergeant" not in page
    page = client.get("/who-looked/", {"who": "sergeant"}).content.decode()
    assert "intake: signal sent" in page
    assert "Fern First" not in page


def test_reading_the_audit_is_noted(world: World) -> None:
    client = world.client("governance")
    client.get("/who-looked/")
    assert b"looked at: who looked" in client.get("/who-looked/").content


def test_what_cannot_be_looked_for_is_said(world: World) -> None:
    answer = world.client("governance").get("/who-looked/", {"subject": "Orrell"})
    assert answer.status_code == 422
    assert b"A reference has 32 letters and figures" in answer.content


def test_nothing_found_says_what_to_try(world: World) -> None:
    answer = world.client("governance").get("/who-looked/", {"who": "nobody of that name"})
    assert b"Nothing fits what you look for." in answer.content


@pytest.mark.parametrize("username", ["first", "lead", "sergeant", "administrator"])
def test_the_audit_is_closed_to_others(world: World, username: str) -> None:
    assert world.client(username).get("/who-looked/").status_code == 403


def test_a_fictional_place_lets_anybody_choose_who_they_are(world: World) -> None:
    name_partnership(by=system("tests"), name="Fenmarch", fictional=True)
    User.objects.update(password=make_password(DEMONSTRATION_PASSWORD))
    page = Client().get("/sign-in/").content.decode()
    listed = re.findall(r'name="username" value="([^"]+)"', page)
    assert listed[0] == "first"
    assert {"first", "lead", "sergeant", "governance", "administrator"} <= set(listed)
    for username in listed:
        chosen = {"username": username, "password": DEMONSTRATION_PASSWORD}
        assert Client().post("/sign-in/", chosen).status_code == 302


def test_a_real_place_lists_nobody(world: World) -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "Try it as" not in page
    assert DEMONSTRATION_PASSWORD not in page

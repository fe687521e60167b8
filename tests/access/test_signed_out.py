"""What is sent after a session has ended: where it leads, what is said, and what is kept."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from reachable.foundation import kept
from reachable.foundation.time import now, travel
from reachable.foundation.urls import BY_SECRET, PUBLIC
from reachable.intake.models import Signal
from reachable.site.addresses import IDENTIFIER, addresses
from tests.support.signing_in import sign_in_whole
from tests.support.world import World, html

pytestmark = pytest.mark.db

CANARY = "Featherstonehaugh"
TYPED = {
    "kind": "in_custody_now",
    "given_names": "Tamsin",
    "family_name": CANARY,
    "birth_date-day": "3",
    "birth_date-month": "March",
    "birth_date-year": "2012",
    "where": "Fenmarch, cell 4",
    "reach": "07700 900123",
}


def sign_in_again(client: Client, came: Any, username: str) -> Any:
    """Follow to the sign-in page and answer it as a browser does."""
    page = html(client.get(came["Location"]))
    hidden = dict(re.findall(r'type="hidden" name="(next|sent)" value="([^"]*)"', page))
    return sign_in_whole(client, username, **hidden)


def ended(world: World, username: str = "sergeant") -> tuple[Client, str]:
    """Return a browser with the form open, whose session is over, and whose the form is."""
    client = world.client(username)
    page = html(client.get("/signal/"))
    found = re.search(r'name="made_for" value="([^"]+)"', page)
    assert found
    Session.objects.all().delete()
    return client, found.group(1)


def test_every_form_leads_back_to_a_page_that_can_be_opened(world: World) -> None:
    for address in addresses():
        if "POST" not in address.methods or address.needs in {PUBLIC, *BY_SECRET}:
            continue
        path = "/" + IDENTIFIER.sub(lambda _: str(uuid4()), address.route)
        answer = Client().post(path)
        query = parse_qs(urlsplit(answer["Location"]).query)
        after = query["next"][0]
        assert query["sent"] == ["lost"]
        assert path.startswith(after)
        assert after != "/", path
        assert Client().get(after).status_code == 302, f"{path} leads to {after}"


def test_what_did_not_arrive_is_said_before_and_after_signing_in(world: World) -> None:
    moment_id = world.signal()
    client = world.client("first")
    Session.objects.all().delete()
    came = client.post(f"/moments/{moment_id}/take/", {"version": "1"})
    assert "You had been signed out, so it did not arrive" in html(client.get(came["Location"]))
    answer = sign_in_again(client, came, "first")
    assert answer.redirect_chain[-1][0] == f"/moments/{moment_id}/"
    assert "it did not arrive. Nothing was changed: please do it again." in html(answer)


def test_the_query_of_a_form_is_kept(world: World) -> None:
    address = f"/moments/{uuid4()}/close/?outcome=declined"
    came = Client().post(address, {"reason": CANARY})
    assert parse_qs(urlsplit(came["Location"]).query)["next"] == [address]
    assert CANARY not in came["Location"]


def test_what_was_typed_about_a_child_comes_back_to_whoever_typed_it(world: World) -> None:
    client, made_for = ended(world)
    token = str(uuid4())
    came = client.post("/signal/", {**TYPED, "token": token, "made_for": made_for})
    assert CANARY not in came["Location"]
    page = html(client.get(came["Location"]))
    assert "What you typed is kept for half an hour" in page
    assert CANARY not in page
    assert not any(CANARY in morsel.value for morsel in client.cookies.values())
    answer = sign_in_again(client, came, "sergeant")
    page = html(answer)
    assert answer.redirect_chain[-1][0] == "/signal/"
    assert "This has not been sent yet" in page
    for text in (*TYPED.values(), token):
        assert text == TYPED["kind"] or f'value="{text}"' in page
    assert re.search(r'value="in_custody_now"[^>]* checked', page)
    assert not Signal.objects.exists()
    assert CANARY not in html(client.get("/signal/")), "it is shown once"
    assert CANARY not in str([each.get_decoded() for each in Session.objects.all()])
    assert client.session.get_expiry_age() > 60 * 60, "the half hour was for what was typed"


def test_nobody_else_who_signs_in_sees_what_was_typed(world: World) -> None:
    client, made_for = ended(world)
    came = client.post("/signal/", {**TYPED, "token": str(uuid4()), "made_for": made_for})
    assert CANARY not in html(sign_in_again(client, came, "teacher"))
    assert CANARY not in html(client.get("/signal/"))
    assert CANARY not in str([each.get_decoded() for each in Session.objects.all()])
    client.post("/sign-out/")
    assert CANARY not in html(sign_in_again(client, came, "sergeant"))


def test_another_browser_sees_nothing_of_it(world: World) -> None:
    client, made_for = ended(world)
    client.post("/signal/", {**TYPED, "token": str(uuid4()), "made_for": made_for})
    assert CANARY not in html(world.client("sergeant").get("/signal/"))


@pytest.mark.parametrize("made_for", ["", "nobody", "0" * 32 + ":1:x"])
def test_what_was_sent_without_a_form_of_ours_is_not_kept(world: World, made_for: str) -> None:
    client = Client()
    came = client.post("/signal/", {**TYPED, "token": str(uuid4()), "made_for": made_for})
    assert "sent=lost" in came["Location"]
    assert not Session.objects.exists()


def test_what_was_typed_is_kept_for_half_an_hour(world: World) -> None:
    client, made_for = ended(world)
    came = client.post("/signal/", {**TYPED, "token": str(uuid4()), "made_for": made_for})
    assert client.session.get_expiry_age() <= kept.FOR.total_seconds()
    with travel(now() + timedelta(minutes=31)):
        assert CANARY not in html(sign_in_again(client, came, "sergeant"))


def test_much_is_not_kept(world: World) -> None:
    client, made_for = ended(world)
    much = {f"field-{number}": "x" * 9000 for number in range(100)}
    client.post("/signal/", {"made_for": made_for, **much})
    assert len(json.dumps(dict(client.session))) < 100_000

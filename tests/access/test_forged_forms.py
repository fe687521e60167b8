"""A form that another site sends in somebody's name changes nothing, at any address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client

from reachable.access.models import User
from reachable.audit.models import Entry
from reachable.foundation.urls import every_address
from reachable.site.addresses import Address, addresses
from tests.support.world import PASSWORD, World, html, make_world

BY_THEIR_OWN = {
    "api_send": "a program signs each request with the key of its agency, and carries no cookie",
    "phone_send": "a phone shows its own secret in a header, also once its web session has ended",
    "phone_sign_out": "the same, to end itself",
}
"""What asks for no word against forgery, and what it asks for in its place."""
PART = re.compile(r"<(?:(\w+):)?\w+>")
POSTED = [address for address in addresses() if "POST" in address.methods]
SAYS = "Please send that again"


@pytest.fixture(scope="module")
def placed(kept: None) -> World:
    return make_world()


@pytest.fixture
def world(placed: World, undone: None) -> World:
    return placed


def path_of(address: Address) -> str:
    """Return an address that is one, though nothing need be there: it is asked for first."""
    made = {"uuid": str(uuid4()), "int": "1"}
    return "/" + PART.sub(lambda found: made.get(found.group(1), "x"), address.route)


def browsers(world: World) -> Iterator[Client]:
    """Yield the browser of somebody signed in, and of nobody, that check what comes from a form."""
    signed_in = Client(enforce_csrf_checks=True)
    signed_in.force_login(User.objects.get(id=world.users["administrator"]))
    yield signed_in
    yield Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("address", POSTED, ids=lambda address: address.name)
def test_promise_29_no_address_takes_a_form_that_another_site_made(
    world: World, address: Address
) -> None:
    if address.name in BY_THEIR_OWN:
        for client in browsers(world):
            answer = client.post(path_of(address), {}, content_type="application/json")
            assert answer.status_code == 401, "a session alone opens nothing here"
        return
    entries = Entry.objects.count()
    for client in browsers(world):
        for cookie, token in (("", ""), ("a" * 32, ""), ("a" * 32, "b" * 32), ("", "c" * 64)):
            client.cookies.pop("csrftoken", None)
            if cookie:
                client.cookies["csrftoken"] = cookie
            answer = client.post(path_of(address), {"csrfmiddlewaretoken": token})
            assert SAYS in html(answer, 403)
    assert Entry.objects.count() == entries


def test_no_other_address_is_let_off() -> None:
    """Whatever Django is told of a view, by name; the addresses for programs only read else."""
    let_off = {
        pattern.name
        for _, pattern in every_address()
        if getattr(pattern.callback, "csrf_exempt", False)
    }
    posted = {address.name for address in POSTED}
    assert let_off & posted == BY_THEIR_OWN.keys()
    assert len(POSTED) > 140


def test_promise_29_a_form_of_ours_is_taken_and_not_from_elsewhere(world: World) -> None:
    """The same with the right word: taken from here, and not where the browser names another."""
    client = Client(enforce_csrf_checks=True)
    given = {"username": "first", "password": PASSWORD}

    def post(**headers: str) -> int:
        token = re.search(
            r'name="csrfmiddlewaretoken" value="(\w+)"', html(client.get("/sign-in/"))
        )
        assert token
        word = {"csrfmiddlewaretoken": token[1]}
        return int(client.post("/sign-in/", given | word, headers=headers).status_code)

    assert post(origin="https://evil.example") == 403
    assert post(origin="null") == 403
    assert post() == 302

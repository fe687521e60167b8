"""An address says who may open it; one that says nothing fails the build and is refused."""

from __future__ import annotations

from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from reachable.foundation.urls import PUBLIC, SIGNED_IN, page
from reachable.site import addresses
from reachable.site.urls import handler403, handler404
from tests.support.world import World


def shown(request: HttpRequest, **given: object) -> HttpResponse:
    return HttpResponse("what it shows")


def with_addresses(settings: Settings, *patterns: object) -> None:
    """Let the product have these addresses and no others."""
    urls = ModuleType("tests.urls")
    vars(urls).update(urlpatterns=list(patterns), handler403=handler403, handler404=handler404)
    settings.ROOT_URLCONF = urls


def test_promise_07_every_address_of_the_product_declares_who_may_open_it() -> None:
    declared = list(addresses.addresses())
    assert len(declared) > 30
    assert len({address.name for address in declared}) == len(declared)
    assert all(address.methods for address in declared)


def test_promise_07_an_undeclared_address_fails_the_build(settings: Settings) -> None:
    with_addresses(settings, path("secret/", shown, name="secret"))
    with pytest.raises(LookupError, match="/secret/ does not declare who may open it"):
        list(addresses.addresses())


def test_promise_07_a_right_that_nobody_knows_fails_the_build(settings: Settings) -> None:
    with_addresses(settings, page("secret/", shown, name="secret", needs="secrets.read"))
    with pytest.raises(LookupError, match=r"/secret/ needs secrets\.read, which the policy lacks"):
        list(addresses.addresses())


def test_promise_07_an_identifier_of_nobody_fails_the_build(settings: Settings) -> None:
    with_addresses(settings, page("s/<uuid:secret_id>/", shown, name="secret", needs=SIGNED_IN))
    with pytest.raises(LookupError, match="does not say who finds secret_id"):
        list(addresses.addresses())


@pytest.mark.db
@pytest.mark.parametrize("username", [None, "first", "governance", "administrator"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_promise_07_an_undeclared_address_is_refused_to_everybody(
    world: World, settings: Settings, username: str | None, method: str
) -> None:
    client = world.client(username) if username else Client()
    with_addresses(
        settings,
        path("secret/", shown, name="secret"),
        *(page(f"{name}/", shown, name=name, needs=PUBLIC) for name in NAMED_IN_PAGES),
    )
    answer = client.generic(method, "/secret/")
    assert answer.status_code == 403
    assert b"what it shows" not in answer.content


NAMED_IN_PAGES = [address.name for address in addresses.addresses() if not address.identifiers]
"""Every page links to these, errors too."""

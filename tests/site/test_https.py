"""A partnership's own address: TLS ends at a proxy in front of the server."""

from __future__ import annotations

import re
import runpy
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from reachable.site import settings as own_settings

ADDRESS = "https://reachable.example"


@pytest.fixture
def behind_tls(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict[str, Any]:
    """Take over what the settings say of this address when they are read for it."""
    monkeypatch.setenv("REACHABLE_URL", ADDRESS)
    monkeypatch.setenv("REACHABLE_HOSTS", "reachable.example")
    read = runpy.run_path(str(own_settings.__file__))
    for name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE"):
        setattr(settings, name, read[name])
    return read


def answer(db_client: Client, origin: str) -> int:
    page = db_client.get("/sign-in/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    given = {"username": "nobody", "password": "nothing", "csrfmiddlewaretoken": token[1]}
    return db_client.post("/sign-in/", given, headers={"origin": origin}).status_code


@pytest.mark.django_db
def test_a_form_that_came_over_tls_is_taken_and_another_sites_is_not(
    behind_tls: dict[str, Any],
) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "reachable.example"})
    assert answer(client, ADDRESS) == 422
    assert answer(client, "https://elsewhere.example") == 403


def test_cookies_travel_over_tls_only(behind_tls: dict[str, Any]) -> None:
    assert behind_tls["SESSION_COOKIE_SECURE"] is behind_tls["CSRF_COOKIE_SECURE"] is True
    assert behind_tls["SECURE_HSTS_SECONDS"] >= 31536000

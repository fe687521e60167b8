"""What a browser is told about every answer."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.db


def policy_of(client: Client, address: str) -> tuple[dict[str, str], str]:
    answer = client.get(address)
    parts = answer["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts), answer.content.decode()


def test_promise_29_pages_run_only_scripts_with_their_own_nonce(client: Client) -> None:
    policy, html = policy_of(client, "/sign-in/")
    nonces = set(re.findall(r'<script[^>]+nonce="([^"]+)"', html))
    assert len(nonces) == 1
    assert policy["script-src"] == f"'nonce-{nonces.pop()}'"
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["img-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)


def test_a_nonce_is_never_used_twice(client: Client) -> None:
    first, second = (policy_of(client, "/sign-in/")[0]["script-src"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("address", ["/sign-in/", "/worklist/", "/no-such-page/"])
def test_promise_29_no_page_is_kept_by_a_browser(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_style_sheets_may_be_kept(client: Client) -> None:
    answer = client.get("/static/foundation/reachable.css")
    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]

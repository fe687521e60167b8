"""What is sent is UTF-8: as the server asks the application, below what Django can catch."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.site.wsgi import application

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """Keep the connection of the test, as Django's own client does."""
    for each in (request_started, request_finished):
        each.disconnect(close_old_connections)
    yield
    for each in (request_started, request_finished):
        each.connect(close_old_connections)


def ask(kind: str, *, method: str = "GET", query: str = "next=%2F", body: bytes = b"") -> str:
    """Return the status, as the server would send it."""
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/sign-in/",
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }

    def begin(*given: Any) -> Any:
        told.append(given)

    answer = application(environ, begin)
    assert b"".join(answer)
    assert dict(told[0][1])["Cache-Control"] == "no-store"
    return str(told[0][0])


@pytest.mark.parametrize("named", ["idna", "utf-7", "utf-16", "latin-1", "hex", "punycode"])
def test_promise_26_what_says_that_it_is_not_in_utf_8_is_refused_in_a_sentence(named: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data"):
        assert ask(f"{kind}; charset={named}") == "400 Bad Request"
        assert ask(f"{kind}; Charset={named}", method="POST", body=b"a") == "400 Bad Request"


@pytest.mark.parametrize("named", ["utf-8", "UTF8", '"utf-8"', "no-such", ""])
def test_what_is_in_utf_8_is_read(named: str) -> None:
    assert ask(f"application/x-www-form-urlencoded; charset={named}") == "200 OK"


def test_promise_26_a_long_query_beside_a_set_of_characters_is_no_server_error() -> None:
    long = "&".join(f"a{number}=1" for number in range(2_000))
    assert ask("text/plain; charset=utf-8", query=long).startswith("413 ")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=20), st.text(max_size=20))
def test_promise_26_no_content_type_is_a_server_error(before: str, named: str) -> None:
    assert ask(f"{before};charset{named}")[0] in "24"
    assert ask(f"{before};charset={named}")[0] in "24"

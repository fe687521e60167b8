"""Errors as pages: what happened, what was kept, what to do, and nothing of what was typed."""

from __future__ import annotations

import logging
from typing import cast

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.test import Client, RequestFactory

from reachable.foundation import error_pages
from reachable.foundation.actor import ANONYMOUS
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.views import Request

CANARY = "Canary Featherstonehaugh"


@pytest.fixture
def request_with_canary(rf: RequestFactory) -> HttpRequest:
    request = rf.post("/somewhere/", {"said": CANARY}, query_params={"q": CANARY})
    cast(Request, request).by = ANONYMOUS
    return request


@pytest.mark.db
def test_absent_and_hidden_look_the_same(request_with_canary: HttpRequest) -> None:
    hidden = error_pages.handler404(request_with_canary, NotFound())
    absent = error_pages.handler404(request_with_canary, Exception(CANARY))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert CANARY.encode() not in absent.content


@pytest.mark.db
def test_a_missing_right_is_named_with_the_roles_that_have_it(
    request_with_canary: HttpRequest,
) -> None:
    answer = error_pages.refused(request_with_canary, Forbidden("moments.hold"))
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "take, work and close a reachable moment" in html
    assert "Practitioner, Supervisor" in html


@pytest.mark.db
def test_bad_input_says_what_was_kept_and_what_to_do(request_with_canary: HttpRequest) -> None:
    error = BadInput("The file is empty.", kept="Nothing was loaded.", next="Export it again.")
    html = error_pages.bad_input(request_with_canary, error).content.decode()
    for sentence in ("The file is empty.", "Nothing was loaded.", "Export it again."):
        assert sentence in html


def test_promise_24_a_server_error_shows_and_logs_no_personal_data(
    request_with_canary: HttpRequest, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "reachable.errors"):
        try:
            raise ValueError(CANARY)
        except ValueError:
            answer = error_pages.handler500(request_with_canary)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    html = answer.content.decode()
    reference = logged.split()[1].rstrip(":")
    assert answer.status_code == 500
    assert reference in html
    assert "ValueError" in logged
    assert CANARY not in logged
    assert CANARY not in html


@pytest.mark.parametrize(
    ("error", "status"), [(RequestDataTooBig(CANARY), 413), (SuspiciousOperation(CANARY), 400)]
)
def test_a_request_that_is_not_trusted_needs_no_database(
    request_with_canary: HttpRequest, error: Exception, status: int
) -> None:
    answer = error_pages.handler400(request_with_canary, error)
    assert answer.status_code == status
    assert CANARY.encode() not in answer.content


@pytest.mark.db
def test_an_old_form_says_to_send_it_again() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"username": CANARY, "password": CANARY})
    assert answer.status_code == 403
    assert b"Please send that again" in answer.content
    assert CANARY.encode() not in answer.content


@pytest.mark.db
def test_promise_24_no_handler_of_django_prints_a_request(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/{CANARY}/")
    logging.getLogger("django.request").error(CANARY)
    assert CANARY not in capfd.readouterr().err

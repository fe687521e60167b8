"""Programs may ask whatever the OpenAPI document allows: each answer is one that it names."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth
from urllib3 import HTTPResponse

from reachable.intake import api
from reachable.intake.models import Delivery
from reachable.site.addresses import IDENTIFIER, addresses
from tests.support.files import CUSTODY, work
from tests.support.programs import Program, a_program, signed_headers
from tests.support.world import World

pytestmark = pytest.mark.db

DOCUMENT = api.api.get_openapi_schema(path_prefix="/api/")
SCHEMA = schemathesis.openapi.from_dict(dict(DOCUMENT))
OPERATIONS = {
    each.ok().label: each.ok() for each in SCHEMA.get_all_operations() if isinstance(each, Ok)
}
HERE = "http://127.0.0.1"


@pytest.fixture
def program(
    world: World, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    settings.UPLOAD_DIR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    monkeypatch.setattr(api, "A_MINUTE", 1_000_000)
    program = a_program()
    assert program.send(CUSTODY.encode()).status_code == 202
    work()
    return program


def answered(case: Any, program: Program | None) -> requests.Response:
    """Ask in this process what a program would send over the wire, signed if there is a key."""
    asked = requests.Request(**case.as_transport_kwargs(base_url=HERE)).prepare()
    address, body = urlsplit(str(asked.url)), asked.body or b""
    assert isinstance(body, str | bytes)
    sent = body.encode() if isinstance(body, str) else body
    headers = dict(asked.headers)
    if program is not None:
        signed = sent if asked.method == "POST" else None
        headers |= signed_headers(
            asked.method, address.path, address.query, program.key, program.secret, signed
        )
    if asked.method == "POST":
        headers["Content-Length"] = str(len(sent))
    came: Any = Client(raise_request_exception=False).generic(
        str(asked.method),
        address.path + (f"?{address.query}" if address.query else ""),
        sent,
        str(headers.get("Content-Type", "application/octet-stream")),
        headers=headers,
    )
    return as_requests(came, asked)


def as_requests(came: Any, asked: requests.PreparedRequest) -> requests.Response:
    answer = requests.Response()
    answer.status_code, answer.request, answer.url = came.status_code, asked, str(asked.url)
    answer.headers.update(dict(came.headers))
    answer.elapsed = timedelta()
    answer.raw = HTTPResponse(came.content, headers=dict(came.headers), status=came.status_code)
    answer._content = came.content
    return answer


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_the_document_names(
    program: Program, label: str, signed: bool
) -> None:
    seen: set[int] = set()

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy())
    def ask(case: Any) -> None:
        if "delivery_id" in case.path_parameters and len(seen) % 2:
            case.path_parameters["delivery_id"] = str(Delivery.objects.values_list("id")[0][0])
        came = answered(case, program if signed else None)
        # Of an address that can be escaped in several ways, the server sees one: no feed has such.
        if re.fullmatch(r"[\w/-]+", urlsplit(str(came.url)).path, re.ASCII):
            seen.add(came.status_code)
        assert came.status_code < 500
        # It would take the key away and ask again over the wire.
        case.validate_response(came, excluded_checks=[ignored_auth])

    ask()
    assert seen == {401} if not signed else 401 not in seen, seen


def test_the_document_names_every_address_for_programs_and_how_to_sign() -> None:
    told = Client().get("/api/openapi.json").json()
    named = {(path, method.upper()) for path, held in told["paths"].items() for method in held}
    declared = {
        (f"/{IDENTIFIER.sub(lambda found: f'{{{found[1]}}}', address.route)}", method)
        for address in addresses()
        if address.name.startswith("api_") and address.name != "api_openapi"
        for method in address.methods
    }
    assert named == declared
    schemes = told["components"]["securitySchemes"].values()
    assert ["RFC 9421" in each["description"] for each in schemes] == [True]
    for held in told["paths"].values():
        for operation in held.values():
            assert operation["security"]
            assert {"401", "429"} <= operation["responses"].keys()

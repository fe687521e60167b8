"""Whatever is sent to any address, by anybody: never a server error, a leak or half a change.

A few examples of each address and form, the same in each run; `TRIES=200` tries as many
of each, others every time.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.core.files import File
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.conversations import devices
from reachable.foundation.db import is_postgres
from reachable.foundation.time import travel
from reachable.foundation.urls import PUBLIC, SIGNED_IN
from reachable.site.addresses import IDENTIFIER, Address, addresses
from tests.access.every_form import FORMS
from tests.access.forms import AT, Answering, every_model
from tests.access.place import ACCOUNTS, INVOLVED, OTHER, OWN, Account, Place, make_place
from tests.support import hostile, sealing

pytestmark = pytest.mark.db

TRIES = int(os.environ.get("TRIES", "0"))
FIELDS = ("roles", "is_superuser", "agency", "agency_id", "user_id", "by", "id", "version", "next")
"""What no form should take from whoever answers it; test_only_offered_fields.py shows that."""
ERRORS = (400, 403, 404, 405, 409, 413, 429)
"""Pages of an error. A form that is not right yet shows what was typed to whoever typed it."""
EVERY = {address.name: address for address in addresses()}


def tries(few: int) -> settings:
    # On PostgreSQL the first is the plainest; two more are enough for what it alone refuses.
    return settings(
        max_examples=TRIES or (3 if is_postgres() else few),
        deadline=None,
        database=None,
        derandomize=not TRIES,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    with travel(AT):
        return make_place()


class Heard(logging.Handler):
    """What was logged meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("django.db"):
            self.said.append(record.getMessage())


@contextmanager
def heard() -> Iterator[Heard]:
    handler, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def counted() -> dict[str, int]:
    return {model._meta.db_table: model._base_manager.count() for model in every_model()}


def held_to_be_safe(answer: Any, said: list[str]) -> None:
    """What no answer may do, whatever was asked."""
    assert answer.status_code < 500
    content = b"" if answer.streaming else answer.content
    if "html" in answer.get("Content-Type", ""):
        assert hostile.MARKUP.encode() not in content
        assert f"<script>{hostile.CANARY}".encode() not in content
    if answer.status_code in ERRORS:
        assert hostile.CANARY.encode() not in content
    where = urlsplit(answer.get("Location", ""))
    assert where.netloc in ("", "testserver"), answer["Location"]
    assert not where.path.startswith(("//", "/\\")), answer["Location"]
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not [line for line in said if hostile.CANARY in line], said


def ask(client: Client, method: str, path: str, **sent: Any) -> Any:
    """Ask, look at what came, and undo it."""
    signed_in = deepcopy(client.cookies)
    with heard() as log, transaction.atomic():
        answer = client.generic(method, path, **sent)
        after = counted() if answer.status_code >= 400 else None
        transaction.set_rollback(True)
    client.cookies = signed_in
    held_to_be_safe(answer, log.said)
    return answer, after


def senders(address: Address) -> list[Account | None]:
    """Two roles that open it, with the child and in another agency, one that does not, nobody."""
    open_to = {PUBLIC, SIGNED_IN}
    roles = sorted({account.role for account in ACCOUNTS})
    may = [one for one in roles if address.needs in open_to or Account(one, OWN).can(address.needs)]
    others = [one for one in roles if one not in may]
    return [
        *(Account(one, INVOLVED) for one in (*may[:1], *may[-1:], *others[:1])),
        *(Account(one, OTHER) for one in may[:1]),
        None,
    ]


class Asker:
    """Everybody who might ask for one address, each signed in once."""

    def __init__(self, place: Place, address: Address) -> None:
        self.place, self.address = place, address
        self.clients = [one.client() if one else Client() for one in senders(address)]
        self.names = sorted(self._names())

    def _names(self) -> set[str]:
        path = self.path({name: str(rows[0].id) for name, rows in self.place.rows.items()})
        found: set[str] = set(hostile.names_read())
        for client in self.clients[:2]:
            page = client.get(path)
            found |= (
                set() if page.streaming else hostile.names_offered(page.content.decode("latin"))
            )
        return found

    def path(self, ids: dict[str, str]) -> str:
        return "/" + IDENTIFIER.sub(
            lambda found: hostile.quoted(ids[found.group(1)]), self.address.route
        )

    def draw_path(self, data: st.DataObject) -> str:
        ids: dict[str, str] = {}
        for name in self.address.identifiers:
            real = st.sampled_from([str(row.id) for row in self.place.rows[name]])
            ids[name] = data.draw(real | real | hostile.identifiers, name)
        pairs = data.draw(
            st.lists(st.tuples(st.sampled_from(self.names), hostile.values), max_size=5), "query"
        )
        return f"{self.path(ids)}?{hostile.encoded(pairs)}"


@pytest.mark.parametrize("name", EVERY)
def test_promise_26_nothing_that_is_sent_to_an_address_is_a_server_error(
    placed: Place, undone: None, name: str
) -> None:
    address = EVERY[name]
    methods = [each for each in address.methods if each != "HEAD"]
    with travel(AT):
        asker = Asker(placed, address)
        before = counted()

        @tries(6)
        @given(data=st.data())
        def sent(data: st.DataObject) -> None:
            client = data.draw(st.sampled_from(asker.clients[:1] * 3 + asker.clients), "who")
            method = data.draw(st.sampled_from([*methods * 3, "PUT", "HEAD"]), "method")
            path, more = asker.draw_path(data), {}
            if method in ("POST", "PUT"):
                body, kind = data.draw(hostile.bodies(asker.names), "body")
                more = {"data": body, "content_type": kind}
            headers = data.draw(st.sampled_from(hostile.HEADERS), "headers")
            answer, after = ask(client, method, path, headers=headers, **more)
            assert after in (None, before), answer.status_code

        sent()


@pytest.mark.parametrize("name", FORMS)
def test_promise_26_no_answer_to_a_form_is_a_server_error(
    placed: Place, undone: None, name: str
) -> None:
    with travel(AT):
        answering = Answering(placed, FORMS[name])
        good = answering.data({})
        files = {key: value for key, value in good.items() if isinstance(value, File)}
        good = {key: value for key, value in good.items() if key not in files}
        names = sorted({*good, *answering.offered, *FIELDS})
        to, before = answering.named(FORMS[name].to), counted()

        @tries(6)
        @given(data=st.data())
        def sent(data: st.DataObject) -> None:
            pairs = data.draw(hostile.spoilt(good, names), "answers")
            body, kind = hostile.encoded(pairs).encode(), "application/x-www-form-urlencoded"
            if files:
                file = data.draw(st.sampled_from(hostile.FILES), "file")
                body = hostile.multipart(pairs, [(each, *file) for each in files])
                kind = "multipart/form-data; boundary=b"
            answer, after = ask(answering.client, "POST", to, data=body, content_type=kind)
            assert after in (None, before), answer.status_code

        sent()


@st.composite
def sent_by_a_phone(draw: st.DrawFn, device_id: UUID, moment_id: UUID) -> Any:
    """What a phone might send: rightly sealed around anything, wrongly sealed, or anything."""
    good = sealing.written(moment_id)
    inside = {**good, draw(st.sampled_from(sorted(good))): draw(hostile.anything)}
    deeper = {**good, "content": {**good["content"], "words": draw(hostile.anything)}}
    held = draw(st.sampled_from([inside, deeper]) | hostile.anything)
    item_id = draw(st.uuids().map(str) | st.sampled_from(hostile.WORDS))
    item: dict[str, Any] = {
        "id": item_id,
        "envelope": sealing.envelope(
            item_id.encode("utf-8", "replace").decode(), str(device_id), held
        ),
    }
    if draw(st.booleans()):
        item["envelope"][draw(st.sampled_from(sorted(item["envelope"])))] = draw(hostile.anything)
    items = draw(st.sampled_from([[item], [item, item], item]) | hostile.anything)
    whole = {"device_now": draw(hostile.anything), "items": items}
    return draw(st.sampled_from([whole, {**whole, "device_now": AT.isoformat()}]))


def test_promise_26_nothing_that_a_phone_sends_is_a_server_error(
    placed: Place, undone: None
) -> None:
    with travel(AT):
        account = Account("practitioner", INVOLVED)
        made = devices.make_known(by=account.actor(), label="A phone")
        mine = placed.rows["moment_id"][0].id
        assert isinstance(mine, UUID)
        before = counted()
        secrets = [f"{made.device_id}:{made.send_secret}", f"{made.device_id}:{made.read_secret}"]

        @tries(120)
        @given(data=st.data())
        def sent(data: st.DataObject) -> None:
            secret = data.draw(st.sampled_from([secrets[0]] * 4 + secrets), "secret")
            body = json.dumps(data.draw(sent_by_a_phone(made.device_id, mine), "sent"))
            answer, after = ask(
                Client(),
                "POST",
                data.draw(st.sampled_from(["/app/send/"] * 5 + ["/app/sign-out/"])),
                data=body,
                content_type="application/json",
                headers={"Authorization": f"Device {secret}"},
            )
            assert after in (None, before), answer.status_code

        sent()

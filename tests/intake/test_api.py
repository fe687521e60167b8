"""Files over HTTP, signed with an agency's key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from reachable.access import keys
from reachable.access.models import AgencyKey
from reachable.audit.models import Entry
from reachable.foundation import crypto, signatures
from reachable.foundation.actor import Actor
from reachable.foundation.errors import Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.intake import api, correcting, doors, loading, preparing, services
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.table_sets import everything_sent
from tests.support.files import CORRECTED, CUSTODY, MISSING, work
from tests.support.programs import BY, SEND, Clock, Program, a_program
from tests.support.world import World

pytestmark = pytest.mark.db

FILE = CUSTODY.encode()
UNSIGNED = {
    "sentence": "This request is not signed with a key that is in force.",
    "kept": "Nothing was kept of it.",
    "next": "Check the key, its last day and your computer’s clock, then how it is signed.",
}


@pytest.fixture
def program(world: World, settings: Any, tmp_path: Path) -> Iterator[Program]:
    """A program of the police, in the evening on which its file was made."""
    settings.UPLOAD_DIR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    with travel(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), ticking=True):
        yield a_program()


def said(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def nothing_left() -> None:
    assert not Delivery.objects.exists()
    assert [path for path in Path(django_settings.UPLOAD_DIR).rglob("*") if path.is_file()] == []


def test_a_file_is_sent_followed_corrected_and_sent_again(program: Program) -> None:
    sent = said(program.send(FILE, name="C:\\exports\\custody 24 10.csv"), 202)
    assert (sent["state"], sent["file_name"], sent["again"]) == (
        "loading",
        "custody 24 10.csv",
        False,
    )
    assert work() == ["loaded"]
    place = f"/api/deliveries/{sent['id']}"
    done = said(program.get(place), 200)
    assert (done["state"], done["accepted"], done["quarantined"]) == ("loaded", 7, 1)
    assert (done["duplicates"], done["waiting"], done["rows"], done["error"]) == (1, 1, 9, "")
    refused = said(program.get(f"{place}/refused"), 200)
    assert refused["next"] is None
    row = refused["rows"][0]
    assert (row["row"], row["reference"]) == (5, "CU/4")
    assert {"heading": "Arrived Date", "text": "31/12/2026"} in row["cells"]
    assert row["problems"][0]["reason"]
    assert row["problems"][0]["sentence"]
    again = said(program.send(CORRECTED.encode()), 202)
    assert again["id"] != sent["id"]
    work()
    assert said(program.get(place), 200)["waiting"] == 0
    assert said(program.get(f"{place}/refused"), 200)["rows"] == []


def test_promise_31_the_same_content_counts_once_and_is_answered_with_the_first(
    program: Program,
) -> None:
    first = said(program.send(FILE, name="one.csv"), 202)
    work()
    signals = Signal.objects.count()
    again = said(program.send(FILE, name="two.csv"), 200)
    assert (again["id"], again["again"], again["file_name"]) == (first["id"], True, "one.csv")
    assert again["state"] == "loaded"
    assert work() == []
    assert Signal.objects.count() == signals
    delivery = Delivery.objects.get()
    assert (delivery.door, str(delivery.sent_with_id), delivery.sent_by) == (
        "http",
        program.key,
        None,
    )


def test_no_answer_says_whether_a_child_was_known(program: Program) -> None:
    sent = said(program.send(FILE), 202)
    work()
    assert Delivery.objects.get().moments > 0
    told = program.get(f"/api/deliveries/{sent['id']}").content.decode()
    assert not re.search(r"moment|event|person|known", told)
    document = Client().get("/api/openapi.json").content.decode()
    assert not re.search(r'"(moments|events|person\w*)"', document)


def test_a_dry_check_keeps_nothing(program: Program) -> None:
    report = said(program.send(FILE, check="true"), 200)
    assert (report["rows"], report["accepted"], report["quarantined"]) == (9, 8, 1)
    assert report["whole"] is True
    assert report["problems"][0]["row"] == 5
    assert "Orrell" not in json.dumps(report)
    nothing_left()
    assert not Signal.objects.exists()


def test_past_events_open_no_moment(program: Program) -> None:
    said(program.send(FILE, history="true"), 202)
    work()
    delivery = Delivery.objects.get()
    assert (delivery.history, delivery.moments) == (True, 0)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (MISSING.encode(), 422, "looks like"),
        (b"", 422, "The file is empty."),
        (b"\x00\x01\x02" * 999, 422, ""),
        (b"nothing that is a table\n", 422, ""),
    ],
)
def test_what_does_not_fit_its_feed_is_told_in_three_parts(
    program: Program, body: bytes, status: int, sentence: str
) -> None:
    told = said(program.send(body), status)
    assert set(told) == {"sentence", "kept", "next"}
    assert sentence in told["sentence"] or sentence in told["next"]
    assert told["kept"]
    nothing_left()


def test_an_unknown_feed_is_named(program: Program) -> None:
    assert (
        "There is no feed" in said(program.send(FILE, "/api/feeds/no_such/files"), 404)["sentence"]
    )
    nothing_left()


# What must not pass for signed: each changes one thing of a request that would.


def signed_wrongly(program: Program, seconds: float) -> dict[str, str]:
    """Sign as a computer does whose clock differs so much."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Clock, "wrong_by", seconds)
        return program.headers("POST", SEND, {}, FILE)


def _unsigned(program: Program) -> dict[str, str]:
    return {}


def _another_body(program: Program) -> dict[str, str]:
    return program.headers("POST", SEND, {}, FILE + b" ") | {
        "Content-Digest": program.headers("POST", SEND, {}, FILE)["Content-Digest"]
    }


def _another_path(program: Program) -> dict[str, str]:
    return program.headers("POST", "/api/feeds/police_missing/files", {}, FILE)


def _another_query(program: Program) -> dict[str, str]:
    return program.headers("POST", SEND, {"history": "true"}, FILE)


def _another_method(program: Program) -> dict[str, str]:
    return program.headers("GET", SEND, {}, FILE)


def _body_not_covered(program: Program) -> dict[str, str]:
    digest = program.headers("POST", SEND, {}, FILE)["Content-Digest"]
    return program.headers("POST", SEND, {}, None) | {"Content-Digest": digest}


def _old(program: Program) -> dict[str, str]:
    return signed_wrongly(program, -301)


def _from_the_future(program: Program) -> dict[str, str]:
    return signed_wrongly(program, 301)


def _wrong_secret(program: Program) -> dict[str, str]:
    return Program(program.key, "rk_wrong").headers("POST", SEND, {}, FILE)


def _unknown_key(program: Program) -> dict[str, str]:
    return Program(str(uuid4()), program.secret).headers("POST", SEND, {}, FILE)


def _nobodys_secret(program: Program) -> dict[str, str]:
    return Program(str(uuid4()), "\0" * 32).headers("POST", SEND, {}, FILE)


def _no_number(program: Program) -> dict[str, str]:
    return Program("x", program.secret).headers("POST", SEND, {}, FILE)


def _garbled(program: Program) -> dict[str, str]:
    return program.headers("POST", SEND, {}, FILE) | {"Signature-Input": "sig=((("}


def _revoked(program: Program) -> dict[str, str]:
    keys.revoke(by=BY, key_id=program.id, reason="Lost")
    return program.headers("POST", SEND, {}, FILE)


def _expired(program: Program) -> dict[str, str]:
    AgencyKey.objects.update(
        issued_at=now() - timedelta(days=2), expires_at=now() - timedelta(seconds=1)
    )
    return program.headers("POST", SEND, {}, FILE)


def _ring_is_another(program: Program) -> dict[str, str]:
    AgencyKey.objects.update(ring_key="gone")
    return program.headers("POST", SEND, {}, FILE)


@pytest.mark.parametrize(
    "wrong",
    [
        _unsigned,
        _another_body,
        _another_path,
        _another_query,
        _another_method,
        _body_not_covered,
        _old,
        _from_the_future,
        _wrong_secret,
        _unknown_key,
        _nobodys_secret,
        _no_number,
        _garbled,
        _revoked,
        _expired,
        _ring_is_another,
    ],
)
def test_what_no_key_in_force_has_signed_is_refused_with_one_sentence(
    program: Program, wrong: Any
) -> None:
    answer = program.ask("POST", SEND, FILE, headers=wrong(program))
    assert said(answer, 401) == UNSIGNED
    assert answer["WWW-Authenticate"] == "Signature"
    nothing_left()
    assert not Entry.objects.filter(action="intake.received").exists()


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_a_clock_may_be_five_minutes_wrong(program: Program, seconds: float) -> None:
    headers = signed_wrongly(program, seconds)
    said(program.ask("POST", SEND, FILE, headers=headers), 202)


def test_a_session_opens_no_address_for_programs(world: World) -> None:
    for username in ("clerk", "administrator"):
        assert world.client(username).post(SEND, FILE, "text/csv").status_code == 401


def test_what_arrived_must_be_what_was_signed(program: Program) -> None:
    headers = program.headers("POST", SEND, {}, FILE)
    told = said(program.ask("POST", SEND, FILE[:-1] + b"X", headers=headers), 400)
    assert "SHA-256" in told["sentence"]
    nothing_left()


def test_another_kind_of_digest_is_named(program: Program, monkeypatch: Any) -> None:
    headers = program.headers("POST", SEND, {}, FILE)
    monkeypatch.setattr(signatures, "announced_digest", lambda request: None)
    assert "sha-256" in said(program.ask("POST", SEND, FILE, headers=headers), 400)["sentence"]
    nothing_left()


def test_promise_09_what_another_agency_sent_is_not_there(program: Program) -> None:
    sent = said(program.send(FILE), 202)
    work()
    other = a_program("council")
    for place in (f"/api/deliveries/{sent['id']}", f"/api/deliveries/{sent['id']}/refused"):
        absent = f"/api/deliveries/{uuid4()}" + place[len("/api/deliveries/") + 36 :]
        hidden, gone = other.get(place), other.get(absent)
        assert (hidden.status_code, hidden.content) == (404, gone.content)


def test_a_key_for_some_feeds_reaches_no_other(world: World, program: Program) -> None:
    sent = said(program.send(FILE), 202)
    narrow = a_program(feeds=("police_missing",))
    assert "not for the feed “Police custody”" in said(narrow.send(FILE), 403)["sentence"]
    with pytest.raises(Forbidden):
        services.receive(
            by=actor_of(narrow),
            agency_id=actor_of(narrow).own_agency_id,
            feed="police_custody",
            file_name="custody.csv",
            content=BytesIO(FILE),
        )
    assert said(narrow.get(f"/api/deliveries/{sent['id']}"), 404)
    listed = said(narrow.get("/api/feeds"), 200)
    assert [each["key"] for each in listed["feeds"]] == ["police_missing"]
    assert {each["key"] for each in said(program.get("/api/feeds"), 200)["feeds"]} == set(
        everything_sent()
    )
    said(narrow.send(MISSING.encode(), "/api/feeds/police_missing/files"), 202)


def actor_of(program: Program) -> Actor:
    signing = keys.signing(program.key)
    assert signing is not None
    return signing.actor


def test_promise_09_a_key_does_nothing_for_another_agency(program: Program, clerk: Client) -> None:
    sent = said(program.send(FILE), 202)
    work()
    other, row = actor_of(a_program("council")), QuarantinedRow.objects.get()
    with pytest.raises(NotFound):
        services.receive(
            by=other,
            agency_id=row.delivery.agency_id,
            feed="police_custody",
            file_name="custody.csv",
            content=BytesIO(FILE + b"\n"),
        )
    for attempt in (
        lambda: services.begin_loading(by=other, delivery_id=UUID(sent["id"])),
        lambda: services.discard(by=other, delivery_id=UUID(sent["id"])),
        lambda: correcting.set_aside(by=other, row_id=row.id, reason="No"),
        lambda: correcting.correct(by=other, row_id=row.id, cells={}),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert Delivery.objects.count() == 1


def test_promise_13_a_key_revoked_during_an_upload_leaves_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = doors.take

    def revoked_first(**arguments: Any) -> Any:
        keys.revoke(by=BY, key_id=program.id, reason="Lost")
        return taking(**arguments)

    monkeypatch.setattr(doors, "take", revoked_first)
    assert said(program.send(FILE), 401) == UNSIGNED
    nothing_left()


def test_promise_13_a_key_revoked_before_the_worker_comes_loads_nothing(program: Program) -> None:
    said(program.send(FILE), 202)
    keys.revoke(by=BY, key_id=program.id, reason="Lost")
    delivery = Delivery.objects.get()
    assert delivery.state == "failed"
    assert "was revoked" in delivery.error
    assert work() == ["refused"]
    assert not Signal.objects.exists()


def test_promise_13_a_key_revoked_during_a_load_keeps_what_was_loaded(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "PIECE", 4)
    monkeypatch.setattr(loading, "LEAST", 4)
    monkeypatch.setattr(loading, "pace_of", lambda feed: loading.Pace(4))
    said(program.send(FILE), 202)
    finished = loading._write_batch

    def revoked_after(*arguments: Any) -> None:
        finished(*arguments)
        if Delivery.objects.get().last_row < 6:
            keys.revoke(by=BY, key_id=program.id, reason="Lost")

    monkeypatch.setattr(loading, "_write_batch", revoked_after)
    work()
    delivery = Delivery.objects.get()
    assert delivery.state == "failed"
    assert "What was loaded of it stays" in delivery.error
    assert 0 < delivery.last_row < 10
    loaded = Signal.objects.count()
    assert loaded > 0
    # Somebody of the agency goes on with it, in their own name.
    monkeypatch.setattr(loading, "_write_batch", finished)
    clerk = world.client("clerk")
    clerk.post(f"/intake/files/{delivery.id}/load/")
    assert work() == ["loaded"]
    assert Signal.objects.count() > loaded
    assert Delivery.objects.get().last_row == 10


def test_promise_24_a_dump_of_the_database_holds_no_secret(program: Program) -> None:
    program.send(FILE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_agencykey")
        row = str(cursor.fetchall())
    assert program.secret not in row
    assert program.secret.removeprefix("rk_") not in row
    assert program.secret not in str(list(Entry.objects.values()))


def test_another_ring_makes_another_secret(program: Program, tmp_path: Path) -> None:
    with_ring = crypto.KeyRing(tmp_path / "keys.json").secret("agency key", program.key)
    assert program.secret != f"rk_{with_ring}"


def test_a_key_may_ask_so_often_in_a_minute(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(api, "A_MINUTE", 3)
    at = now().replace(second=1)
    with travel(at):
        for _ in range(3):
            said(program.get("/api/feeds"), 200)
        answer = program.get("/api/feeds")
        assert "3 times within a minute" in said(answer, 429)["sentence"]
        assert answer["Retry-After"] == "60"
        other = a_program(name="Another")
        said(other.get("/api/feeds"), 200)
    with travel(at + timedelta(minutes=1)):
        said(program.get("/api/feeds"), 200)


def test_when_a_key_was_used_is_written_down_once_a_minute(program: Program) -> None:
    program.get("/api/feeds")
    first = AgencyKey.objects.get().last_used_at
    assert first is not None
    program.get("/api/feeds")
    assert AgencyKey.objects.get().last_used_at == first


def test_a_mistake_of_ours_says_nothing_of_the_file(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(**arguments: Any) -> Any:
        raise ValueError("Orrell")

    monkeypatch.setattr(doors, "take", breaks)
    told = said(program.send(FILE), 500)
    assert "by our mistake" in told["sentence"]
    assert "Orrell" not in json.dumps(told) + caplog.text
    nothing_left()


def test_promise_21_who_sent_a_file_is_in_the_audit(program: Program, world: World) -> None:
    program.send(FILE)
    entry = Entry.objects.get(action="intake.received")
    assert (entry.actor_kind, str(entry.actor_id)) == ("key", program.key)
    page = world.client("governance").get("/who-looked/").content.decode()
    assert "Key “Nightly export”" in page


def test_rows_to_correct_come_in_pages(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "AT_ONCE", 2)
    head, *rows = CUSTODY.splitlines()
    wrong = [row.replace("2026", "2036") for row in rows[:3]]
    sent = said(program.send("\n".join([head, *wrong, ""]).encode()), 202)
    work()
    assert QuarantinedRow.objects.count() == 3
    place = f"/api/deliveries/{sent['id']}/refused"
    first = said(program.get(place), 200)
    second = said(program.get(place, after=first["next"]), 200)
    assert [row["row"] for row in first["rows"] + second["rows"]] == [2, 3, 4]
    assert second["next"] is None
    assert "after" in said(program.get(place, after="x"), 422)["sentence"]

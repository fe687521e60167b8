"""Uploads to a real server: too large, cut short, killed in the middle."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from reachable.access.models import User
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.intake import services
from reachable.intake.models import Delivery
from tests.support.databases import Database
from tests.support.files import CUSTODY
from tests.support.servers import Server
from tests.support.world import make_world

ADDRESS = "/intake/feeds/police_custody/"
MEGABYTE = 1 << 20


class Clerk:
    """Somebody who sends files, byte by byte."""

    def __init__(self, server: Server) -> None:
        self.server = server
        client = Client()
        client.force_login(User.objects.get(username="clerk"))
        self.cookies = {name: held.value for name, held in client.cookies.items()}
        self.head = (
            '--edge\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
            f"{self.token(ADDRESS)}\r\n--edge\r\n"
            'Content-Disposition: form-data; name="file"; filename="custody.csv"\r\n\r\n'
        ).encode()

    def ask(
        self, method: str, address: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request(method, address, body, {"Cookie": self.cookie, **(more or {})})
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, said = value.partition("=")
                self.cookies[key] = said.split(";")[0]
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def token(self, address: str) -> str:
        found = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("GET", address)[1])
        assert found is not None
        return found[1]

    def begin(self, size: int) -> socket.socket:
        """Announce an upload of `size` bytes and send its beginning."""
        sending = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        lines = (
            f"POST {ADDRESS} HTTP/1.1",
            f"Host: 127.0.0.1:{self.server.port}",
            "Content-Type: multipart/form-data; boundary=edge",
            f"Content-Length: {size}",
            f"Cookie: {self.cookie}",
        )
        sending.sendall("\r\n".join((*lines, "", "")).encode() + self.head)
        return sending


@pytest.fixture
def server(own_database: Database) -> Iterator[Server]:
    make_world()
    server = Server(own_database)
    server.serve()
    yield server
    server.stop_all()


def left(server: Server) -> list[Path]:
    return [path for path in (server.database.folder / "uploads").rglob("*") if path.is_file()]


def test_promise_25_two_gigabytes_are_refused_as_soon_as_they_begin(server: Server) -> None:
    sending = Clerk(server).begin(2_000_000_000)
    sent, answer = 0, b""
    try:
        while sent < 2000 * MEGABYTE:
            sending.sendall(b"x" * MEGABYTE)
            sent += MEGABYTE
    except OSError:
        # The server has hung up; what it said before is still to be read.
        pass
    while b"</html>" not in answer and (more := sending.recv(65536)):
        answer += more
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"The file has 2 GB; we take up to 300 MB at once." in answer
    assert b"Nothing was kept." in answer
    assert sent < 50 * MEGABYTE
    assert left(server) == []


def test_promise_30_an_upload_that_is_cut_short_leaves_nothing(server: Server) -> None:
    clerk = Clerk(server)
    with clerk.begin(5 * MEGABYTE) as sending:
        sending.sendall(b"x" * MEGABYTE)
    assert clerk.ask("GET", ADDRESS)[0] == 200
    assert not Delivery.objects.exists()
    server.stop("serve")
    assert left(server) == []


def test_promise_30_a_server_killed_during_an_upload_keeps_nothing_of_it(
    server: Server, settings: Any
) -> None:
    with Clerk(server).begin(5 * MEGABYTE) as sending:
        sending.sendall(CUSTODY.encode() + b"x" * 3 * MEGABYTE)
        while not left(server):
            pass
        server.kill("serve")
    assert len(left(server)) == 1
    settings.UPLOAD_DIR = server.database.folder / "uploads"
    with travel(datetime.now(UTC) + timedelta(days=2)):
        assert services.tidy(by=system("tidy")) == 1
    assert left(server) == []
    assert not Delivery.objects.exists()


def test_promise_31_two_uploads_at_the_same_instant_count_once(server: Server) -> None:
    """Both files are there but for their last line, which two people send at once."""
    end = b"\r\n--edge--\r\n"
    body = CUSTODY.encode()
    clerks = [Clerk(server), Clerk(server)]
    sendings = [clerk.begin(len(clerk.head) + len(body) + len(end)) for clerk in clerks]
    together = Barrier(len(sendings))
    for sending in sendings:
        sending.sendall(body)

    def finish(sending: socket.socket) -> bytes:
        with sending:
            together.wait(timeout=60)
            sending.sendall(end)
            answer = b""
            while b"\r\n\r\n" not in answer and (more := sending.recv(65536)):
                answer += more
        return answer

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(finish, sendings))
    delivery = Delivery.objects.get()
    assert all(answer.startswith(b"HTTP/1.1 302") for answer in answers)
    assert all(f"{delivery.id}/".encode() in answer for answer in answers)
    assert Entry.objects.filter(action="intake.received").count() == 1
    assert len(left(server)) == 1


def test_promise_24_no_log_and_no_audit_entry_holds_what_a_file_says(
    server: Server, tmp_path: Path
) -> None:
    server.start("worker")
    canary = CUSTODY.replace("Orrell", "Featherstonehaugh").replace("CU/", "CANARY/")
    path = tmp_path / "custody.csv"
    path.write_text(canary + "CANARY/9,Arrest,Featherstonehaugh,,,,,,,\n\0,Featherstonehaugh\n")
    told = server.shell("feed", "load", "police_custody", str(path), "--agency", "police", "--json")
    counted = json.loads(told.stdout.splitlines()[-1])
    assert counted["accepted"] > 0
    assert counted["quarantined"] > 1
    clerk = Clerk(server)
    body = clerk.head + canary.replace("CANARY/7", "CANARY/8").encode() + b"\r\n--edge--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    status, _ = clerk.ask("POST", ADDRESS, body.decode(), kind)
    assert status == 302
    status, _ = clerk.ask("GET", "/children/Featherstonehaugh/")
    assert status == 404
    logs = told.stdout + told.stderr + server.log("serve") + server.log("worker")
    entries = str(list(Entry.objects.values()))
    for word in ("Featherstonehaugh", "Tamsin", "CANARY"):
        assert word not in logs
        assert word not in entries

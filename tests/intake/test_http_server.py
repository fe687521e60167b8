"""Files to a real server: too large, cut short, named by tricks, and while a key is revoked."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from reachable.access import keys
from reachable.intake.models import Delivery
from tests.support.databases import Database
from tests.support.files import CUSTODY, MISSING
from tests.support.programs import BY, EXAMPLE, HOW_TO, SEND, Program, a_program, signed_headers
from tests.support.servers import Server
from tests.support.world import make_world

FILE = CUSTODY.encode()
MEGABYTE = 1 << 20


@pytest.fixture
def served(own_database: Database, settings: Any) -> Iterator[tuple[Server, Program]]:
    settings.KEY_FILE = own_database.environment["REACHABLE_KEY_FILE"]
    make_world()
    program, server = a_program(), Server(own_database)
    server.serve()
    yield server, program
    server.stop_all()


def left(server: Server) -> list[Path]:
    return [path for path in (server.database.folder / "uploads").rglob("*") if path.is_file()]


def begin(server: Server, headers: dict[str, str], query: str = "") -> socket.socket:
    """Send the head of a request, byte by byte as a program of one's own would."""
    sending = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    lines = [f"POST {SEND}{'?' if query else ''}{query} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    sending.sendall("\r\n".join([*lines, "", ""]).encode())
    return sending


def answer_of(sending: socket.socket) -> str:
    said = b""
    try:
        while more := sending.recv(65536):
            said += more
            if b'"next":' in said:
                break
    except OSError:
        # Hung up: what was said before counts.
        pass
    return said.decode()


def test_the_program_in_the_how_to_sends_a_file_and_says_what_became_of_it(
    served: tuple[Server, Program], tmp_path: Path
) -> None:
    server, program = served
    server.start("worker")
    text = HOW_TO.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    (tmp_path / "send.py").write_text(text, encoding="utf-8")
    (tmp_path / "custody.csv").write_bytes(FILE)
    (tmp_path / "missing.csv").write_text(MISSING)
    environment = {"SENDING_KEY": program.key, "SENDING_SECRET": program.secret}

    def run(file: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "send.py", server.url, "police_custody", file]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    done = run("custody.csv")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\d accepted, \d came before, \d to correct$", done.stdout, re.MULTILINE)
    assert re.search(r"^Row \d+: ", done.stdout, re.MULTILINE)
    assert Delivery.objects.get().state == "loaded"
    assert run("custody.csv").returncode == 0
    assert Delivery.objects.count() == 1
    wrong = run("missing.csv")
    assert wrong.returncode == 1
    assert "looks like" in wrong.stderr


def test_promise_25_what_is_announced_to_be_too_large_is_refused_before_it_is_sent(
    served: tuple[Server, Program],
) -> None:
    server, program = served
    headers = program.headers("POST", SEND, {}, FILE) | {"Content-Length": "300000001"}
    with closing(begin(server, headers)) as sending:
        said = answer_of(sending)
    assert said.startswith("HTTP/1.1 413")
    assert "we take up to 300 MB at once." in said
    assert left(server) == []


def test_promise_25_three_hundred_megabytes_arrive_on_disk_and_not_in_memory(
    served: tuple[Server, Program],
) -> None:
    server, program = served
    body = FILE + b"x" * (300_000_000 - len(FILE))
    headers = program.headers("POST", SEND, {}, body) | {"Content-Length": str(len(body))}
    with closing(begin(server, headers)) as sending:
        for start in range(0, len(body), 8 * MEGABYTE):
            sending.sendall(body[start : start + 8 * MEGABYTE])
        said = answer_of(sending)
    # The last line goes on for longer than a line of a table may.
    assert said.startswith("HTTP/1.1 422"), said
    assert left(server) == []
    assert peak(server) < 400, "megabytes of memory"


def peak(server: Server) -> float:
    """Return the most memory that any process of the server has had, in megabytes."""
    most = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        told = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        own = server._running["serve"].pid
        if own in (int(told["Pid"]), int(told["PPid"])) and "VmHWM" in told:
            most = max(most, int(told["VmHWM"].split()[0]))
    return most / 1024


def test_promise_30_a_body_that_is_cut_short_leaves_nothing(
    served: tuple[Server, Program],
) -> None:
    server, program = served
    headers = program.headers("POST", SEND, {}, FILE) | {"Content-Length": str(len(FILE))}
    with closing(begin(server, headers)) as sending:
        sending.sendall(FILE[:200])
        sending.shutdown(socket.SHUT_WR)
        said = answer_of(sending)
    assert not said or said.startswith("HTTP/1.1 400")
    assert EXAMPLE["ask"](server.url, "GET", "/api/feeds", program.key, program.secret)[0] == 200
    server.stop("serve")
    assert left(server) == []
    assert not Delivery.objects.exists()


def test_a_body_without_a_length_is_refused(served: tuple[Server, Program]) -> None:
    server, program = served
    headers = program.headers("POST", SEND, {}, FILE) | {"Transfer-Encoding": "chunked"}
    with closing(begin(server, headers)) as sending:
        sending.sendall(f"{len(FILE):x}\r\n".encode() + FILE + b"\r\n0\r\n\r\n")
        said = answer_of(sending)
    assert said.startswith("HTTP/1.1 411")
    assert not Delivery.objects.exists()


def test_promise_13_a_key_revoked_while_a_file_arrives_leaves_nothing(
    served: tuple[Server, Program],
) -> None:
    server, program = served
    large = FILE + (b" " * 1023 + b"\n") * 2048
    headers = program.headers("POST", SEND, {}, large) | {"Content-Length": str(len(large))}
    with closing(begin(server, headers)) as sending:
        sending.sendall(large[:MEGABYTE])
        deadline = time.monotonic() + 60
        while not left(server):
            assert time.monotonic() < deadline, "nothing of it was kept while it came"
        keys.revoke(by=BY, key_id=program.id, reason="Lost")
        sending.sendall(large[MEGABYTE:])
        said = answer_of(sending)
    assert said.startswith("HTTP/1.1 401"), said
    assert not Delivery.objects.exists()
    assert left(server) == []


def test_promise_13_a_key_revoked_while_a_form_is_waited_for_leaves_nothing(
    served: tuple[Server, Program],
) -> None:
    server, program = served
    headers = program.headers("POST", SEND, {}, FILE) | {"Content-Length": str(len(FILE))}
    with closing(begin(server, headers)) as sending:
        sending.sendall(FILE[:300])
        keys.revoke(by=BY, key_id=program.id, reason="Lost")
        sending.sendall(FILE[300:])
        said = answer_of(sending)
    assert said.startswith("HTTP/1.1 401"), said
    assert not Delivery.objects.exists()
    assert left(server) == []


NAMES = [
    ("../../../etc/passwd", "passwd"),
    ("..\\..\\boot.ini", "boot.ini"),
    ("/etc/cron.d/x.csv", "x.csv"),
    ("x" * 200, "x" * 200),
    ("a\0b\r\nSet-Cookie: c.csv", "ab Set-Cookie: c.csv"),
    ("..", ".."),
    ("", "file"),
]


def test_promise_25_a_name_leads_nowhere(served: tuple[Server, Program]) -> None:
    server, program = served
    for number, (name, _) in enumerate(NAMES):
        body, query = FILE + b"\n" * number, urlencode({"name": name})
        headers = signed_headers("POST", SEND, query, program.key, program.secret, body)
        headers |= {"Content-Length": str(len(body))}
        with closing(begin(server, headers, query)) as sending:
            sending.sendall(body)
            said = sending.recv(65536).decode()
        assert said.startswith("HTTP/1.1 202"), said
    told = Delivery.objects.order_by("received_at").values_list("file_name", flat=True)
    assert list(told) == [kept for _, kept in NAMES]
    kept = left(server)
    assert len(kept) == len(NAMES)
    assert all(re.fullmatch("[0-9a-f]{32}", path.name) for path in kept)

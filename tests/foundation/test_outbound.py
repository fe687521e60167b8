"""Calls to other computers: to hosts on a list, over TLS, as far as one answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from reachable.foundation import outbound
from reachable.foundation.outbound import NotCalled, TooMuch


class Answering(BaseHTTPRequestHandler):
    """Answers by the path, and counts who came."""

    came: list[str] = []

    def do_GET(self) -> None:
        self.came.append(self.path)
        if self.path == "/on":
            self.send_response(302)
            self.send_header("Location", "/there")
            self.end_headers()
            return
        body = b"x" * (outbound.MOST + 1 if self.path == "/large" else 5)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def here() -> Iterator[str]:
    """A server on this computer."""
    Answering.came.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The list, as a test fills it."""
    hosts: set[str] = set()
    monkeypatch.setattr(outbound, "listed", lambda: frozenset(hosts))
    return hosts


@pytest.fixture
def session() -> Iterator[requests.Session]:
    made = requests.Session()
    outbound.harden(made)
    with made:
        yield made


def test_promise_28_without_providers_no_host_may_be_called(
    session: requests.Session, settings: Any, tmp_path: Path
) -> None:
    settings.SIGN_IN_PROVIDERS = tmp_path / "none.toml"
    assert outbound.listed() == frozenset()
    with pytest.raises(NotCalled, match="not on the list"):
        session.get("https://login.example.org/")


ELSEWHERE = (
    "https://login.example.org.evil.example/",
    "https://evil.example/login.example.org",
    "https://login.example.org@evil.example/",
    "https://evil.example#@login.example.org/",
    "https://user:secret@login.example.org/",
    "http://login.example.org/",
    "https://login.example.org:nonsense/",
)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_promise_28_only_listed_hosts_and_only_over_tls(address: str, listed: set[str]) -> None:
    listed.add("login.example.org")
    assert outbound.check("https://LOGIN.example.org:8443/token") == "login.example.org"
    with pytest.raises(NotCalled):
        outbound.check(address)


PRIVATE = (
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.2", "0.0.0.0"),
    *("100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_promise_28_a_listed_name_that_leads_to_a_private_address_is_not_called(
    address: str, listed: set[str], session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed.add("login.example.org")
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *a, **k: real(address, port, *a, **k)
    )
    with pytest.raises(NotCalled, match="a private address"):
        session.get("https://login.example.org/")


def test_promise_28_the_address_that_was_checked_is_the_one_that_is_called(
    listed: set[str], session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere a moment later changes nothing: it is asked for once."""
    listed.add("login.example.org")
    real, asked, called = socket.getaddrinfo, [], []

    def rebound(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return real("198.41.0.4", port, *args, **kwargs)

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
        called.append(address[0])
        raise OSError("nobody is called in a test")

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(requests.ConnectionError):
        session.get("https://login.example.org/")
    assert asked == ["login.example.org"]
    assert set(called) == {"198.41.0.4"}


def test_promise_28_this_computer_is_called_in_tests_alone(
    here: str, listed: set[str], session: requests.Session, settings: Any
) -> None:
    listed.add("127.0.0.1")
    with pytest.raises(NotCalled, match="this computer itself"):
        session.get(here)
    assert not Answering.came
    settings.OUTBOUND_LOOPBACK = True
    assert session.get(here).text == "xxxxx"


def test_promise_28_no_redirect_is_followed(
    here: str, listed: set[str], session: requests.Session, settings: Any
) -> None:
    listed.add("127.0.0.1")
    settings.OUTBOUND_LOOPBACK = True
    with pytest.raises(NotCalled, match="a redirect"):
        session.get(f"{here}/on", allow_redirects=True)
    assert Answering.came == ["/on"]


def test_promise_28_an_answer_has_a_largest_size_and_no_proxy_is_asked(
    here: str,
    listed: set[str],
    session: requests.Session,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    listed.add("127.0.0.1")
    settings.OUTBOUND_LOOPBACK = True
    assert session.get(here).status_code == 200
    with pytest.raises(TooMuch):
        session.get(f"{here}/large")

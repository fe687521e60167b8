"""Requests that no browser sends, byte by byte: the server answers or hangs up, and goes on."""

from __future__ import annotations

import re
import socket
import time
import urllib.request
from contextlib import ExitStack, closing, suppress

import pytest

from reachable.site.bodies import FROM_ONE_ADDRESS
from tests.support.servers import Server

FORM = b"username=a&password=b"
REFUSED = {400, 403, 404, 405, 411, 413, 414, 417, 431}


def head(*lines: bytes, first: bytes = b"POST /sign-in/ HTTP/1.1") -> bytes:
    """Return the head of a request, which carries what a form carries against forgery."""
    told = (b"Host: 127.0.0.1", b"Connection: close", b"Cookie: csrftoken=" + b"a" * 32)
    kind = b"Content-Type: application/x-www-form-urlencoded"
    return b"\r\n".join((first, *told, kind, *lines, b"", b""))


def get(*lines: bytes, path: bytes = b"/sign-in/") -> bytes:
    return head(*lines, first=b"GET " + path + b" HTTP/1.1")


CHUNKED = b"Transfer-Encoding: chunked"
BODIES = {
    "a length in words": head(b"Content-Length: many") + FORM,
    "a negative length": head(b"Content-Length: -5") + FORM,
    "a length with a sign": head(b"Content-Length: +21") + FORM,
    "a length of no computer": head(b"Content-Length: " + b"9" * 40) + FORM,
    "an empty length": head(b"Content-Length: ") + FORM,
    "two lengths": head(b"Content-Length: 21", b"Content-Length: 3") + FORM,
    "two lengths in one": head(b"Content-Length: 21, 3") + FORM,
    "a length and chunks": head(b"Content-Length: 3", CHUNKED) + b"0\r\n\r\n" + FORM,
    "a length before a colon": head(b"Content-Length : 21") + FORM,
    "chunks of no size": head(CHUNKED) + b"zz\r\n" + FORM + b"\r\n0\r\n\r\n",
    "a chunk of no computer": head(CHUNKED) + b"f" * 40 + b"\r\nab\r\n0\r\n\r\n",
    "a negative chunk": head(CHUNKED) + b"-5\r\nab\r\n0\r\n\r\n",
    "a chunk with much behind its size": head(CHUNKED) + b"1;" + b"x" * 100_000 + b"\r\na",
    "chunks as they should be": head(CHUNKED) + b"15\r\n" + FORM + b"\r\n0\r\n\r\n",
    "chunks twice": head(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n",
    "a coding that nobody knows": head(b"Transfer-Encoding: canaria") + FORM,
    "a second request in the first": head(b"Content-Length: 4", CHUNKED) + b"0\r\n\r\nGET /",
    "what nobody expects": head(b"Expect: canaria", b"Content-Length: 21") + FORM,
}
HEADS = {
    "a header of a megabyte": head(b"X-Long: " + b"x" * 1_000_000),
    "a cookie of 200,000 letters": get(b"Cookie: sessionid=" + b"x" * 200_000),
    "5,000 headers": get(*(b"X-%d: x" % number for number in range(5000))),
    "an address of 600,000 letters": get(path=b"/" + b"x" * 600_000),
    "another host": get(b"Host: evil.example"),
    "a header over two lines": get(b"X-Long: b\r\n folded: c"),
    "nothing for a letter": get(b"X-Long: a\x00b"),
    "bytes that are no text": get(b"X-Long: \xff\xfe", path=b"/\xff\xfe"),
    "a method that nobody knows": head(first=b"CANARIA /sign-in/ HTTP/1.1"),
    "a method of 5,000 letters": head(first=b"C" * 5000 + b" /sign-in/ HTTP/1.1"),
    "a tunnel": head(first=b"CONNECT evil.example:443 HTTP/1.1"),
    "somebody else’s address": get(path=b"http://evil.example/"),
    "everything": head(first=b"OPTIONS * HTTP/1.1"),
    "another protocol": head(b"Upgrade: websocket", first=b"GET / HTTP/1.1"),
    "a version that was never": head(first=b"GET / HTTP/7.3"),
    "a version from before heads": b"GET /sign-in/\r\n\r\n",
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,
    "HTTP/2 without having asked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 50,
}
CUT = {
    "a body": head(b"Content-Length: 500") + FORM,
    "a chunk": head(CHUNKED) + b"ff\r\nab",
    "a head": b"POST /sign-in/ HTT",
    "a line of a head": b"POST /sign-in/ HTTP/1.1\r\nHo",
    "everything": b"",
}


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def statuses(server: Server, sent: bytes, *, cut: bool = False) -> set[int]:
    """Send bytes, and return which statuses come back until the server hangs up: it has to."""
    said = b""
    with closing(connect(server)) as sending, suppress(ConnectionError):
        sending.sendall(sent)
        if cut:
            sending.shutdown(socket.SHUT_WR)
        while more := sending.recv(65536):
            said += more
    return {int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", said)}


def others_are_answered(server: Server) -> bool:
    """Say whether the server goes on, and none of this was an error of ours."""
    said = server.log("serve")
    assert "Traceback" not in said
    assert "reference " not in said
    with urllib.request.urlopen(f"{server.url}/sign-in/", timeout=10) as answer:
        return bool(answer.status == 200)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_no_browser_sends_is_refused_or_hung_up_on(server: Server, name: str) -> None:
    found = statuses(server, BODIES[name])
    assert found <= REFUSED, "a body never stands for two requests"
    assert len(found) <= 1
    assert others_are_answered(server)


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_no_browser_sends_is_refused_or_hung_up_on(server: Server, name: str) -> None:
    assert statuses(server, HEADS[name]) <= {*REFUSED, 200, 302}
    assert others_are_answered(server)


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_short_is_refused_or_hung_up_on(server: Server, name: str) -> None:
    assert statuses(server, CUT[name], cut=True) <= REFUSED
    assert others_are_answered(server)


def test_clients_that_send_their_heads_byte_by_byte_keep_nobody_waiting(server: Server) -> None:
    """Ten times as many as the server has threads; whoever goes on to the end is answered."""
    whole = get()
    with ExitStack() as opened:
        slow = [opened.enter_context(closing(connect(server))) for _ in range(40)]
        for at in range(30):
            for each in slow:
                each.sendall(whole[at : at + 1])
            if at % 10 == 0:
                assert others_are_answered(server)
        slow[0].sendall(whole[30:])
        assert slow[0].recv(65536).startswith(b"HTTP/1.1 200")
        assert others_are_answered(server)


def test_clients_that_leave_their_bodies_unsent_keep_nobody_waiting(server: Server) -> None:
    """From one address ten are waited for, and told to come again beyond that."""
    whole = head(b"Content-Length: %d" % len(FORM)) + FORM
    with ExitStack() as opened:
        slow = [opened.enter_context(closing(connect(server))) for _ in range(FROM_ONE_ADDRESS)]
        for each in slow:
            each.sendall(whole[:-1])
        for _ in range(12):
            # Their heads are not read in the order in which they are sent.
            if statuses(server, whole) == {503}:
                break
            time.sleep(0.1)
        for _ in range(20):
            started = time.monotonic()
            assert others_are_answered(server)
            assert time.monotonic() - started < 1
            assert statuses(server, whole) == {503}
        slow[0].sendall(whole[-1:])
        assert slow[0].recv(65536).startswith(b"HTTP/1.1 403")
        assert statuses(server, whole) == {403}
    assert others_are_answered(server)


def test_files_that_are_never_whole_keep_nobody_waiting(server: Server) -> None:
    """They are read at work, and take the place of nobody who works."""
    form = b"Content-Type: multipart/form-data; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    lines = head(form, b"Content-Length: 9000000").replace(
        b"Content-Type: application/x-www-form-urlencoded\r\n", b""
    )
    with ExitStack() as opened:
        for _ in range(FROM_ONE_ADDRESS):
            sending = opened.enter_context(closing(connect(server)))
            sending.sendall(lines + part + b"x" * 100_000)
        time.sleep(0.5)
        for _ in range(20):
            started = time.monotonic()
            assert others_are_answered(server)
            assert time.monotonic() - started < 1
    assert others_are_answered(server)

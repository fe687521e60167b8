"""A server as phones see it over several releases: what it sends is changed on its way."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.servers import Server

Change = tuple[str, str, str]
"""Of an address, what stands there now, and what stands there instead."""
_OF_THE_LINE = {"connection", "content-length", "transfer-encoding", "keep-alive"}


class Releases:
    """Stands before a server; `url` is what a phone opens."""

    def __init__(self, server: Server) -> None:
        self.changes: list[Change] = []
        self.sent: list[str] = []
        behind = urlsplit(server.url)
        releases = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._pass_on()

            def do_POST(self) -> None:
                self._pass_on()

            def _pass_on(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                content = self.rfile.read(size) if size else None
                line = http.client.HTTPConnection(behind.hostname or "", behind.port, timeout=30)
                # The host stays the one that the browser knows, or it would be another origin.
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in {*_OF_THE_LINE, "accept-encoding"}
                }
                line.request(self.command, self.path, content, headers)
                answer = line.getresponse()
                body = releases.changed(self.path, answer.read())
                if self.command == "POST":
                    releases.sent.append(self.path)
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _OF_THE_LINE:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                line.close()

            def log_message(self, format: str, *arguments: object) -> None:
                del format, arguments

        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._listener.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"

    def changed(self, path: str, body: bytes) -> bytes:
        for address, before, after in self.changes:
            if path.split("?")[0].endswith(address):
                assert before.encode() in body, f"{before} does not stand in {path}"
                body = body.replace(before.encode(), after.encode())
        return body

    def start(self) -> None:
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()


@contextmanager
def released(server: Server) -> Iterator[Releases]:
    made = Releases(server)
    made.start()
    try:
        yield made
    finally:
        made.stop()

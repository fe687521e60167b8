"""A real provider of OpenID Connect in a process of its own, and what a test may spoil of it.

Whatever is not spoilt is oidc-provider-mock's: its keys, its codes that work once, its pages.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
import warnings
from typing import Any

SPOILT: dict[str, Any] = {}


class Spoiling:
    """Answers in place of the provider, or late, where a test has asked for it."""

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith("/spoil"):
            SPOILT.clear()
            SPOILT.update(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
            return self._answer(start, "200 OK", b"{}")
        if path == "/asked":
            return self._answer(start, "200 OK", json.dumps(self.asked).encode())
        if path == "/oauth2/token":
            sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
            self.asked.append({"body": sent.decode(), "with": environ.get("HTTP_AUTHORIZATION")})
            environ["wsgi.input"] = io.BytesIO(sent)
        spoilt = SPOILT.get(path)
        if spoilt is None:
            return self.wrapped(environ, start)
        time.sleep(spoilt.get("after", 0))
        if "body" not in spoilt and "status" not in spoilt:
            return self.wrapped(environ, start)
        body = spoilt.get("body", "").encode()
        return self._answer(start, spoilt.get("status", "200 OK"), body, spoilt.get("to"))

    def _answer(self, start: Any, status: str, body: bytes, to: str | None = None) -> list[bytes]:
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start(status, headers + ([("Location", to)] if to else []))
        return [body]


def serve(port: int) -> None:
    """Serve on loopback, print the port; over HTTP, which its libraries are told first."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    warnings.simplefilter("ignore")
    from oidc_provider_mock import app
    from werkzeug.serving import make_server

    made = app(require_client_registration=True, require_nonce=True)
    made.wsgi_app = Spoiling(made.wsgi_app)
    server = make_server("127.0.0.1", port, made, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))

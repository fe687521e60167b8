"""What is sent is UTF-8, whatever it says of itself.

Django reads a form by any of Python's codecs that a header names, before anything could catch what
comes of that: some cannot read one at all, and a long query beside any of them was a server error.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.utils.http import parse_header_parameters

_REFUSED = (
    b"This was sent in a set of characters that is not read here. Nothing was kept of it. "
    b"Send it in UTF-8, as every browser does.\n"
)
_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_REFUSED))),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
]


class OnlyUtf8:
    """Refuses what names another set of characters; of all others Django hears of none."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        named = environ.get("CONTENT_TYPE", "")
        if "charset" in named.lower():
            kind, given = _read(named)
            if not _is_utf8(str(given.pop("charset", "utf-8"))):
                start_response("400 Bad Request", _HEADERS)
                return [_REFUSED]
            rest = (f'{name}="{value}"' for name, value in given.items())
            environ = {**environ, "CONTENT_TYPE": "; ".join((kind, *rest))}
        return self.application(environ, start_response)


def _read(named: str) -> tuple[str, dict[str, Any]]:
    try:
        return parse_header_parameters(named)
    except ValueError:
        return "", {"charset": "none that can be read"}


def _is_utf8(name: str) -> bool:
    """UTF-8 by any of its names; a name that nobody knows is passed over, as by Django."""
    try:
        return codecs.lookup(name).name == "utf-8"
    except (LookupError, ValueError):
        return True

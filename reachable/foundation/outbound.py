"""The only way to another computer over HTTP: to hosts on a list, as far as the answer to one call.

The address that was checked is the one that is connected to, whatever its name leads to a moment
later; that is requests-hardened's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from reachable.foundation.registry import Registry

ITSELF = frozenset({"127.0.0.1", "::1", "localhost"})
CONNECT_WITHIN, READ_WITHIN = 4.0, 6.0
"""Seconds: until there is a connection, and until all of the answer is there."""
MOST = 512 * 1024
"""Bytes of an answer, unpacked."""
CHUNK = 16 * 1024

Hosts = Callable[[], frozenset[str]]
called: Registry[Hosts] = Registry(
    "Called hosts", "other computers that this one may call over HTTP, by who calls them"
)


class NotCalled(requests.RequestException):
    """A call that is not on the list, or led somewhere else: nothing was sent there."""


class TooMuch(requests.RequestException):
    """An answer that is larger than any that is expected."""


class _Checked(IPFilterAdapter):
    """Sends one request to a listed host, and takes one answer of a bounded size and time."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        host = check(request.url or "")
        self._allow_loopback = host in ITSELF
        kwargs |= {"stream": True, "timeout": (CONNECT_WITHIN, READ_WITHIN), "proxies": None}
        kwargs["verify"] = True
        until = time.monotonic() + CONNECT_WITHIN + READ_WITHIN
        try:
            response = super().send(request, *args, **kwargs)
        except InvalidIPAddress:
            raise NotCalled("a private address") from None
        try:
            if 300 <= response.status_code < 400:
                raise NotCalled("a redirect")
            content = _read(response, until)
        finally:
            response.close()
        vars(response).update(_content=content, _content_consumed=True)
        return response


def _read(response: requests.Response, until: float) -> bytes:
    held = bytearray()
    for chunk in response.iter_content(CHUNK):
        held += chunk
        if len(held) > MOST:
            raise TooMuch("a large answer")
        if time.monotonic() > until:
            raise requests.ReadTimeout("a slow answer")
    return bytes(held)


def check(url: str) -> str:
    """Return the host that an address names; NotCalled where it may not be called so."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError:
        raise NotCalled("an address that cannot be read") from None
    if parts.username is not None or host not in listed():
        raise NotCalled("a host that is not on the list")
    to_itself = host in ITSELF
    if to_itself and not settings.OUTBOUND_LOOPBACK:
        raise NotCalled("this computer itself")
    if parts.scheme != "https" and not (to_itself and parts.scheme == "http"):
        raise NotCalled("a call without TLS")
    return host


def listed() -> frozenset[str]:
    """Return all hosts that may be called."""
    return frozenset().union(*(hosts() for hosts in called.items()))


def harden(session: requests.Session) -> None:
    """Let a session call listed hosts only, and nothing of this computer decide how."""
    session.trust_env = False
    session.max_redirects = 0
    session.adapters.clear()
    session.mount("https://", _Checked(is_https_proto=True))
    session.mount("http://", _Checked(is_https_proto=False))

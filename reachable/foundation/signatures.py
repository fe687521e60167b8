"""Whose key has signed a request: HTTP Message Signatures (RFC 9421) with hmac-sha256.

The signature covers method, path, query and, where there is a body, its digest (RFC 9530), so that
nothing of a request can be changed on its way. The address of the server is not covered: a proxy
may change it, and a key is known to one partnership only.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import HMAC_SHA256

from reachable.foundation.time import now

HOLDS = timedelta(minutes=5)
"""How far the sender's clock may be from ours, and how long a signed request can be sent again."""
ALWAYS = ("@method", "@path", "@query")
DIGEST = "content-digest"
_SHA_256 = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_NOBODY = b"\0" * 32
"""Signed with by no key: an unknown key takes as long to refuse as a wrong signature."""

SecretOf = Callable[[str], bytes | None]


@dataclass(frozen=True)
class _Message:
    """A request as the library reads it; the host is in no signature of ours."""

    method: str
    url: str
    headers: Mapping[str, str]


class _Secrets(HTTPSignatureKeyResolver):
    """Finds the secret of a key, and remembers which key was asked for."""

    def __init__(self, secret_of: SecretOf) -> None:
        self.secret_of = secret_of
        self.known = ""

    def resolve_public_key(self, key_id: str) -> bytes:
        secret = self.secret_of(key_id)
        self.known = key_id if secret is not None else ""
        return _NOBODY if secret is None else secret


class _Verifier(HTTPMessageVerifier):
    """Reads the product's own clock."""

    def validate_created_and_expires(
        self, sig_input: Any, max_age: timedelta | None = None
    ) -> None:
        """Refuse what was not signed just now; `created` is needed."""
        created, expires = sig_input.params.get("created"), sig_input.params.get("expires")
        at = now().timestamp()
        if type(created) is not int or abs(at - created) > HOLDS.total_seconds():
            raise InvalidSignature("not signed just now")
        if expires is not None and (type(expires) is not int or expires < at):
            raise InvalidSignature("expired")


def key_that_signed(request: HttpRequest, secret_of: SecretOf, *, with_body: bool) -> str | None:
    """Return the key that has signed a request, or nothing: why not is for nobody to learn."""
    needed = (*ALWAYS, DIGEST) if with_body else ALWAYS
    query = request.META.get("QUERY_STRING", "")
    url = f"https://reachable.invalid{escape_uri_path(request.path)}{'?' if query else ''}{query}"
    secrets = _Secrets(secret_of)
    verifier = _Verifier(signature_algorithm=HMAC_SHA256, key_resolver=secrets)
    message = _Message(str(request.method), url, request.headers)
    try:
        verifier.verify(message, max_age=None, require_components=needed)
    except (HTTPMessageSignaturesException, ValueError, TypeError):
        return None
    return secrets.known or None


def announced_digest(request: HttpRequest) -> bytes | None:
    """Return the SHA-256 of its body that a request announces; nothing where it names no such."""
    found = _SHA_256.fullmatch(request.headers.get(DIGEST, "").strip())
    return base64.b64decode(found[1]) if found else None

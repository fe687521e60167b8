"""What a browser is told about every answer: where its parts may come from, and to keep nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_POLICY = {
    "default-src": "'none'",
    # Only scripts that a page of ours names, with the page's own nonce: a file that somebody
    # uploaded could otherwise serve as one.
    "script-src": "'nonce-{nonce}'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_ALWAYS = {
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class SecurityHeaders:
    """Sets the headers on each answer, and the nonce on each request before it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in _POLICY.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(18)
        cast(Any, request).csp_nonce = nonce
        response = self.get_response(request)
        more = vars(response).get("policy_more", "")
        policy = vars(response).get("policy_alone") or self.policy
        policy = f"{policy}; {more}" if more else policy
        response["Content-Security-Policy"] = policy.format(nonce=nonce)
        for name, value in _ALWAYS.items():
            response[name] = value
        if settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        if not request.path.startswith(settings.STATIC_URL):
            # A shared computer in a custody suite keeps no page behind.
            response["Cache-Control"] = "no-store"
        return response

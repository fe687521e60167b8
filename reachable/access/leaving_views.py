"""Leading a browser to an organisation's own sign-in, and saying why nobody came back from it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from reachable.access import proving
from reachable.access.organisations import Stopped
from reachable.access.rules.providers import Provider
from reachable.foundation.crypto import key_ring
from reachable.foundation.errors import BadInput
from reachable.foundation.views import actor, render

KEPT_FOR = "joining through an organisation"


def leave(request: HttpRequest, provider: Provider, **begun: Any) -> HttpResponse:
    """Lead a browser to a provider. A form that led it there would be stopped by our own policy."""
    try:
        address = proving.leave_for(request, provider, **begun)
    except Stopped as error:
        return stopped(request, provider, error)
    context = {"provider": provider, "address": address}
    answer = render(request, "access/organisation_leaving.html", context)
    answer["Refresh"] = f"0; url={address}"
    return answer


def leave_to_join(
    request: HttpRequest, provider: Provider, join_id: UUID, secret: str
) -> HttpResponse:
    """Lead somebody who is invited there. Their secret waits encrypted in their session."""
    kept = b64encode(key_ring().encrypt(KEPT_FOR, secret.encode())).decode()
    begun = {"purpose": "join", "invitation": join_id.hex, "secret": kept}
    return leave(request, provider, again=True, **begun)


def leave_to_confirm(request: HttpRequest, provider: Provider, after: str) -> HttpResponse:
    """Let somebody who is signed in show there anew who they are."""
    begun = {"purpose": "confirm", "user": actor(request).own_id.hex, "after": after[:500]}
    return leave(request, provider, again=True, **begun)


def stopped(request: HttpRequest, provider: Provider, error: BadInput) -> HttpResponse:
    context = {"provider": provider, "error": error, "signed_in": actor(request).is_person}
    return render(request, "access/organisation_stopped.html", context, status=422)

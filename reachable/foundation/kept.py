"""What somebody sent after they had been signed out, until they are signed in again.

It stands in the session that this browser has on the server: in no address and in no browser. A
form says in a signed word for whom it was made, and only that person gets back what was typed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from reachable.foundation.actor import Actor
from reachable.foundation.time import now

MADE_FOR = "made_for"
FOR = timedelta(minutes=30)
OLDEST_FORM = timedelta(days=2)
MOST_FIELDS, LONGEST = 40, 2000
_KEY = "kept"
_signer = signing.TimestampSigner(salt="reachable.kept")


def made_for(*, by: Actor) -> str:
    """Return what a form carries to say whose it is."""
    return _signer.sign(by.own_id.hex)


def keep(request: HttpRequest) -> bool:
    """Keep what was typed for whom the form was made; False where it does not say so."""
    try:
        user = _signer.unsign(request.POST.get(MADE_FOR, ""), max_age=OLDEST_FORM)
    except signing.BadSignature:
        return False
    typed = {
        name: text[:LONGEST]
        for name, text in list(request.POST.items())[:MOST_FIELDS]
        if isinstance(text, str) and name not in (MADE_FOR, "csrfmiddlewaretoken")
    }
    until = (now() + FOR).isoformat()
    request.session[_KEY] = {"user": user, "path": request.path, "typed": typed, "until": until}
    request.session.set_expiry(FOR)
    return True


def leave_only_to(request: HttpRequest, user_id: UUID) -> None:
    """Once somebody has signed in, drop what another person typed in the same browser."""
    held = request.session.get(_KEY)
    if held is None:
        return
    request.session.set_expiry(None)
    if held["user"] != user_id.hex:
        del request.session[_KEY]


def take(request: HttpRequest, *, by: Actor) -> dict[str, str] | None:
    """Return what this person typed on this page, once."""
    held = request.session.get(_KEY)
    if held is None or held["path"] != request.path:
        return None
    del request.session[_KEY]
    if held["user"] != by.own_id.hex or datetime.fromisoformat(held["until"]) < now():
        return None
    typed: dict[str, str] = held["typed"]
    return typed

"""Ends sessions whose time is over, and finds the actor of each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from reachable.access import sessions
from reachable.access.selectors import actor_for
from reachable.foundation.acting import asked_by
from reachable.foundation.actor import ANONYMOUS
from reachable.foundation.urls import BY_SECRET, declaration_of


class EndSessions:
    """Ends a session that was not used for too long, or began too long ago.

    What a page asks for by itself is no use of it: nobody may be sitting there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if session.get(SESSION_KEY) and not sessions.lasts(session):
            sessions.forget_session(session.session_key)
            session.flush()
        answer = self.get_response(request)
        if request.session.get(SESSION_KEY) and not _by_itself(request):
            sessions.note_use(request.session)
        return answer


def _by_itself(request: HttpRequest) -> bool:
    """Whether nobody did anything for this: htmx asks for parts, a wall for all of itself, and a
    phone or a program with a secret of its own, whoever is signed in beside it."""
    if request.method == "GET" and request.headers.get("HX-Request") == "true":
        return True
    match = request.resolver_match
    declared = declaration_of(match.func) if match else None
    return bool(declared and (declared.asks_by_itself or declared.needs in BY_SECRET))


class FindActor:
    """Sets `request.by`, from the database at each request, so that an ended role ends now, and
    renews the session where a role began or ended.

    The database is told too, so that it shows nobody else's rows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        by = actor_for(user) if user.is_authenticated else ANONYMOUS
        cast(Any, request).by = by
        sessions.renew(request.session, by=by)
        with asked_by(by):
            return self.get_response(request)

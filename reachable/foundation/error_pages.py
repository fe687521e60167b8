"""Errors as pages: what happened, what was kept, what to do. None holds what somebody typed."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from reachable.foundation.errors import Conflict, Forbidden, ReachableError, place
from reachable.foundation.outages import KEPT, Outage, outage
from reachable.foundation.registries import Right, rights
from reachable.foundation.views import render

log = logging.getLogger("reachable.errors")
_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_input(request: HttpRequest, error: ReachableError) -> HttpResponse:
    """What was sent cannot be used, or somebody else was first: the error's own three sentences."""
    return _page(request, "400", 409 if isinstance(error, Conflict) else 400, error=error)


def refused(request: HttpRequest, error: Forbidden) -> HttpResponse:
    """A right is missing: say which, and which roles include it."""
    said = error if error.kept else None
    return _page(request, "403", 403, right=_right(error.capability), error=said)


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, "413", 413)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django itself does not trust, such as one with another host's name."""
    if isinstance(exception, _TOO_LARGE):
        return _bare("413", 413)
    return _bare("400", 400, error=None)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "403", 403, right=None, error=None)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Absent and hidden look the same, down to the bytes."""
    return _page(request, "404", 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """An error of ours, or an outage."""
    reference, known = _noted(request)
    if known is not None:
        response = _bare("503", known.status, error=known)
        response["Retry-After"] = "60"
        return response
    return _bare("500", 500, reference=reference)


def gone_wrong(request: HttpRequest) -> tuple[ReachableError, int]:
    """Return for a program, with its status, what `handler500` tells a person."""
    reference, known = _noted(request)
    if known is not None:
        return known, known.status
    told = ReachableError(
        "Something went wrong here, by our mistake.",
        kept=_kept(request),
        next=f"Tell whoever looks after Reachable this number: {reference}.",
    )
    return told, 500


def _noted(request: HttpRequest) -> tuple[str, Outage | None]:
    """Log kind and place of an error, for messages hold data, under a number to ask with."""
    reference = secrets.token_hex(4)
    kind, error, trace = sys.exc_info()
    match = getattr(request, "resolver_match", None)
    log.error(
        "reference %s: %s at %s, in %s",
        reference,
        kind.__name__ if kind else "an error",
        match.route if match else "no page",
        place(trace),
    )
    return reference, outage(error, kept=_kept(request))


def _kept(request: HttpRequest) -> str:
    """Nobody knows of a commit whose answer never came."""
    if request.method in ("GET", "HEAD"):
        return KEPT
    return (
        f"{KEPT} What you sent just now is either saved whole or not at all: look whether it is "
        "there before you send it again."
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was made for another sign-in, or was open for too long."""
    del reason
    return _page(request, "csrf", 403)


def _right(capability: str) -> Right | None:
    return {listed.key: listed.item for listed in rights.listed()}.get(capability)


def _page(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponse:
    return render(request, f"foundation/errors/{name}.html", context, status=status)


def _bare(name: str, status: int, **context: Any) -> HttpResponse:
    """Without navigation and account: what fills them may be what failed."""
    template = get_template(f"foundation/errors/{name}.html")
    return HttpResponse(template.render(context), status=status)

"""Every address says who may open it; an address that says nothing is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, path, resolve

from reachable.foundation.errors import Forbidden
from reachable.foundation.kept import keep
from reachable.foundation.views import actor

PUBLIC = "public"
SIGNED_IN = "signed in"
WITH_A_KEY = "an agency’s key"
WITH_A_PHONE = "a phone’s secret"
BY_SECRET = frozenset({WITH_A_KEY, WITH_A_PHONE})
"""What a session does not open: the view finds out whose secret was shown."""

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Declaration:
    """Who may open an address, and by which methods.

    `public`, `signed in`, `an agency’s key` (which a program signs with), `a phone’s secret` or a
    capability.
    """

    needs: str
    methods: tuple[str, ...]
    asks_by_itself: bool = False


def page(
    route: str,
    view: View,
    *,
    name: str,
    needs: str,
    methods: Sequence[str] = ("GET",),
    keeps_typed: bool = False,
    asks_by_itself: bool = False,
) -> URLPattern:
    """Declare an address. HEAD goes wherever GET goes.

    With `keeps_typed`, what was typed into its form outlives the end of a session. A page that
    `asks_by_itself`, again and again, keeps no session going.
    """
    allowed = (*methods, "HEAD") if "GET" in methods else tuple(methods)
    declaration = Declaration(needs, tuple(allowed), asks_by_itself)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if needs not in {PUBLIC, WITH_A_PHONE} and not request.user.is_authenticated:
            return _to_sign_in(request, keeps_typed)
        if needs not in {PUBLIC, SIGNED_IN, WITH_A_PHONE} and not actor(request).can(needs):
            raise Forbidden(needs)
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        return view(request, *args, **kwargs)

    vars(guarded)["declaration"] = declaration
    return path(route, guarded, name=name)


def for_programs(pattern: URLPattern, *, methods: Sequence[str]) -> URLPattern:
    """Declare an address that only programs ask for; its view finds out whose key has signed."""
    view = pattern.callback

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    vars(guarded)["declaration"] = Declaration(WITH_A_KEY, tuple(methods))
    return URLPattern(pattern.pattern, guarded, name=pattern.name)


def _to_sign_in(request: HttpRequest, keeps_typed: bool) -> HttpResponse:
    """Lead to the sign-in page and from there back, though nothing that was sent arrives."""
    if request.method == "GET" and request.headers.get("HX-Request") == "true":
        # A part of a page cannot become the sign-in page; the page as a whole asks again and can.
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    kept = keeps_typed and request.method == "POST" and keep(request)
    query = {"next": _page_with_the_form(request), "sent": "kept" if kept else "lost"}
    return redirect(f"{settings.LOGIN_URL}?{urlencode(query)}")


def _page_with_the_form(request: HttpRequest) -> str:
    """Return the address itself where it can be opened, or else the next one above that can."""
    address, above = request.get_full_path(), request.path
    while above != "/":
        try:
            declared = declaration_of(resolve(above).func)
        except Resolver404:
            declared = None
        if declared is not None and "GET" in declared.methods:
            return address
        above = address = f"{above.rstrip('/').rpartition('/')[0]}/"
    return "/"


def declaration_of(callback: Any) -> Declaration | None:
    return getattr(callback, "declaration", None)


def every_address() -> list[tuple[str, Any]]:
    """Return (route, callback) for all addresses of the product."""

    def walk(patterns: Sequence[URLPattern | URLResolver], before: str) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += walk(pattern.url_patterns, route)
            else:
                found.append((route, pattern))
        return found

    return walk(get_resolver().url_patterns, "")

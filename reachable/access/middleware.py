"""Finds the actor of each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from reachable.access.selectors import actor_for
from reachable.foundation.actor import ANONYMOUS


class FindActor:
    """Sets `request.by`, from the database at each request, so that an ended role ends now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        cast(Any, request).by = actor_for(user) if user.is_authenticated else ANONYMOUS
        return self.get_response(request)
